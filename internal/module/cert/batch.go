package cert

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// A batch is issued like one certificate, see [Service.IssueFor], and as a whole:
//
//	number ──► build and sign ──► compare ──► record
//
// Its numbers are taken in a transaction of their own, which stores them with the batch. Signing needs no transaction. Rows, leaves and whatever the
// caller wants to be true with them are recorded in one: a crash leaves all of them or none, and the next run goes on with the same numbers.

// wanted is one certificate of a batch.
type wanted struct {
	granted casefile.Granted
	path    string // of the issuing office
	from    civil.Date
	until   civil.Date // zero: as the type says
	ended   Reason     // without a kind: in force
}

// batch is a run of certificates under one name.
type batch struct {
	key    string
	by     actor.Actor
	wanted []wanted
	tell   bool                                       // the holders hear of it
	also   func(ctx context.Context, tx *db.Tx) error // what becomes true together with it; nil for nothing
	names  string                                     // digest of what was asked for, where more was asked for than is wanted

	plan    plan
	at      time.Time // when it was numbered
	kinds   map[string]deployed
	issuers map[string]Issuer
}

// plan is what was settled when a batch was numbered.
type plan struct {
	Types   map[string]string `json:"types"`             // the versions it is issued under, by key
	Before  map[string]int64  `json:"before"`            // the last number of each series that is not the batch's
	Count   map[string]int64  `json:"count"`             // how many of each series are
	Skipped []int             `json:"skipped,omitempty"` // what was issued before
}

// batchRow is a batch as it rests.
type batchRow struct {
	Digest       string
	State        string
	Plan         string
	Certificates int
	NumberedAt   time.Time
}

const (
	batchNumbered = "numbered"
	batchIssued   = "issued"
	batchLapsed   = "lapsed"
)

var (
	errOtherBatch = errors.New("a batch of this name holds something else")
	errBatchDone  = errors.New("the batch is issued already")
)

// issueMany issues a batch and returns how many certificates it has. Again with the same key and content it changes nothing.
func (s *Service) issueMany(ctx context.Context, b *batch) (int, error) {
	if len(b.wanted) == 0 {
		return 0, nil
	}
	list, n, err := s.makeBatch(ctx, b)
	if errors.Is(err, errBatchDone) {
		return n, nil
	}
	if err != nil {
		return 0, err
	}
	if err := s.keepBatch(ctx, b, list); !errors.Is(err, errBatchDone) { // another node was faster, with the same numbers
		return n, err
	}
	return n, nil
}

// makeBatch numbers and signs a batch, and returns what is to be kept. errBatchDone when that was done before.
func (s *Service) makeBatch(ctx context.Context, b *batch) (list []made, n int, err error) {
	// Step 1, number.
	if err := s.at("before batch"); err != nil {
		return nil, 0, err
	}
	n, err = s.numberBatch(ctx, b)
	if db.IsUnique(err) { // another node has just numbered it: go on with the same
		n, err = s.numberBatch(ctx, b)
	}
	if err != nil {
		return nil, n, fmt.Errorf("numbering the batch %s: %w", b.key, err)
	}
	if err := s.at("batch numbered"); err != nil {
		return nil, 0, err
	}
	// Step 2, sign and compare: no transaction is open.
	if list, err = s.build(b); err != nil {
		return nil, 0, fmt.Errorf("signing the batch %s: %w", b.key, err)
	}
	return list, n, s.at("batch signed")
}

// keepBatch records what was made; errBatchDone when another node has.
func (s *Service) keepBatch(ctx context.Context, b *batch, list []made) error {
	// Step 3, record.
	err := s.recordBatch(ctx, b, list)
	switch {
	case errors.Is(err, errBatchDone):
		return err
	case db.IsUnique(err):
		return errors.Join(err, s.lapse(ctx, b))
	case err != nil:
		return fmt.Errorf("recording the batch %s: %w", b.key, err)
	}
	return s.at("batch recorded")
}

// numberBatch takes the numbers of a batch, or finds those an earlier run took. errBatchDone when nothing is left to do.
func (s *Service) numberBatch(ctx context.Context, b *batch) (n int, err error) {
	digest, err := b.digest()
	if err != nil {
		return 0, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		b.at, b.kinds, b.issuers = tx.Now, map[string]deployed{}, map[string]Issuer{}
		r, err := db.One[batchRow](ctx, tx, `SELECT digest, state, plan, certificates, numbered_at FROM cert_batch WHERE id = $1`, b.key)
		known := err == nil
		switch {
		case err != nil && !errors.Is(err, db.ErrNotFound):
			return err
		case known && r.Digest != digest:
			return errOtherBatch
		case known && r.State == batchIssued:
			n = r.Certificates
			return errBatchDone
		case known && r.State == batchNumbered:
			b.at, b.plan = r.NumberedAt, plan{}
			if err := json.Unmarshal([]byte(r.Plan), &b.plan); err != nil {
				return fmt.Errorf("reading its plan: %w", err)
			}
			// What was issued elsewhere meanwhile would leave numbers over: then all are given up, and said to be.
			before := b.plan
			if n, err = s.settle(ctx, tx, b); err != nil {
				return err
			}
			if slices.Equal(before.Skipped, b.plan.Skipped) && maps.Equal(before.Count, b.plan.Count) {
				return nil
			}
			b.plan, n = before, r.Certificates
			if err := s.lapseIn(ctx, tx, b); err != nil {
				return err
			}
		}
		b.at, b.plan = tx.Now, plan{Types: map[string]string{}}
		b.kinds = map[string]deployed{}
		if n, err = s.settle(ctx, tx, b); err != nil {
			return err
		}
		if b.plan.Before, err = nextMany(ctx, tx, b.plan.Count); err != nil {
			return err
		}
		text, err := json.Marshal(b.plan)
		if err != nil {
			return err
		}
		if known { // it had lapsed
			return tx.LaterOne(ctx, errOtherBatch, `UPDATE cert_batch SET state = $1, plan = $2, certificates = $3, numbered_at = $4 WHERE id = $5 AND state = $6`,
				batchNumbered, string(text), n, tx.Now, b.key, batchLapsed)
		}
		return tx.Later(ctx, `INSERT INTO cert_batch (id, digest, state, plan, certificates, numbered_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			b.key, digest, batchNumbered, string(text), n, tx.Now)
	})
	return n, err
}

// settle finds the types and issuers of a batch, what of it was issued before, and how many numbers of each series the rest needs.
func (s *Service) settle(ctx context.Context, tx *db.Tx, b *batch) (n int, err error) {
	if err := s.acquaint(ctx, tx, b); err != nil {
		return 0, err
	}
	if b.plan.Skipped, err = issuedBefore(ctx, tx, b.wanted); err != nil {
		return 0, err
	}
	return s.count(b)
}

// digest is over what is wanted: cases, types, offices, holders' numbers and dates.
func (b *batch) digest() (string, error) {
	if b.names != "" {
		return b.names, nil
	}
	h := sm.Hash()
	for _, w := range b.wanted {
		g := w.granted
		text, err := json.Marshal([]any{g.Case.ID, g.Case.CertType, w.path, g.Applicant.Number, g.Applicant.Name, g.DecidedOn, w.from, w.until, w.ended, g.Content.Answers})
		if err != nil {
			return "", err
		}
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// acquaint reads the types and the issuers of a batch: the versions of its plan where it has one, those of today otherwise.
func (s *Service) acquaint(ctx context.Context, tx *db.Tx, b *batch) (err error) {
	if err := s.acquaintTypes(ctx, tx, b); err != nil {
		return err
	}
	for _, w := range b.wanted {
		if _, ok := b.issuers[w.path]; ok {
			continue
		}
		if b.issuers[w.path], err = s.needs.Offices.Issuer(ctx, tx, w.path); err != nil {
			return fmt.Errorf("finding the issuer of a certificate: %w", err)
		}
	}
	return nil
}

// acquaintTypes asks once for all types: a batch may have hundreds.
func (s *Service) acquaintTypes(ctx context.Context, tx *db.Tx, b *batch) error {
	seen, keys := map[string]bool{}, []any{}
	for _, w := range b.wanted {
		if key := w.granted.Case.CertType; !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	type row struct {
		ID, TypeKey string
		Version     int64
	}
	for part := range slices.Chunk(keys, atOnce) {
		rows, err := db.All[row](ctx, tx, `SELECT id, type_key, version FROM cert_type WHERE type_key IN (`+db.In(len(part), 2)+`) AND effective_on <= $1 ORDER BY version`,
			append([]any{civil.Of(tx.Now).String()}, part...)...)
		if err != nil {
			return err
		}
		for _, r := range rows { // the last that fits is the one
			if planned := b.plan.Types[r.TypeKey]; planned == "" || planned == r.ID {
				b.kinds[r.TypeKey] = deployed{ID: r.ID, Version: r.Version}
			}
		}
	}
	for _, k := range keys {
		key := k.(string)
		t, ok := b.kinds[key]
		if !ok {
			return fmt.Errorf("finding the certificate type %s: %w", key, db.ErrNotFound)
		}
		var err error
		if t.Type, err = s.typeOf(ctx, tx, t.ID); err != nil {
			return err
		}
		b.kinds[key] = t
	}
	for key, t := range b.kinds {
		b.plan.Types[key] = t.ID
	}
	return nil
}

// atOnce is how many values are asked for in one question.
const atOnce = 1000

// issuedBefore tells which of a batch have their certificate already.
func issuedBefore(ctx context.Context, tx *db.Tx, list []wanted) (skipped []int, err error) {
	place := map[string]int{}
	for part := range slices.Chunk(list, atOnce) {
		args := make([]any, len(part))
		for i, w := range part {
			args[i] = w.granted.Case.ID
			if _, twice := place[w.granted.Case.ID]; twice {
				return nil, fmt.Errorf("the batch names %s twice", w.granted.Case.CertType)
			}
			place[w.granted.Case.ID] = len(place)
		}
		there, err := db.All[string](ctx, tx, `SELECT case_id FROM cert_cert WHERE case_id IN (`+db.In(len(args), 1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range there {
			skipped = append(skipped, place[id])
		}
	}
	slices.Sort(skipped)
	return skipped, nil
}

// count finds how many numbers of each series a batch needs, and refuses what could not be filled in, before a number is taken.
func (s *Service) count(b *batch) (n int, err error) {
	d := drawer{before: map[string]int64{}, used: map[string]int64{}}
	for i, w := range b.wanted {
		if _, skip := slices.BinarySearch(b.plan.Skipped, i); skip {
			continue
		}
		if _, err := s.fillIn(b, w, &d); err != nil {
			return 0, err
		}
		n++
	}
	b.plan.Count = d.used
	return n, nil
}

// drawer draws from numbers that were taken before.
type drawer struct{ before, used map[string]int64 }

func (d *drawer) draw(series string) (int64, error) {
	d.used[series]++
	return d.before[series] + d.used[series], nil
}

// nextMany moves many series on at once and returns where each stood. They are moved in one order, so that two batches never wait for each other in a circle.
func nextMany(ctx context.Context, tx *db.Tx, count map[string]int64) (map[string]int64, error) {
	type moved struct {
		Series string
		Value  int64
	}
	names := make([]string, 0, len(count))
	for name := range count {
		names = append(names, name)
	}
	slices.Sort(names)
	before := make(map[string]int64, len(count))
	for part := range slices.Chunk(names, atOnce) {
		args := make([]any, 0, 2*len(part))
		for _, name := range part {
			args = append(args, name, count[name])
		}
		rows, err := db.All[moved](ctx, tx, `INSERT INTO cert_counter (series, value) VALUES `+db.Values(len(part), 2, 1)+`
ON CONFLICT (series) DO UPDATE SET value = cert_counter.value + excluded.value RETURNING series, value`, args...)
		if err != nil {
			return nil, fmt.Errorf("moving %d series on: %w", len(names), err)
		}
		for _, r := range rows {
			before[r.Series] = r.Value - count[r.Series]
		}
	}
	return before, nil
}

// lapse gives a batch's numbers up where one of its cases got a certificate elsewhere meanwhile. The gap is explained by a leaf, and the next run numbers
// what is left.
func (s *Service) lapse(ctx context.Context, b *batch) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error { return s.lapseIn(ctx, tx, b) })
	if errors.Is(err, errBatchDone) {
		return nil
	}
	return err
}

// lapseIn is lapse in a transaction; errBatchDone when somebody else went on with the batch meanwhile.
func (s *Service) lapseIn(ctx context.Context, tx *db.Tx, b *batch) error {
	n, err := tx.Exec(ctx, `UPDATE cert_batch SET state = $1, plan = '' WHERE id = $2 AND state = $3 AND numbered_at = $4`, batchLapsed, b.key, batchNumbered, b.at)
	if err != nil {
		return err
	}
	if n == 0 {
		return errBatchDone
	}
	gaps := map[string][2]int64{}
	for series, count := range b.plan.Count {
		gaps[series] = [2]int64{b.plan.Before[series] + 1, b.plan.Before[series] + count}
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.numbers_lapsed", Actor: b.by.Name(), Office: b.by.OfficePath, Object: "cert-batch:" + b.key,
		Basis: "批量签发未成，编号作废", Data: map[string]any{"series": gaps}})
}
