package casefiletest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// seedRows is how many cases one statement writes, forty columns each: SQLite takes thousands of parameters, but ever more slowly.
const seedRows = 20

// SeedCases writes n cases of the past year at the sixty counties' departments 31, four in ten of them with an open task for a reviewer, every
// fiftieth the citizen's. They can be listed, counted and found; they have no content and no history, so they can't be opened.
func SeedCases(tb testing.TB, d *db.DB, n int) {
	tb.Helper()
	ctx := context.Background()
	var offices []string
	for _, r := range region.Jilin() {
		if r.Code.Level() == region.County && r.Code.Statutory() {
			offices = append(offices, r.Code.Prefix()+"d31")
		}
	}
	for from := 0; from < n; from += seedRows {
		err := d.Update(ctx, func(tx *db.Tx) error {
			flow, err := db.One[string](ctx, tx, `SELECT id FROM workflow_definition ORDER BY id LIMIT 1`)
			if err != nil {
				return err
			}
			s := seeding{flow: flow, begin: tx.Now.AddDate(0, 0, -360), step: 359 * 24 * time.Hour / time.Duration(n)}
			for i := from; i < min(n, from+seedRows); i++ {
				s.add(i, offices[i*7%len(offices)])
			}
			return s.write(ctx, tx)
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// seeding collects the rows of one statement a table.
type seeding struct {
	flow                    string
	begin                   time.Time
	step                    time.Duration
	cases, instances, tasks []any
	caseCount, taskCount    int
}

func (s *seeding) add(i int, office string) {
	at := s.begin.Add(time.Duration(i) * s.step)
	id, number := keyOf(at), fmt.Sprintf("%s031%s%06d", office[:6], civil.Of(at).Compact()[2:], i)
	applicant := CitizenID
	if i%50 != 0 {
		applicant = fmt.Sprintf("subject-%d", i%5000)
	}
	state, open := "delivered", i%10 < 4
	if open {
		state = "accepted"
	}
	day := civil.Of(at)
	promise := day.Add(9)
	s.cases = append(s.cases, id, number, []byte("0123456789012345678901234567890123456789012"), state, 6, "seeded", "11220102MB1A00319N4000131104003", 1, Food, "食品经营许可",
		"new", "", s.flow, "food-operation", applicant, "person", "张*琳", "citizen", "online", office[:6]+"000000", "office-"+office, office, office, office[:6]+"d90", "",
		at, day, day, nil, nil, "", 20, 7, "working_days", "working_days", 0, promise.Add(20), promise, nil, 0)
	s.caseCount++
	if open {
		instance := keyOf(at)
		s.instances = append(s.instances, instance, s.flow, id, "running", `{}`, at)
		s.tasks = append(s.tasks, keyOf(at), instance, "seeded", id, "documents", "材料审查", "opine", "reviewer", "office-"+office, office, office, "食品经营许可", number,
			promise.String(), "open", at)
		s.taskCount++
	}
}

func (s *seeding) write(ctx context.Context, tx *db.Tx) error {
	if err := tx.Later(ctx, `INSERT INTO casefile_case (`+caseColumns+`) VALUES `+db.Values(s.caseCount, 40, 1), s.cases...); err != nil {
		return err
	}
	if s.taskCount == 0 {
		return nil
	}
	err := tx.Later(ctx, `INSERT INTO workflow_instance (id, definition_id, subject, state, places, started_at) VALUES `+db.Values(s.taskCount, 6, 1), s.instances...)
	if err != nil {
		return err
	}
	return tx.Later(ctx, `INSERT INTO workflow_task (`+taskColumns+`) VALUES `+db.Values(s.taskCount, 16, 1), s.tasks...)
}

const caseColumns = `id, number, query_code, state, version, entry_id, item_code, item_version, base_code, item_name, variant, form_id, flow_id, cert_type,
applicant_id, applicant_kind, applicant, account_id, channel, region, office_id, office_path, office_name, centre_path, received_path, submitted_at,
received_on, accepted_on, decided_at, closed_at, outcome, legal_days, promise_days, legal_unit, promise_unit, extended_days, legal_due, promise_due,
reply_due, corrections`

const taskColumns = `id, instance_id, token_id, subject, node, name, action, role, office_id, office_path, office_name, title, number, due_on, state, opened_at`

// keyOf makes a key as it would have been made at an instant.
func keyOf(at time.Time) string {
	ms := fmt.Sprintf("%012x", at.UnixMilli())
	return fmt.Sprintf("%s-%s-7%03x-8%03x-%012x", ms[:8], ms[8:], rand.IntN(1<<12), rand.IntN(1<<12), rand.Int64N(1<<48))
}
