package hall

import (
	"context"
	"fmt"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

type hallRow struct {
	ID         string
	OfficePath string
	Region     string
	Name       string
	Address    string
	Phone      string
	Rules      db.JSON[Rules]
	SetTo      string
	SetOn      string
	Version    int64
}

const hallColumns = `id, office_path, region, name, address, phone, rules, set_to, set_on, version`

func (r hallRow) hall() (Hall, error) {
	h := Hall{ID: r.ID, OfficePath: r.OfficePath, Name: r.Name, Address: r.Address, Phone: r.Phone, Rules: r.Rules.V.usual(), SetTo: r.SetTo, Version: r.Version}
	var err error
	if h.Region, err = region.Parse(r.Region); err != nil {
		return h, fmt.Errorf("reading hall %s: %w", r.ID, err)
	}
	if r.SetOn != "" {
		h.SetOn, err = civil.Parse(r.SetOn)
	}
	return h, err
}

// one reads a hall; fault.NotFound "hall.not_found".
func one(ctx context.Context, tx *db.Tx, id string) (Hall, error) {
	r, err := db.One[hallRow](ctx, tx, `SELECT `+hallColumns+` FROM hall_hall WHERE id = $1`, id)
	if err != nil {
		return Hall{}, missing(err, "hall.not_found")
	}
	return r.hall()
}

// moved moves a hall's version. It comes before anything else a step of the queue does: from here to its end the transaction is the only one that
// changes this hall's queue.
func moved(ctx context.Context, tx *db.Tx, id string) (Hall, error) {
	r, err := db.One[hallRow](ctx, tx, `UPDATE hall_hall SET version = version + 1 WHERE id = $1 RETURNING `+hallColumns, id)
	if err != nil {
		return Hall{}, missing(err, "hall.not_found")
	}
	return r.hall()
}

// kept reads a hall whose rules nobody changes before the transaction ends. The queue's version stays: screens have nothing new to show.
func kept(ctx context.Context, tx *db.Tx, id string) (Hall, error) {
	r, err := db.One[hallRow](ctx, tx, `UPDATE hall_hall SET rules = rules WHERE id = $1 RETURNING `+hallColumns, id)
	if err != nil {
		return Hall{}, missing(err, "hall.not_found")
	}
	return r.hall()
}

type windowRow struct {
	ID        string
	HallID    string
	Number    int
	Name      string
	Letters   db.JSON[[]string]
	AccountID string
}

func (r windowRow) window() Window {
	return Window{r.ID, r.HallID, r.Number, r.Name, r.Letters.V, r.AccountID}
}

const windowColumns = `id, hall_id, number, name, letters, account_id`

func windows(ctx context.Context, tx *db.Tx, hallID string) ([]Window, error) {
	rows, err := db.All[windowRow](ctx, tx, `SELECT `+windowColumns+` FROM hall_window WHERE hall_id = $1 ORDER BY number LIMIT 500`, hallID)
	out := make([]Window, len(rows))
	for i, r := range rows {
		out[i] = r.window()
	}
	return out, err
}

// seat is the window where an account sits; fault.Conflict "hall.no_seat" when it sits nowhere.
func seat(ctx context.Context, tx *db.Tx, account string) (Window, error) {
	list, err := db.All[windowRow](ctx, tx, `SELECT `+windowColumns+` FROM hall_window WHERE account_id = $1 LIMIT 1`, account)
	if err == nil && (len(list) == 0 || account == "") {
		err = fault.New(fault.Conflict, "hall.no_seat")
	}
	if err != nil {
		return Window{}, err
	}
	return list[0].window(), nil
}

// Turn is a number in a hall's queue.
type Turn struct {
	ID         string
	HallID     string
	Day        civil.Date
	Letter     string
	Number     int
	Code       string
	Priority   string
	Rank       int
	Place      int64
	State      string
	SubjectID  string
	BookingID  string
	WindowID   string
	Fixed      bool
	Calls      int
	Passes     int
	Told       bool
	TakenAt    time.Time
	CalledAt   time.Time
	FinishedAt time.Time
}

// Name is the number as people read it: A012.
func (t Turn) Name() string { return fmt.Sprintf("%s%03d", t.Letter, t.Number) }

const turnColumns = `id, hall_id, day, letter, number, code, priority, rank, place, state, subject_id, booking_id, window_id, fixed, calls, passes, told, taken_at, called_at, finished_at`

// waiting reads the first who wait on a day and may be called at one of these windows, in the order of being called.
func waiting(ctx context.Context, tx *db.Tx, hallID string, day civil.Date, at []Window, limit int) ([]Turn, error) {
	args := []any{hallID, day, limit}
	return db.All[Turn](ctx, tx, `SELECT `+turnColumns+` FROM hall_turn WHERE hall_id = $1 AND day = $2 AND state = 'waiting' AND `+callable(at, &args)+`
ORDER BY rank, place, id LIMIT $3`, args...)
}

// before counts who waits before t and may be called at one of these windows.
func before(ctx context.Context, tx *db.Tx, t Turn, at []Window) (int, error) {
	args := []any{t.HallID, t.Day, t.Rank, t.Place, t.ID}
	return db.One[int](ctx, tx, `SELECT count(*) FROM hall_turn WHERE hall_id = $1 AND day = $2 AND state = 'waiting' AND (rank, place, id) < ($3, $4, $5) AND `+callable(at, &args), args...)
}

// callable is [mayCall] of any of these windows in SQL.
func callable(at []Window, args *[]any) string {
	list := func(values []string) string {
		from := len(*args) + 1
		for _, v := range values {
			*args = append(*args, v)
		}
		return db.In(len(values), from)
	}
	if len(at) == 0 {
		return "1 = 0"
	}
	ids, all, letters := make([]string, len(at)), false, []string{}
	for i, w := range at {
		ids[i] = w.ID
		all = all || len(w.Letters) == 0
		letters = append(letters, w.Letters...)
	}
	if all {
		return "(NOT fixed OR window_id IN (" + list(ids) + "))"
	}
	return "(NOT fixed AND letter IN (" + list(letters) + ") OR fixed AND window_id IN (" + list(ids) + "))"
}

// atWindow is the number that is being served at a window; ok is false for none.
func atWindow(ctx context.Context, tx *db.Tx, windowID string) (t Turn, ok bool, err error) {
	list, err := db.All[Turn](ctx, tx, `SELECT `+turnColumns+` FROM hall_turn WHERE window_id = $1 AND state = 'called' LIMIT 1`, windowID)
	if err != nil || len(list) == 0 {
		return t, false, err
	}
	return list[0], true, nil
}

func turnByCode(ctx context.Context, tx *db.Tx, code string) (Turn, error) {
	t, err := db.One[Turn](ctx, tx, `SELECT `+turnColumns+` FROM hall_turn WHERE code = $1`, code)
	return t, missing(err, "hall.no_turn")
}
