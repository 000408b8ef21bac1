package casefiletest

import (
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Bare writes, with the engine alone, the rows that steps of a case write: no rights, no rules, no sealing, nothing read. It is what the same step
// through the module is compared with.
type Bare struct {
	DB   *db.DB
	Flow string // id of a process: the rows refer to it
	// Told writes the rows in which others are told, n of them: leaf, message and events. They differ between a test and the whole building.
	Told func(ctx context.Context, tx *db.Tx, subject string, n int) error
}

// BareCase is a case that [BareSubmit] wrote.
type BareCase struct{ ID, Number, instance, task string }

var sealedText = []byte(strings.Repeat("sealed ", 200)) // about what an application takes

// What an instance's row holds: its offices, and where its tokens stand before and after the acceptance.
const (
	somePlaces = `{"centre":[{"id":"c","path":"999999d90","name":"政务服务中心"}],"office":[{"id":"o","path":"999999d31","name":"市场监督管理局"}],"township":null}`
	oneToken   = `{"n":3,"t":[{"i":3,"s":1,"a":"accept","w":"task","f":"start_accept"}],"s":[{"i":1}]}`
	fourTokens = `{"n":10,"t":[{"i":5,"s":1,"a":"documents","w":"inner","f":"examine_documents"},{"i":6,"s":1,"a":"premises","w":"inner","f":"examine_premises"},` +
		`{"i":8,"s":7,"a":"documents","w":"task","x":1},{"i":10,"s":9,"a":"premises","w":"task","x":1}],"s":[{"i":1},` +
		`{"i":7,"p":1,"o":5,"a":"documents","l":{"x":[{"id":"o","name":"市场监督管理局","path":"999999d31"}],"b":1}},` +
		`{"i":9,"p":1,"o":6,"a":"premises","l":{"x":[{"id":"o","name":"市场监督管理局","path":"999999d31"}],"b":1}}]}`
)

// BareSubmit writes what [casefile.Service.Submit] writes for an application with four materials, one of them a file.
func BareSubmit(ctx context.Context, b Bare) (c BareCase, err error) {
	err = b.DB.Update(ctx, func(tx *db.Tx) error {
		c = BareCase{ID: db.NewKey(), instance: db.NewKey(), task: db.NewKey()}
		day := civil.Of(tx.Now)
		n, err := db.One[int64](ctx, tx, `INSERT INTO casefile_counter (series, value) VALUES ('bare', 1)
ON CONFLICT (series) DO UPDATE SET value = casefile_counter.value + 1 RETURNING value`)
		if err != nil {
			return err
		}
		c.Number = fmt.Sprintf("999999999%s%06d", day.Compact()[2:], n)
		var materials []any
		for range 4 {
			materials = append(materials, db.NewKey(), c.ID, "M310003", "食品经营场所平面图", "upload", "file", "", "", 1, tx.Now)
		}
		return run(ctx, tx, []statement{
			{`INSERT INTO casefile_case (` + caseColumns + `) VALUES (` + db.In(40, 1) + `)`, []any{c.ID, c.Number, sealedText[:43], "submitted", 1, db.NewKey(),
				"11220102MB1A00319N4000131104003", 1, Food, "食品经营许可", "new", db.NewKey(), b.Flow, "food-operation", "bare", "company", "长春市南关区祥和餐饮有限公司", "company",
				"online", "220102000000", "office", "999999d31", "市场监督管理局", "999999d90", "", tx.Now, day, nil, nil, nil, "", 20, 7, "working_days", "working_days", 0, nil, nil, day, 0}},
			{`INSERT INTO casefile_content (case_id, revision, content, at) VALUES ($1, $2, $3, $4)`, []any{c.ID, 1, sealedText, tx.Now}},
			{`INSERT INTO casefile_material (id, case_id, code, name, way, file_id, evidence, due_on, revision, at) VALUES ` + db.Values(4, 10, 1), materials},
			{`INSERT INTO material_document (id, subject_id, code, file_id, grade, obtained_at, expires_on) SELECT $1, 'bare', 'M310003', id, 'C', $2, '' FROM (SELECT id FROM material_file LIMIT 1) AS any_file`,
				[]any{db.NewKey(), tx.Now}},
			{`INSERT INTO workflow_instance (id, definition_id, subject, state, places, started_at, machine) VALUES ($1, $2, $3, 'running', $4, $5, $6)`,
				[]any{c.instance, b.Flow, c.ID, somePlaces, tx.Now, oneToken}},
			{`INSERT INTO workflow_task (` + taskColumns + `) VALUES (` + db.In(16, 1) + `)`, b.taskRow(tx, c, c.task, "3")},
			{insertHistory, []any{c.ID, 1, "submit", "submitted", "company", "", "", nil, "", tx.Now}},
		}, func() error { return b.Told(ctx, tx, "bare", 3) })
	})
	return c, err
}

// BareAccept writes what the acceptance of such a case writes when two opinions are asked next.
func BareAccept(ctx context.Context, b Bare, c BareCase) error {
	return b.DB.Update(ctx, func(tx *db.Tx) error {
		day := civil.Of(tx.Now).String()
		return run(ctx, tx, []statement{
			{`INSERT INTO casefile_counter (series, value) VALUES ('bare-paper', 1) ON CONFLICT (series) DO UPDATE SET value = casefile_counter.value + 1`, nil},
			{`INSERT INTO casefile_paper (id, case_id, kind, number, title, office, body, issued_on, at) VALUES (` + db.In(9, 1) + `)`,
				[]any{db.NewKey(), c.ID, "acceptance", "受字" + c.Number, "受理通知书", "市场监督管理局", sealedText[:700], day, tx.Now}},
			{`UPDATE workflow_task SET due_on = $1 WHERE subject = $2 AND state = 'open'`, []any{day, c.ID}},
			{`UPDATE casefile_case SET state = 'accepted', version = 2, accepted_on = $1, legal_due = $2, promise_due = $3, reply_due = NULL WHERE id = $4 AND version = 1`,
				[]any{day, day, day, c.ID}},
			{`UPDATE workflow_task SET state = 'done', done_at = $1, done_by = 'window', done_post = 'window', outcome = 'accept', comment = '' WHERE id = $2 AND state = 'open'`,
				[]any{tx.Now, c.task}},
			{`UPDATE workflow_instance SET machine = $1, version = version + 1, due_on = $2 WHERE id = $3 AND version = 1 AND state = 'running'`, []any{fourTokens, day, c.instance}},
			{`INSERT INTO workflow_task (` + taskColumns + `) VALUES ` + db.Values(2, 16, 1), append(b.taskRow(tx, c, db.NewKey(), "8"), b.taskRow(tx, c, db.NewKey(), "10")...)},
			{insertHistory, []any{c.ID, 2, "accept", "accepted", "window", "window", "220102d90", nil, "受字" + c.Number, tx.Now}},
		}, func() error { return b.Told(ctx, tx, "bare", 3) })
	})
}

func (b Bare) taskRow(tx *db.Tx, c BareCase, id, token string) []any {
	return []any{id, c.instance, token, c.ID, "accept", "受理", "accept", "window", "office", "999999d90", "政务服务中心", "食品经营许可", c.Number, civil.Of(tx.Now).String(), "open", tx.Now}
}

const insertHistory = `INSERT INTO casefile_history (case_id, version, action, state, actor, post, office_path, comment, paper, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

type statement struct {
	text string
	args []any
}

func run(ctx context.Context, tx *db.Tx, list []statement, last func() error) error {
	for _, s := range list {
		if _, err := tx.Exec(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return last()
}

// Bare returns the comparison for a hall.
func (h *Hall) Bare(ctx context.Context) (b Bare, err error) {
	b = Bare{DB: h.DB, Told: func(ctx context.Context, tx *db.Tx, subject string, n int) error {
		for range n {
			if err := (told{}).put(ctx, tx, "leaf", audit.Entry{Kind: "case.submitted", Subject: subject, Object: "case:bare", Basis: "食品经营许可", Data: subject}); err != nil {
				return err
			}
		}
		return nil
	}}
	err = h.DB.View(ctx, func(tx *db.Tx) error {
		d, err := h.Flows.Latest(ctx, tx, "food_operation")
		if err == nil {
			b.Flow = d.ID
		}
		return err
	})
	return b, err
}
