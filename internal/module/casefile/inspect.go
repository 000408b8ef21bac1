package casefile

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
)

// inspectLater sets the day by which what was pledged is checked, and begins the task (事后核查). A case without a pledge has none.
func (st *step) inspectLater(ctx context.Context, tx *db.Tx) error {
	if !st.content.Pledged {
		return nil
	}
	days, err := db.One[int](ctx, tx, `SELECT days FROM casefile_inspection_rule WHERE base_code IN ($1, '') ORDER BY base_code DESC LIMIT 1`, st.c.BaseCode)
	if err != nil {
		return fmt.Errorf("reading the rule of inspections: %w", err)
	}
	by := st.calendar.Add(st.today, days)
	st.next = append(st.next, following{flow: inspectionFlow, dueOn: by})
	st.data["inspect_by"] = by.String()
	if st.looking {
		return nil
	}
	return tx.Later(ctx, `INSERT INTO casefile_inspection (case_id, due_on) VALUES ($1, $2)`, st.c.ID, by)
}

// inspect writes down whether what was pledged is true. What is not leads to the annulment of the decision, as a task of the chief.
func (st *step) inspect(ctx context.Context, tx *db.Tx) (err error) {
	honest := st.in.Agree == nil || *st.in.Agree
	w := st.words()
	if w.fields["decision"], err = decisionNumber(ctx, tx, st.c.ID); err != nil {
		return err
	}
	if honest {
		w.fields["honest"] = "1"
	}
	st.data["honest"] = honest
	if st.paper, err = st.issue(ctx, tx, InspectionOpinion, w); err != nil {
		return err
	}
	if !honest {
		st.told = "inspect_false"
		st.next = append(st.next, following{flow: annulmentFlow, dueOn: st.calendar.Add(st.today, annulDays)})
	}
	return tx.Later(ctx, `UPDATE casefile_inspection SET done_at = $1, honest = $2 WHERE case_id = $3`, tx.Now, honest, st.c.ID)
}

// annulDays is how long the chief has after a pledge was found false: five days to be heard come first.
const annulDays = 10
