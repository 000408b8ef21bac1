package form

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema is the module's line of migrations.
var Schema = db.Schema{Name: "form", FS: schemaFS}

// Service deploys definitions and hands them out.
type Service struct {
	mu       sync.RWMutex
	compiled map[string]*Definition // by version row id; versions never change, so nothing is ever dropped
	fits     func(ctx context.Context, tx *db.Tx, d *Definition) error
}

// New returns the service.
func New() *Service { return &Service{compiled: map[string]*Definition{}} }

// Ask says who is asked before a form is deployed: his refusal is that of the deployment. Before anything is deployed; without it nobody is asked.
func (s *Service) Ask(fits func(ctx context.Context, tx *db.Tx, d *Definition) error) { s.fits = fits }

// Deploy stores a schema as the next version of the form, or returns the latest version when its text is the same. A schema
// that can't be used is refused with fault.Invalid "form.bad_schema", whose argument says what is wrong and where.
func (s *Service) Deploy(ctx context.Context, tx *db.Tx, key string, schema json.RawMessage) (*Definition, error) {
	d, err := compile(schema)
	if err != nil {
		return nil, fault.New(fault.Invalid, "form.bad_schema", key, err.Error())
	}
	sum := sha256.Sum256(schema)
	digest := hex.EncodeToString(sum[:])
	last, err := latest(ctx, tx, key)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("reading the latest form %s: %w", key, err)
	}
	if err == nil && last.Digest == digest {
		return s.known(last)
	}
	r := row{ID: db.NewKey(), Key: key, Version: last.Version + 1, Digest: digest, SchemaText: string(schema), DeployedAt: tx.Now}
	d.Key = key
	if s.fits != nil {
		if err := s.fits(ctx, tx, d); err != nil {
			return nil, err
		}
	}
	if err := insert(ctx, tx, r); err != nil {
		return nil, fmt.Errorf("storing form %s: %w", key, err)
	}
	// Not cached yet: the transaction may still fail.
	d.ID, d.Key, d.Version, d.Digest, d.DeployedAt = r.ID, r.Key, r.Version, r.Digest, r.DeployedAt
	return d, nil
}

// Latest returns the version in force; fault.NotFound "form.not_found" when there is none.
func (s *Service) Latest(ctx context.Context, tx *db.Tx, key string) (*Definition, error) {
	id, err := latestID(ctx, tx, key)
	return s.found(ctx, tx, id, err)
}

// Definition returns one version; fault.NotFound "form.not_found" when it does not exist.
func (s *Service) Definition(ctx context.Context, tx *db.Tx, key string, version int) (*Definition, error) {
	id, err := versionID(ctx, tx, key, version)
	return s.found(ctx, tx, id, err)
}

// ByID returns the version with this id: what a draft or a case is pinned to.
func (s *Service) ByID(ctx context.Context, tx *db.Tx, id string) (*Definition, error) {
	return s.found(ctx, tx, id, nil)
}

func (s *Service) found(ctx context.Context, tx *db.Tx, id string, err error) (*Definition, error) {
	if err == nil {
		s.mu.RLock()
		d, ok := s.compiled[id]
		s.mu.RUnlock()
		if ok {
			return d, nil
		}
		var r row
		if r, err = byID(ctx, tx, id); err == nil {
			return s.known(r)
		}
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "form.not_found")
	}
	return nil, fmt.Errorf("reading a form: %w", err)
}

// known compiles a stored row once.
func (s *Service) known(r row) (*Definition, error) {
	s.mu.RLock()
	d, ok := s.compiled[r.ID]
	s.mu.RUnlock()
	if ok {
		return d, nil
	}
	d, err := compile(json.RawMessage(r.SchemaText))
	if err != nil {
		return nil, fmt.Errorf("compiling stored form %s version %d: %w", r.Key, r.Version, err)
	}
	d.ID, d.Key, d.Version, d.Digest, d.DeployedAt = r.ID, r.Key, r.Version, r.Digest, r.DeployedAt
	s.mu.Lock()
	s.compiled[r.ID] = d
	s.mu.Unlock()
	return d, nil
}

// Exists tells whether a form with this key was deployed.
func (s *Service) Exists(ctx context.Context, tx *db.Tx, key string) (bool, error) {
	_, err := latestID(ctx, tx, key)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
