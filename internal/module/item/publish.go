package item

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Publish makes a definition the next version of its base item; every entry follows to a next version of its own in the same
// transaction, while cases keep the version they have; entries it does not name any more end ([Falling]). Publishing what is already in force changes nothing. What [Check] refuses is refused, as is a
// form that does not exist. It is for the program that loads a library: people publish drafts, which two of them have seen.
func (s *Service) Publish(ctx context.Context, by actor.Actor, d Definition) (*Base, error) {
	if err := alone(by); err != nil {
		return nil, err
	}
	if err := Check(&d); err != nil {
		return nil, err
	}
	if err := s.mayKeep(by, ActPublish, d.Code); err != nil {
		return nil, err
	}
	var b *Base
	err := s.update(ctx, func(tx *db.Tx) error {
		var err error
		b, _, err = s.publish(ctx, tx, by, d)
		return err
	})
	return b, conflict(err)
}

// mayKeep asks for the right over the government that defined an item; national items are kept by the province. Without
// a code it is the right over all of them.
func (s *Service) mayKeep(by actor.Actor, action, code string) error {
	if code == "" {
		return s.mayAll(by, action, "22")
	}
	return s.needs.Rights.Check(by, action, actor.Target{OfficePath: "22", Item: code})
}

// publish tells also whether anything changed.
func (s *Service) publish(ctx context.Context, tx *db.Tx, by actor.Actor, d Definition) (*Base, bool, error) {
	return s.publishFor(ctx, tx, by, d, "")
}

// publishFor is [Service.publish] for an approved proposal, which its leaf names: by is the program that carries it out.
func (s *Service) publishFor(ctx context.Context, tx *db.Tx, by actor.Actor, d Definition, proposal string) (*Base, bool, error) {
	digest, err := digestOf(d)
	if err != nil {
		return nil, false, err
	}
	if err := holdRevision(ctx, tx); err != nil {
		return nil, false, err
	}
	last, err := baseByCode(ctx, tx, d.Code)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, false, fmt.Errorf("reading base item %s: %w", d.Code, err)
	}
	var was *Definition
	if err == nil {
		p, err := s.version(ctx, tx, last.VersionID)
		if err != nil {
			return nil, false, err
		}
		was = &p.Definition
		if p.Digest == digest {
			b := p.Base
			b.State = last.State
			return &b, false, nil
		}
	}
	if err := s.formExists(ctx, tx, d); err != nil {
		return nil, false, err
	}
	if err := s.certificatesExist(ctx, tx, &d); err != nil {
		return nil, false, err
	}
	if err := s.hasPower(ctx, tx, &d); err != nil {
		return nil, false, err
	}
	r := baseVersionRow{ID: db.NewKey(), BaseCode: d.Code, Version: last.Version + 1, Digest: digest,
		Definition: db.JSON[Definition]{V: d}, PublishedAt: tx.Now, PublishedBy: by.Name()}
	if err := insertBase(ctx, tx, r); err != nil {
		return nil, false, fmt.Errorf("storing base item %s: %w", d.Code, err)
	}
	if err := s.keepElements(ctx, tx, by, r); err != nil {
		return nil, false, fmt.Errorf("keeping the elements of %s: %w", d.Code, err)
	}
	if err := followBase(ctx, tx, r); err != nil {
		return nil, false, fmt.Errorf("moving entries of %s: %w", d.Code, err)
	}
	t, err := s.fallOut(ctx, tx, by, was, r)
	if err != nil {
		return nil, false, err
	}
	if err := changed(ctx, tx, t); err != nil {
		return nil, false, err
	}
	if err := s.dropFiles(ctx, tx, by, &d); err != nil {
		return nil, false, err
	}
	data := map[string]any{"version": r.Version, "digest": digest}
	if proposal != "" {
		data["proposal"] = proposal
	}
	err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.published", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + d.Code, Basis: basisOf(&d), Data: data})
	if err != nil {
		return nil, false, fmt.Errorf("logging the publication of %s: %w", d.Code, err)
	}
	state := InUse
	if last.State != "" {
		state = last.State
	}
	return &Base{VersionID: r.ID, Version: r.Version, State: state, Digest: digest, Definition: d,
		PublishedAt: r.PublishedAt, PublishedBy: r.PublishedBy}, true, nil
}

// basisOf is the first legal basis of an item; what [Check] passed has one.
func basisOf(d *Definition) string { return d.Guide.Basis[0].Law + d.Guide.Basis[0].Article }

func (s *Service) formExists(ctx context.Context, tx *db.Tx, d Definition) error {
	if d.Guide.FormKey == "" {
		return nil
	}
	ok, err := s.needs.Forms.Exists(ctx, tx, d.Guide.FormKey)
	if err != nil {
		return fmt.Errorf("looking for form %s: %w", d.Guide.FormKey, err)
	}
	if !ok {
		return fault.New(fault.Invalid, "item.bad_definition", d.Code).Field("guide.form_key", "item.unknown_form")
	}
	return nil
}

func digestOf(d Definition) (string, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encoding definition: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// conflict turns two publications of one version at once into a sentence.
func conflict(err error) error {
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "item.moved_on").Because(err)
	}
	return err
}
