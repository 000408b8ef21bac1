package item

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
)

func insertSteps(ctx context.Context, tx *db.Tx, proposal string, steps []ProposalStep) error {
	rows := make([][]any, len(steps))
	for i, x := range steps {
		rows[i] = []any{proposal, int64(x.Position), x.Code, x.Name}
	}
	return tx.Bulk(ctx, "item_proposal_step", []string{"proposal_id", "position", "code", "name"}, rows)
}

const stepColumns = `position, code, name, state, problem, done_at`

// proposalSteps returns the items of a proposal in their order, of which there are [Most] at most.
func proposalSteps(ctx context.Context, tx *db.Tx, proposal string) ([]ProposalStep, error) {
	return db.All[ProposalStep](ctx, tx, `SELECT `+stepColumns+` FROM item_proposal_step WHERE proposal_id = $1 ORDER BY position`, proposal)
}

// nextStep returns the first item that is still to come; db.ErrNotFound when there is none.
func nextStep(ctx context.Context, tx *db.Tx, proposal string) (ProposalStep, error) {
	return db.One[ProposalStep](ctx, tx, `SELECT `+stepColumns+` FROM item_proposal_step WHERE proposal_id = $1 AND state = 'waiting' ORDER BY position LIMIT 1`, proposal)
}

// carriedOut is who asked for what was published item by item, and who approved it.
type carriedOut struct {
	DoneAt  time.Time
	MadeBy  string
	EndedBy string
}

// carriedOutOf returns what was published of a base item by proposals that were carried out item by item, under the instant of the transaction: its version's
// too.
func carriedOutOf(ctx context.Context, tx *db.Tx, base string) (map[int64]carriedOut, error) {
	found := map[int64]carriedOut{}
	return found, db.Each(ctx, tx, func(r carriedOut) error {
		found[r.DoneAt.UnixMilli()] = r
		return nil
	}, `SELECT s.done_at, p.made_by, p.ended_by FROM item_proposal_step s JOIN item_proposal p ON p.id = s.proposal_id WHERE s.code = $1 AND s.state = 'done'`, base)
}

func setStep(ctx context.Context, tx *db.Tx, proposal string, position int, state, problem string) error {
	_, err := tx.Exec(ctx, `UPDATE item_proposal_step SET state = $1, problem = $2, done_at = $3 WHERE proposal_id = $4 AND position = $5`,
		state, problem, tx.Now, proposal, position)
	return err
}
