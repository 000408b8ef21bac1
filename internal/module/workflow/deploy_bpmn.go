package workflow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
}

// Definitions is the shelf of process definitions as their keepers use it. Safe for concurrent use.
type Definitions struct {
	db    *db.DB
	needs DefinitionNeeds
}

// NewDefinitions returns the shelf.
func NewDefinitions(d *db.DB, needs DefinitionNeeds) *Definitions {
	return &Definitions{db: d, needs: needs}
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

// Deploy reads and checks a BPMN source and makes it the newest version of its process; running instances stay with theirs. from is the version its author
// began with, 0 for a new process. fault.Invalid lists everything that is wrong; when somebody else has deployed another version in between it is
// fault.Conflict "workflow.deployed_meanwhile". The same source again changes nothing.
func (s *Definitions) Deploy(ctx context.Context, by actor.Actor, source []byte, from int) (Deployed, error) {
	if err := s.May(by); err != nil {
		return Deployed{}, err
	}
	p, err := bpmn.Read(source)
	if err != nil {
		return Deployed{}, err
	}
	sum := sha256.Sum256(source)
	digest, out := hex.EncodeToString(sum[:]), Deployed{Key: p.Key}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		known, err := s.known(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := bpmn.Refused(bpmn.Check(p, known)); err != nil {
			return err
		}
		if _, err := FromProcess(p); err != nil {
			return fmt.Errorf("a process that was checked does not run: %w", err)
		}
		last, err := db.One[definitionRow](ctx, tx, selectDefinition+`WHERE definition_key = $1 ORDER BY version DESC LIMIT 1`, p.Key)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		if last.Digest == digest {
			out.Version, out.Same = last.Version, true
			return nil
		}
		if last.Version != from {
			return fault.New(fault.Conflict, "workflow.deployed_meanwhile", last.Version)
		}
		out.Version = last.Version + 1
		_, err = tx.Exec(ctx, `INSERT INTO workflow_definition (id, definition_key, version, name, source, digest, deployed_at) VALUES (`+db.In(7, 1)+`)`,
			db.NewKey(), p.Key, out.Version, p.Name, string(source), digest, tx.Now)
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "workflow.deployed_meanwhile", out.Version)
		}
		if err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.deployed", Actor: by.Name(), Office: by.OfficePath, Object: "process:" + p.Key, Basis: "流程定义发布",
			Data: map[string]any{"version": out.Version, "digest": digest}})
	})
	return out, err
}

// known returns which of the processes a process calls are on the shelf.
func (s *Definitions) known(ctx context.Context, tx *db.Tx, p *process.Process) (func(string) bool, error) {
	found := map[string]bool{}
	for _, e := range p.Elements {
		if _, asked := found[e.Calls]; asked || e.Calls == "" {
			continue
		}
		keys, err := db.All[string](ctx, tx, `SELECT definition_key FROM workflow_definition WHERE definition_key = $1 LIMIT 1`, e.Calls)
		if err != nil {
			return nil, err
		}
		found[e.Calls] = len(keys) > 0
	}
	return func(key string) bool { return found[key] }, nil
}

// Examine reads and checks a source without keeping it. What can't be read is fault.Invalid.
func (s *Definitions) Examine(ctx context.Context, by actor.Actor, source []byte) (*process.Process, []bpmn.Finding, error) {
	if err := s.May(by); err != nil {
		return nil, nil, err
	}
	p, err := bpmn.Read(source)
	if err != nil {
		return nil, nil, err
	}
	var findings []bpmn.Finding
	err = s.db.View(ctx, func(tx *db.Tx) error {
		known, err := s.known(ctx, tx, p)
		findings = bpmn.Check(p, known)
		return err
	})
	return p, findings, err
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
