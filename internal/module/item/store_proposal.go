package item

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
)

const proposalColumns = `id, kind, state, object, name, office_path, act, preview, reason, author, made_at, made_by, ended_at, ended_by, remark, outcome`

func insertProposal(ctx context.Context, tx *db.Tx, p *Proposal) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_proposal (id, kind, state, object, name, office_path, act, preview, reason, author, made_at, made_by)
		VALUES (`+db.In(12, 1)+`)`, p.ID, string(p.Kind), string(p.State), p.Object, p.Name, p.OfficePath, p.Act, p.Preview, p.Reason, p.Author, p.MadeAt, p.MadeBy)
	return err
}

func proposalByID(ctx context.Context, tx *db.Tx, id string) (Proposal, error) {
	return db.One[Proposal](ctx, tx, `SELECT `+proposalColumns+` FROM item_proposal WHERE id = $1`, id)
}

// proposalsWithin returns proposals of offices in a state after an id, oldest first.
func proposalsWithin(ctx context.Context, tx *db.Tx, reach []string, state ProposalState, after string, limit int) ([]Proposal, error) {
	args := []any{string(state), after}
	where := db.PrefixAny("office_path", reach, &args)
	args = append(args, limit)
	return db.All[Proposal](ctx, tx, `SELECT `+proposalColumns+` FROM item_proposal WHERE state = $1 AND id > $2 AND `+where+` ORDER BY id LIMIT `+
		placeholder(len(args)), args...)
}

// endProposal ends one that waits and tells whether it did: two who press at once are one who did and one who was too late.
func endProposal(ctx context.Context, tx *db.Tx, p *Proposal) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE item_proposal SET state = $1, ended_at = $2, ended_by = $3, remark = $4 WHERE id = $5 AND state = 'waiting'`,
		string(p.State), p.EndedAt, p.EndedBy, p.Remark, p.ID)
	return n == 1, err
}

func setOutcome(ctx context.Context, tx *db.Tx, id string, n int64) error {
	return tx.Later(ctx, `UPDATE item_proposal SET outcome = $1 WHERE id = $2`, n, id)
}

// insertPart writes at once: what waits for the end of its transaction waits in memory, and a file may be large.
func insertPart(ctx context.Context, tx *db.Tx, proposal string, p filePart) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_proposal_part (proposal_id, file, part, name, content) VALUES ($1,$2,$3,$4,$5)`, proposal, p.File, p.Part, p.Name, p.Content)
	return err
}

// filePart is a piece of a file of a proposed import.
type filePart struct {
	File    int64
	Part    int64
	Name    string
	Content []byte
}

// nextPart returns the first part behind a place; db.ErrNotFound at the end.
func nextPart(ctx context.Context, tx *db.Tx, proposal string, file, part int64) (filePart, error) {
	p, err := db.One[filePart](ctx, tx, `SELECT file, part, name, content FROM item_proposal_part WHERE proposal_id = $1 AND (file, part) > ($2, $3)
		ORDER BY file, part LIMIT 1`, proposal, file, part)
	if err != nil {
		return p, fmt.Errorf("reading a proposed file: %w", err)
	}
	return p, nil
}

func forgetParts(ctx context.Context, tx *db.Tx, proposal string) error {
	return tx.Later(ctx, `DELETE FROM item_proposal_part WHERE proposal_id = $1`, proposal)
}

// affectedAll counts as [affected] does, for many base items together.
func affectedAll(ctx context.Context, tx *db.Tx, codes []string) ([]Affected, error) {
	return db.All[Affected](ctx, tx, `SELECT substr(code, 19, 1) AS level, count(*) AS entries, count(DISTINCT office_id) AS offices
		FROM item_entry WHERE base_code IN (`+db.In(len(codes), 1)+`) AND state <> 'cancelled' GROUP BY substr(code, 19, 1) ORDER BY substr(code, 19, 1)`,
		anys(codes)...)
}

// approvedStates are the changes of state of a code that two persons decided on.
func approvedStates(ctx context.Context, tx *db.Tx, code string) ([]db.JSON[Act], error) {
	return db.All[db.JSON[Act]](ctx, tx, `SELECT act FROM item_proposal WHERE kind = 'state' AND object = $1 AND state = 'approved'`, code)
}
