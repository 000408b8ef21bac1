package seal

import (
	"context"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// row is a seal as it rests.
type row struct {
	ID         ID
	Number     string
	Version    int
	EsID       string // "" for none
	Replaces   ID
	Kind       Kind
	Shape      picture.Shape
	Name       string
	Line       string
	Width      int
	Height     int
	Years      int
	OwnerKind  OwnerKind
	OwnerID    string
	OwnerPath  string
	OwnerName  string
	OwnerCode  string
	Region     string
	ReviewPath string
	Reason     []byte
	Refusal    []byte
	State      State
	AppliedAt  time.Time
	AppliedBy  string
	ValidFrom  time.Time
	ValidTo    time.Time
	Info       []byte
	Whole      []byte
}

const sealColumns = `s.id, s.number, s.version, COALESCE(s.es_id, '') AS es_id, s.replaces, s.kind, s.shape, s.name, s.line, s.width, s.height, s.years, s.owner_kind,
s.owner_id, s.owner_path, s.owner_name, s.owner_code, s.region, s.review_path, s.reason, s.refusal, s.state, s.applied_at, s.applied_by, s.valid_from, s.valid_to, s.info, s.whole`

const selectSeal = `SELECT ` + sealColumns + ` FROM seal_seal s WHERE `

func sealOf(ctx context.Context, tx *db.Tx, id ID) (row, error) {
	return db.One[row](ctx, tx, selectSeal+`s.id = $1`, id)
}

func insertSeal(ctx context.Context, tx *db.Tx, r *row) error {
	_, err := tx.Exec(ctx, `INSERT INTO seal_seal (id, number, version, replaces, kind, shape, name, line, width, height, years, owner_kind, owner_id, owner_path,
owner_name, owner_code, region, review_path, reason, state, applied_at, applied_by, reviewed_by) VALUES (`+db.In(22, 1)+`, '')`,
		r.ID, r.Number, r.Version, r.Replaces, string(r.Kind), string(r.Shape), r.Name, r.Line, r.Width, r.Height, r.Years, string(r.OwnerKind), r.OwnerID, r.OwnerPath,
		r.OwnerName, r.OwnerCode, r.Region, r.ReviewPath, r.Reason, string(Applied), tx.Now, r.AppliedBy)
	if err != nil {
		return fmt.Errorf("storing an application: %w", err)
	}
	return nil
}

// errMoved says that somebody else was faster.
var errMoved = fault.New(fault.Conflict, "seal.moved_on")

func moved(n int64, err error) error {
	if err != nil {
		return fmt.Errorf("moving a seal: %w", err)
	}
	if n == 0 {
		return errMoved
	}
	return nil
}

func approve(ctx context.Context, tx *db.Tx, by actor.Actor, r *row) error {
	return moved(tx.Exec(ctx, `UPDATE seal_seal SET state = 'approved', number = $1, es_id = $2, reviewed_at = $3, reviewed_by = $4 WHERE id = $5 AND state = 'applied'`,
		r.Number, r.EsID, tx.Now, by.Name(), r.ID))
}

func refuse(ctx context.Context, tx *db.Tx, by actor.Actor, id ID, why []byte) error {
	return moved(tx.Exec(ctx, `UPDATE seal_seal SET state = 'refused', refusal = $1, reviewed_at = $2, reviewed_by = $3 WHERE id = $4 AND state = 'applied'`,
		why, tx.Now, by.Name(), id))
}

// prepareMake stores what the maker will sign.
func prepareMake(ctx context.Context, tx *db.Tx, r *row) error {
	return moved(tx.Exec(ctx, `UPDATE seal_seal SET state = 'making', info = $1, valid_from = $2, valid_to = $3 WHERE id = $4 AND state = 'approved'`,
		r.Info, r.ValidFrom, r.ValidTo, r.ID))
}

func finishMake(ctx context.Context, tx *db.Tx, id ID, whole []byte) error {
	return moved(tx.Exec(ctx, `UPDATE seal_seal SET state = 'in_use', whole = $1 WHERE id = $2 AND state = 'making'`, whole, id))
}

// setStanding moves a seal and writes how it stands from now on.
func setStanding(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, g Ground) error {
	to := moves[g].to
	if err := moved(tx.Exec(ctx, `UPDATE seal_seal SET state = $1 WHERE id = $2 AND state = $3`, string(to), r.ID, string(r.State))); err != nil {
		return err
	}
	return addStanding(ctx, tx, by, r, to, g)
}

// addStanding writes how a seal stands from now on. Signatures tell whole seconds: what puts a seal to use counts from the beginning of this second, what
// takes it away from the end of it, so that a signature made in between is judged by what was true when it was made.
func addStanding(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, to State, g Ground) error {
	from := tx.Now.Truncate(time.Second)
	if to != InUse && !from.Equal(tx.Now) {
		from = from.Add(time.Second)
	}
	last, err := db.All[time.Time](ctx, tx, `SELECT from_at FROM seal_standing WHERE seal_id = $1 ORDER BY from_at DESC, id DESC LIMIT 1`, r.ID)
	if err != nil {
		return err
	}
	if len(last) > 0 && last[0].After(from) {
		from = last[0]
	}
	return tx.Later(ctx, `INSERT INTO seal_standing (id, seal_id, es_id, state, ground, from_at, set_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		db.NewKey(), r.ID, r.EsID, string(to), string(g), from, by.Name())
}

// nextNumber gives the next number of a county, without gaps.
func nextNumber(ctx context.Context, tx *db.Tx, county string) (int64, error) {
	n, err := db.One[int64](ctx, tx, `INSERT INTO seal_number (region, last) VALUES ($1, 1) ON CONFLICT (region) DO UPDATE SET last = seal_number.last + 1 RETURNING last`, county)
	if err != nil {
		return 0, fmt.Errorf("numbering a seal: %w", err)
	}
	return n, nil
}

func rolesOf(ctx context.Context, tx *db.Tx, id ID, person string) ([]Role, error) {
	list, err := db.All[string](ctx, tx, `SELECT role FROM seal_holder WHERE seal_id = $1 AND person = $2 AND until_at IS NULL`, id, person)
	out := make([]Role, len(list))
	for i, r := range list {
		out[i] = Role(r)
	}
	return out, err
}

type holderRow struct {
	ID      string
	Person  string
	Subject string
	Name    []byte
	Role    Role
	FromAt  time.Time
	UntilAt time.Time
}

func holdersOf(ctx context.Context, tx *db.Tx, id ID) ([]holderRow, error) {
	return db.All[holderRow](ctx, tx, `SELECT id, person, subject, name, role, from_at, until_at FROM seal_holder WHERE seal_id = $1 ORDER BY id LIMIT 500`, id)
}

// addHolder writes a holder; false when he is one already.
func addHolder(ctx context.Context, tx *db.Tx, id ID, h holderRow) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO seal_holder (id, seal_id, person, subject, name, role, from_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (seal_id, person, role) WHERE until_at IS NULL DO NOTHING`, h.ID, id, h.Person, h.Subject, h.Name, string(h.Role), tx.Now)
	return n == 1, err
}

func endHolder(ctx context.Context, tx *db.Tx, id ID, person string, role Role) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE seal_holder SET until_at = $1 WHERE seal_id = $2 AND person = $3 AND role = $4 AND until_at IS NULL`, tx.Now, id, person, string(role))
	return n == 1, err
}
