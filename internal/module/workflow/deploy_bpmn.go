package workflow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// province is where processes belong: every office of it works by them.
const province = "22"

// DefinitionNeeds is what [Definitions] asks of others.
type DefinitionNeeds struct {
	Rights interface {
		Check(by actor.Actor, action string, on actor.Target) error
	}
	Log interface {
		Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
	}
	Known bpmn.Known // what a process may name, but for processes and forms, which are asked for each time
	Forms Forms      // nil asks nobody
}

// Definitions is the shelf of process definitions as their keepers use it. Safe for concurrent use.
type Definitions struct {
	db    *db.DB
	needs DefinitionNeeds
	turns chan struct{} // of checks
}

// NewDefinitions returns the shelf.
func NewDefinitions(d *db.DB, needs DefinitionNeeds) *Definitions {
	return &Definitions{db: d, needs: needs, turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
}

// May refuses who may not define processes.
func (s *Definitions) May(by actor.Actor) error {
	return s.needs.Rights.Check(by, ActDefine, actor.Target{OfficePath: province})
}

// Shelved is a version of a process on the shelf.
type Shelved struct {
	DefinitionKey string
	Version       int
	Name          string
	DeployedAt    time.Time
}

// Deployed says what became of a source.
type Deployed struct {
	Key     string
	Version int
	Same    bool // it was the newest version already: nothing changed
}

// Deploy is the program's: it makes a BPMN source the newest version of its process at once, when it is sound; running instances stay with theirs. from is
// the version its author began with, 0 for a new process. fault.Invalid lists everything that is wrong; when another version was deployed in between it is
// fault.Conflict "workflow.deployed_meanwhile". The same source again changes nothing. A person is fault.Forbidden "workflow.four_eyes": he proposes it, see
// [Definitions.Propose].
func (s *Definitions) Deploy(ctx context.Context, by actor.Actor, source []byte, from int) (out Deployed, err error) {
	if err := s.May(by); err != nil {
		return out, err
	}
	if by.Kind != actor.System {
		return out, fault.New(fault.Forbidden, "workflow.four_eyes")
	}
	c, err := s.sound(ctx, source)
	if err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out, err = s.put(ctx, tx, by, c, from, nil)
		return err
	})
	return out, err
}

// candidate is a source that was checked.
type candidate struct {
	process *process.Process
	source  []byte
	digest  string
}

// sound reads and checks a source, outside of any transaction: it may take a while.
func (s *Definitions) sound(ctx context.Context, source []byte) (*candidate, error) {
	p, findings, err := s.check(ctx, source)
	if err != nil {
		return nil, err
	}
	if err := bpmn.Refused(findings); err != nil {
		return nil, err
	}
	if _, err := FromProcess(p); err != nil {
		return nil, fmt.Errorf("a process that was checked does not run: %w", err)
	}
	sum := sha256.Sum256(source)
	return &candidate{p, source, hex.EncodeToString(sum[:])}, nil
}

// checkTime is how long one check may take. What people draw is checked in a moment.
const checkTime = 30 * time.Second

// check reads a source and looks at it, no more of them at once than leave processors for others.
func (s *Definitions) check(ctx context.Context, source []byte) (*process.Process, []bpmn.Finding, error) {
	within, stop := context.WithTimeout(ctx, checkTime)
	defer stop()
	tooLong := func(err error) error {
		if ctx.Err() == nil && within.Err() != nil {
			return fault.New(fault.TooLarge, "workflow.check_too_long").Because(err)
		}
		return err
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-within.Done():
		return nil, nil, tooLong(within.Err())
	}
	p, err := bpmn.Read(source)
	if err != nil {
		return nil, nil, err
	}
	known := s.needs.Known
	err = s.db.View(within, func(tx *db.Tx) error {
		if known.Deployed, err = s.known(within, tx, p); err != nil {
			return err
		}
		if known.Callers, err = s.callers(within, tx, p); err != nil {
			return err
		}
		known.Forms, err = s.forms(within, tx, p)
		return err
	})
	if err != nil {
		return nil, nil, tooLong(err)
	}
	findings, err := bpmn.CheckWithin(within, p, known)
	return p, findings, tooLong(err)
}

// newest returns the newest version of a process; of one that is not deployed its version is 0.
func (s *Definitions) newest(ctx context.Context, tx *db.Tx, key string) (definitionRow, error) {
	last, err := db.One[definitionRow](ctx, tx, selectDefinition+`WHERE definition_key = $1 ORDER BY version DESC LIMIT 1`, key)
	if errors.Is(err, db.ErrNotFound) {
		return definitionRow{}, nil
	}
	return last, err
}

// put writes what was checked as the version after from, with its leaf; more is what the leaf says besides.
func (s *Definitions) put(ctx context.Context, tx *db.Tx, by actor.Actor, c *candidate, from int, more map[string]any) (Deployed, error) {
	key := c.process.Key
	last, err := s.newest(ctx, tx, key)
	switch {
	case err != nil:
		return Deployed{}, err
	case last.Digest == c.digest:
		return Deployed{key, last.Version, true}, nil
	case last.Version != from:
		return Deployed{}, fault.New(fault.Conflict, "workflow.deployed_meanwhile", last.Version)
	}
	id, version := db.NewKey(), last.Version+1
	_, err = tx.Exec(ctx, `INSERT INTO workflow_definition (id, definition_key, version, name, source, digest, deployed_at) VALUES (`+db.In(7, 1)+`)`,
		id, key, version, c.process.Name, string(c.source), c.digest, tx.Now)
	if db.IsUnique(err) {
		return Deployed{}, fault.New(fault.Conflict, "workflow.deployed_meanwhile", version)
	}
	if err != nil {
		return Deployed{}, err
	}
	if err := fileOpenings(ctx, tx, id, c.process); err != nil {
		return Deployed{}, err
	}
	data := map[string]any{"version": version, "digest": c.digest}
	maps.Copy(data, more)
	return Deployed{Key: key, Version: version}, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.deployed", Actor: by.Name(), Office: by.OfficePath,
		Object: "process:" + key, Basis: "流程定义发布", Data: data})
}

// known returns which of the processes a process calls are on the shelf and can be called: one that only messages begin, or
// that is filled from the applicant's form, can't.
func (s *Definitions) known(ctx context.Context, tx *db.Tx, p *process.Process) (func(string) bool, error) {
	found := map[string]bool{}
	for _, e := range p.Elements {
		if _, asked := found[e.Calls]; asked || e.Calls == "" {
			continue
		}
		last, err := s.newest(ctx, tx, e.Calls)
		if err != nil {
			return nil, err
		}
		if found[e.Calls] = last.Version > 0; !found[e.Calls] {
			continue
		}
		d, err := Parse([]byte(last.Source))
		if err != nil {
			return nil, fmt.Errorf("stored process %s: %w", last.ID, err)
		}
		found[e.Calls] = d.program.Process().Begins() && len(d.program.Process().Filled()) == 0
	}
	return func(key string) bool { return found[key] }, nil
}

// Examine reads and checks a source without keeping it. What can't be read is fault.Invalid.
func (s *Definitions) Examine(ctx context.Context, by actor.Actor, source []byte) (*process.Process, []bpmn.Finding, error) {
	if err := s.May(by); err != nil {
		return nil, nil, err
	}
	return s.check(ctx, source)
}

const selectShelved = `SELECT definition_key, version, name, deployed_at FROM workflow_definition `

// List returns the newest version of each process, by key, from the one behind after.
func (s *Definitions) List(ctx context.Context, by actor.Actor, after string, limit int) (rows []Shelved, err error) {
	if err := s.May(by); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err = db.All[Shelved](ctx, tx, selectShelved+`WHERE definition_key > $1 AND NOT EXISTS (SELECT 1 FROM workflow_definition newer
WHERE newer.definition_key = workflow_definition.definition_key AND newer.version > workflow_definition.version) ORDER BY definition_key LIMIT $2`, after, limit)
		return err
	})
	return rows, err
}

// Versions returns the versions of a process, newest first, from the one before before; 0 begins with the newest.
func (s *Definitions) Versions(ctx context.Context, by actor.Actor, key string, before, limit int) (rows []Shelved, err error) {
	if err := s.May(by); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1 << 30
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err = db.All[Shelved](ctx, tx, selectShelved+`WHERE definition_key = $1 AND version < $2 ORDER BY version DESC LIMIT $3`, key, before, limit)
		return err
	})
	return rows, err
}

// Source returns a version of a process as a BPMN file, and its number; version 0 is the newest. One kept in the short form is written as BPMN. What is
// not there is fault.NotFound.
func (s *Definitions) Source(ctx context.Context, by actor.Actor, key string, version int) (source []byte, number int, err error) {
	if err := s.May(by); err != nil {
		return nil, 0, err
	}
	var row definitionRow
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err = db.One[definitionRow](ctx, tx, selectDefinition+`WHERE definition_key = $1 AND ($2 = 0 OR version = $2) ORDER BY version DESC LIMIT 1`, key, version)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, 0, fault.New(fault.NotFound, "workflow.no_definition")
	}
	if err != nil {
		return nil, 0, err
	}
	if IsBPMN([]byte(row.Source)) {
		return []byte(row.Source), row.Version, nil
	}
	d, err := Parse([]byte(row.Source))
	if err != nil {
		return nil, 0, err
	}
	p := d.process()
	if p.Element(p.Key) != nil {
		p.Key += "_process" // an id may be there once only
	}
	return bpmn.Write(p), row.Version, nil
}

// IsBPMN tells a BPMN source from the short form by its first character.
func IsBPMN(source []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(source, "\xef\xbb\xbf \t\r\n"), []byte("<"))
}
