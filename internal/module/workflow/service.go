package workflow

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "workflow", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Service keeps definitions and runs instances inside its callers' transactions. Safe for concurrent use.
type Service struct {
	db       *db.DB
	needs    Needs
	mu       sync.Mutex
	byID     map[string]*Definition // immutable, so kept for ever
	handlers map[string]Handler     // of services, by name
	tasks    *Tasks                 // what officers do with tasks; set by [NewTasks], nil without
}

// New returns the service. Processes of plain tasks need neither a database of their own nor anything of others; timers, services and use cases with
// an actor do.
func New(d *db.DB, n Needs) *Service {
	return &Service{db: d, needs: n, byID: map[string]*Definition{}, handlers: map[string]Handler{}}
}

// OpenTask is a task somebody may do.
type OpenTask struct {
	ID         string
	Subject    string
	Node       string
	Name       string
	Action     string
	Role       string
	OfficeID   string
	OfficePath string
	OfficeName string
	Title      string
	Number     string
	DueOn      string // ISO date; "9" sorts tasks without one last
	OpenedAt   time.Time
	TokenID    string
	Standing
}

// DoneTask is one that was done.
type DoneTask struct {
	Name       string
	OfficeName string
	OfficePath string
	OpenedAt   time.Time
	DoneAt     time.Time
	DonePost   string
	Outcome    string
	Comment    string
}

// noDue sorts tasks without a due date behind all others.
const noDue = "9"

// Deploy stores a definition as the newest version of its key; the same text again changes nothing.
func (s *Service) Deploy(ctx context.Context, tx *db.Tx, source []byte) (*Definition, error) {
	d, err := Parse(source)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(source)
	digest := hex.EncodeToString(sum[:])
	last, err := db.One[definitionRow](ctx, tx, selectDefinition+`WHERE definition_key = $1 ORDER BY version DESC LIMIT 1`, d.Key)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	if err == nil && last.Digest == digest {
		return s.keep(last)
	}
	row := definitionRow{ID: db.NewKey(), DefinitionKey: d.Key, Version: last.Version + 1, Source: string(source), Digest: digest}
	err = tx.Later(ctx, `INSERT INTO workflow_definition (id, definition_key, version, name, source, digest, deployed_at) VALUES (`+db.In(7, 1)+`)`,
		row.ID, row.DefinitionKey, row.Version, d.Name, row.Source, digest, tx.Now)
	if err != nil {
		return nil, err
	}
	d.ID, d.Version = row.ID, row.Version
	return d, fileOpenings(ctx, tx, row.ID, d.program.Process())
}

type definitionRow struct {
	ID            string
	DefinitionKey string
	Version       int
	Source        string
	Digest        string
}

const selectDefinition = `SELECT id, definition_key, version, source, digest FROM workflow_definition `

func (s *Service) keep(row definitionRow) (*Definition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.byID[row.ID]; ok {
		return d, nil
	}
	d, err := Parse([]byte(row.Source))
	if err != nil {
		return nil, fmt.Errorf("stored process %s: %w", row.ID, err)
	}
	d.ID, d.Version = row.ID, row.Version
	s.byID[row.ID] = d
	return d, nil
}

// Latest returns the newest version of a process. The version is read each time, its parsed form is kept.
func (s *Service) Latest(ctx context.Context, tx *db.Tx, key string) (*Definition, error) {
	id, err := db.One[string](ctx, tx, `SELECT id FROM workflow_definition WHERE definition_key = $1 ORDER BY version DESC LIMIT 1`, key)
	if err != nil {
		return nil, fmt.Errorf("finding process %s: %w", key, err)
	}
	return s.Definition(ctx, tx, id)
}

// standing returns the version of a process that an instance calls which began at a time: the newest one then, so that what is deployed later changes
// nothing of what runs. Of a process that was first deployed after it began it is the first.
func (s *Service) standing(ctx context.Context, tx *db.Tx, key string, began time.Time) (*Definition, error) {
	id, err := db.One[string](ctx, tx, `SELECT id FROM workflow_definition WHERE definition_key = $1 AND deployed_at <= $2 ORDER BY version DESC LIMIT 1`, key, began)
	if errors.Is(err, db.ErrNotFound) {
		id, err = db.One[string](ctx, tx, `SELECT id FROM workflow_definition WHERE definition_key = $1 ORDER BY version LIMIT 1`, key)
	}
	if err != nil {
		return nil, fmt.Errorf("finding process %s: %w", key, err)
	}
	return s.Definition(ctx, tx, id)
}

// Definition returns a version by its id.
func (s *Service) Definition(ctx context.Context, tx *db.Tx, id string) (*Definition, error) {
	s.mu.Lock()
	d, ok := s.byID[id]
	s.mu.Unlock()
	if ok {
		return d, nil
	}
	row, err := db.One[definitionRow](ctx, tx, selectDefinition+`WHERE id = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("finding process %s: %w", id, err)
	}
	return s.keep(row)
}

// StartParams say what begins.
type StartParams struct {
	Definition *Definition
	Subject    string
	Title      string
	Number     string
	DueOn      string // of the first tasks; may be empty
	Places     Places
	Values     map[string]any // of its variables; never personal data, which is sealed where it is kept
	Region     string         // whose calendar counts, twelve digits; "" the State Council's alone
	Beside     string         // the subject whose tasks its own are, when it runs beside that subject's process; Subject is then a key of its own
}

// Start begins an instance and offers its first tasks. It refuses a process that can't go on from its start, or that only messages begin.
func (s *Service) Start(ctx context.Context, tx *db.Tx, p StartParams) error {
	if !p.Definition.program.Process().Begins() {
		return fmt.Errorf("process %s begins with a message only; give it a plain start to begin it otherwise", p.Definition.Key)
	}
	values := maps.Clone(p.Values)
	if values == nil {
		values = map[string]any{}
	}
	r := &running{instanceRow: instanceRow{InstanceID: db.NewKey(), DefinitionID: p.Definition.ID, Whose: p.Subject, Titled: p.Title, Numbered: p.Number, Due: p.DueOn, Topic: p.Beside,
		Region: p.Region, Steps: 1, BeganAt: tx.Now}, fresh: true, definition: p.Definition, values: values, places: p.Places, changed: len(values) > 0}
	w := s.work()
	if err := w.move(ctx, tx, w.add(r), machine.Command{Do: machine.Start}); err != nil {
		return err
	}
	for _, e := range r.pending {
		if e.Do == machine.OpenIncident {
			return fmt.Errorf("process %s can't go on from its start: %s at %s", p.Definition.Key, e.Name, e.Element)
		}
	}
	return w.finish(ctx, tx)
}

// Process is where the process of a subject stands.
type Process struct {
	Open []OpenTask // oldest first

	rows map[string]instanceRow // the instances of its open tasks
	of   map[string]string      // instance by task
}

// Process reads what [Service.Complete] needs, which may be ahead of the transaction that completes. A subject whose process is over has nothing
// open.
func (s *Service) Process(ctx context.Context, tx *db.Tx, subject string) (*Process, error) {
	type row struct {
		OpenTask
		instanceRow
	}
	rows, err := db.All[row](ctx, tx, `SELECT `+taskColumns+`, `+standingColumns+`, `+instanceColumns+` FROM workflow_task t JOIN workflow_instance i ON i.id = t.instance_id
WHERE t.subject = $1 AND t.state = 'open' ORDER BY t.id LIMIT 50`, subject)
	if err != nil {
		return nil, err
	}
	p := &Process{rows: map[string]instanceRow{}, of: map[string]string{}}
	for _, r := range rows {
		p.Open = append(p.Open, r.OpenTask)
		p.rows[r.InstanceID], p.of[r.ID] = r.instanceRow, r.InstanceID
	}
	return p, nil
}

// Complete does one of a process's open tasks as they were read; tasks that follow are due on dueOn, with "" when their process is. by must hold
// its role at its office: fault.Forbidden without, fault.Conflict "workflow.task_gone" when somebody else was faster, which a later call or the
// commit may find. Whoever completes tasks of one subject sees to it that they do not cross: casefile by the case's version. What the program completes,
// in the name of the law's own clock, it completes whatever signatures and delegations are open: they end. ended tells that the process is over.
func (s *Service) Complete(ctx context.Context, tx *db.Tx, by actor.Actor, p *Process, t *OpenTask, dueOn string, done Done) (ended bool, err error) {
	if !May(by, t.Role, t.OfficePath) {
		return false, fault.New(fault.Forbidden, "workflow.not_your_task")
	}
	if t.barredFrom(by) {
		return false, errBarred
	}
	if err := s.settle(ctx, tx, by, t, done); err != nil || t.Follows > 0 {
		return false, err // those who sign after it move the process on
	}
	w, r, err := s.taken(ctx, tx, p, t, dueOn)
	if err != nil {
		return false, err
	}
	token, err := r.token(t.TokenID)
	if err != nil {
		return false, err
	}
	err = w.last(ctx, tx, r, machine.Command{Do: machine.Complete, Token: token, Outcome: done.Outcome, Values: done.Values})
	if err != nil || w.over(r) {
		return err == nil, err
	}
	return s.skipSame(ctx, tx, by, w, t.Subject, done)
}

// taken makes the instance of an open task ready to move.
func (s *Service) taken(ctx context.Context, tx *db.Tx, p *Process, t *OpenTask, dueOn string) (*work, *running, error) {
	row, known := p.rows[p.of[t.ID]]
	if !known {
		return nil, nil, errGone
	}
	r, err := s.load(ctx, tx, row)
	if err != nil {
		return nil, nil, err
	}
	if dueOn != "" {
		r.Due = dueOn
	} else if r.Due == "" && t.DueOn != noDue {
		r.Due = t.DueOn
	}
	if r.Titled == "" {
		r.Titled, r.Numbered = t.Title, t.Number
	}
	w := s.work()
	return w, w.add(r), nil
}

// Done says how a task ended.
type Done struct {
	Outcome string
	Comment string
	Values  map[string]any // for the variables of the process
}

// May tells whether one of by's duties is the role at this office or above it; the program may do everything.
func May(by actor.Actor, role, officePath string) bool {
	if by.Kind == actor.System {
		return true
	}
	for _, d := range by.Duties {
		if d.Role == role && len(officePath) >= len(d.OfficePath) && officePath[:len(d.OfficePath)] == d.OfficePath {
			return true
		}
	}
	return false
}
