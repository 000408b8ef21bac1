package workflow_test

import (
	"strings"
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestMigrateAndReassign(t *testing.T) {
	e := newEngine(t)
	deploy := func(source string) {
		e.update(func(tx *db.Tx) error {
			_, err := e.flows.Deploy(t.Context(), tx, []byte(source))
			return err
		})
	}
	deploy(food)
	e.start("food", "case", nil)
	e.done("case", "accept")
	deploy(strings.Replace(strings.ReplaceAll(food, `"documents"`, `"papers"`), "材料审查", "书面审查", 1))
	m := workflow.Migration{Subject: "case", Version: 2, Reason: "环节改名"}
	plan, err := e.flows.PlanMigration(t.Context(), keeper, m)
	if err != nil || plan.Possible || len(plan.Moves) != 4 {
		t.Fatalf("%+v %v", plan, err)
	}
	if err := e.flows.Migrate(t.Context(), keeper, m); !fault.HasKey(err, "workflow.not_migratable") {
		t.Errorf("migrated: %v", err)
	}
	m.Names = map[string]string{"documents": "papers", "documents_join": "papers_join"}
	if _, err := e.flows.PlanMigration(t.Context(), officer("window", "22"), m); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window plans: %v", err)
	}
	if err := e.flows.Migrate(t.Context(), keeper, m); err != nil {
		t.Fatal(err)
	}
	e.want("case", "papers inspection")
	if task := open(t, e.flows, e.db, "case")[0]; task.Name != "书面审查" || !e.log.has("workflow.migrated") {
		t.Errorf("the open task is %+v", task)
	}
	to := workflow.Office{ID: "n", Path: "220102d44", Name: "新机构"}
	if _, err := e.flows.Reassign(t.Context(), officer("keeper", "220103"), "220102d31", to, "长编〔2026〕12号"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county reassigns: %v", err)
	}
	n, err := e.flows.Reassign(t.Context(), keeper, "220102d31", to, "长编〔2026〕12号")
	if err != nil || n != 2 || !e.log.has("workflow.reassigned") {
		t.Fatalf("%d %v", n, err)
	}
	if n, err = e.flows.Reassign(t.Context(), keeper, "220102d31", to, "长编〔2026〕12号"); err != nil || n != 0 {
		t.Errorf("again: %d %v", n, err)
	}
	e.done("case", "papers")
	e.done("case", "inspection")
	if task := open(t, e.flows, e.db, "case")[0]; task.Node != "decide" || task.OfficePath != to.Path {
		t.Errorf("what follows goes to %+v", task)
	}
}

// An instance whose tokens are rows, as they were before the machine kept a state, goes on where it stood.
func TestTokensOfOldInstancesGoOn(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		e := newEngine(t)
		e.update(func(tx *db.Tx) error {
			d, err := e.flows.Deploy(t.Context(), tx, []byte(food))
			if err != nil {
				return err
			}
			ctx := t.Context()
			for _, q := range []struct {
				text string
				args []any
			}{
				{`INSERT INTO workflow_instance (id, definition_id, subject, state, places, started_at) VALUES ('i', $1, 'case', 'running', $2, $3)`, []any{d.ID, db.JSON[workflow.Places]{V: places}, tx.Now}},
				{`INSERT INTO workflow_token (id, instance_id, node, office, token_group, group_size) VALUES ('t1', 'i', $1, '{"id":"o","path":"220102d31","name":"x"}', 'split', 2),
('t2', 'i', 'inspection', '{"id":"o","path":"220102d31","name":"x"}', 'split', 2)`, []any{map[bool]string{true: "join", false: "documents"}[waiting]}},
				{`INSERT INTO workflow_task (id, instance_id, token_id, subject, node, name, action, role, office_id, office_path, office_name, title, number, due_on, state, opened_at)
SELECT 'k' || id, 'i', id, 'case', node, 'n', 'opine', 'reviewer', 'o', '220102d31', 'x', 'title', 'number', '9', 'open', $1 FROM workflow_token WHERE node <> 'join'`, []any{tx.Now}},
			} {
				if _, err := tx.Exec(ctx, q.text, q.args...); err != nil {
					return err
				}
			}
			return nil
		})
		if !waiting {
			e.done("case", "documents")
		}
		e.want("case", "inspection")
		e.done("case", "inspection")
		e.want("case", "decide")
		if task := open(t, e.flows, e.db, "case")[0]; task.Title != "title" || task.DueOn != "9" {
			t.Errorf("%+v", task)
		}
		e.done("case", "decide")
		if s := stateOf(t, e.db, "case"); s != "ended" || count(t, e.db, `SELECT count(*) FROM workflow_token`) != 0 {
			t.Errorf("is %s", s)
		}
	}
}
