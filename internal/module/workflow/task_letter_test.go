package workflow_test

import (
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// TestLetterOfForwarding reads what a letter to the office above says; moving a task inside makes none.
func TestLetterOfForwarding(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	d.must(d.as("zhou"), workflow.Transfer, task.ID, workflow.Order{To: toAccount("li")})
	if len(d.made) != 0 {
		t.Errorf("a transfer made %+v", d.made)
	}
	d.must(d.as("zhou"), workflow.Forward, task.ID, workflow.Order{Words: "疑难"})
	if len(d.made) != 1 || d.made[0].Kind != workflow.ForwardLetter {
		t.Fatalf("%+v", d.made)
	}
	err := d.db.View(t.Context(), func(tx *db.Tx) error {
		l, err := d.flows.Letter(t.Context(), tx, d.made[0])
		if l.To != "局2201d31" || l.Words != "疑难" || l.Task != "初审" || l.Office.Name != "局"+office31 || l.By != "zhou" {
			t.Errorf("%+v", l)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
