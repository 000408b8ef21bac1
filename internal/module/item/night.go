package item

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// nightly is who recounts by the clock.
var nightly = actor.Program("item.night")

// Sizes of a slice: base items whose counters are compared at once, and about how many entries are read at once. Each slice is a question of its own, so
// that no moment of the library is held for long; nobody who writes waits for it.
const (
	slicedBases   = 100
	slicedEntries = 5_000
)

// turnOf is about how long [Service.RecountSome] goes on.
const turnOf = time.Second

// Repair is a counter that had not what was counted, and was set right.
type Repair struct {
	Tally string `json:"tally"` // "base:CODE", or "office:ID@REGION"
	Had   int    `json:"had"`
	Found int    `json:"found"`
}

// CensusDay is what the last recount of one day found.
type CensusDay struct {
	Day       string // ISO date in China
	CountedAt time.Time
	Bases     int
	Entries   int
	Offices   int
	Stated    int // elements that entries state differently from their bases
	Astray    int // entries not on top of the base version in force, that could not be made to follow
	Findings  int // of the rules of quality for entries
	Repaired  int // counters that were set right
	Followed  int // entries that were astray and follow again
}

// nightRow is how far a recount is.
type nightRow struct {
	Run      string
	BegunAt  time.Time
	Rules    string
	Part     string // "bases", then "entries"
	Reached  string // the last base item or region of the slice before
	Entries  int
	Astray   int
	Repaired int
	Followed int
}

// slice is what one slice of a recount found.
type slice struct {
	next     string // where it ended; "" at the end of the part
	entries  int
	astray   []string // codes of entries
	findings map[finding]int
	differ   []Repair
}

type finding struct{ rule, base string }

// errMoved says that somebody else did the same slice.
var errMoved = errors.New("the recount has moved on")

// RecountAll recounts the library from front to end, or goes on with a recount that was interrupted; see [Service.RecountSome].
func (s *Service) RecountAll(ctx context.Context) error {
	for {
		if done, err := s.RecountSome(ctx); done || err != nil {
			return err
		}
	}
}

// RecountSome goes on for about a second with the recount under way, or begins one, and tells whether it is at its end. Slice by slice it compares the
// counters of base items and offices with the entries and sets right those that differ, with a leaf that says what each had and what was found; it has
// entries off the base version in force follow again, with a leaf that names them, and counts what the rules of quality find in entries. Only a repair has others wait, for a moment. What a slice
// found is written with how far it came: a crash loses the slice under way, and two who recount at once share the work. At its end the figures take the
// place of those before, and the day's history is written.
func (s *Service) RecountSome(ctx context.Context) (done bool, err error) {
	for begin := time.Now(); time.Since(begin) < turnOf; {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		done, err := s.recountSlice(ctx)
		if errors.Is(err, errMoved) {
			continue
		}
		if done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// recountSlice does one slice.
func (s *Service) recountSlice(ctx context.Context) (done bool, err error) {
	var at nightRow
	var found slice
	var checks []qualityCheck
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rules, err := qualityRules(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the rules: %w", err)
		}
		if checks, err = compileRules(rules, RuleOfEntry); err != nil {
			return err
		}
		at, err = nightOf(ctx, tx)
		if errors.Is(err, db.ErrNotFound) || err == nil && at.Rules != rulesDigest(rules) {
			at = nightRow{Run: db.NewKey(), BegunAt: tx.Now, Rules: rulesDigest(rules), Part: "bases"}
			err = nil
		}
		if err != nil {
			return fmt.Errorf("reading how far the recount is: %w", err)
		}
		if at.Part == "bases" {
			found, err = sliceOfBases(ctx, tx, at.Reached, s.slices.bases)
		} else {
			found, err = sliceOfEntries(ctx, tx, at.Reached, s.slices.entries, checks)
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("recounting %s after %q: %w", at.Part, at.Reached, err)
	}
	update := s.db.Update
	if len(found.astray) > 0 {
		update = s.update // what people read will change
	}
	err = update(ctx, func(tx *db.Tx) error {
		done, err = s.keepSlice(ctx, tx, at, found)
		return err
	})
	if done && err == nil {
		err = s.KeepDay(ctx)
	}
	return done && err == nil, err
}

// rulesDigest tells two states of the rules apart: figures of both must not be added up.
func rulesDigest(rules []QualityRule) string {
	var b strings.Builder
	for _, r := range rules {
		fmt.Fprintf(&b, "%s %t %s\n", r.Key, r.Enabled && r.Scope == RuleOfEntry, r.Parameter)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// keepSlice writes what a slice found and how far the recount is, or ends it.
func (s *Service) keepSlice(ctx context.Context, tx *db.Tx, at nightRow, found slice) (done bool, err error) {
	now := at
	now.Entries, now.Reached = at.Entries+found.entries, found.next
	if found.next == "" && at.Part == "bases" {
		now.Part = "entries"
	} else if found.next == "" {
		done = true
	}
	repaired, err := s.repair(ctx, tx, found.differ)
	if err != nil {
		return false, err
	}
	now.Repaired += repaired
	followed, left, err := s.followAgain(ctx, tx, found.astray)
	if err != nil {
		return false, err
	}
	now.Followed, now.Astray = at.Followed+followed, at.Astray+left
	if err := moveNight(ctx, tx, at, now); err != nil {
		return false, err
	}
	if err := addNightCounts(ctx, tx, found.findings); err != nil {
		return false, fmt.Errorf("adding to the findings: %w", err)
	}
	if done {
		return true, s.endNight(ctx, tx, now)
	}
	return false, nil
}

// repair sets counters right that a slice found wrong. They are counted again with every other change waiting: what a slice saw may be past.
func (s *Service) repair(ctx context.Context, tx *db.Tx, differ []Repair) (int, error) {
	if len(differ) == 0 {
		return 0, nil
	}
	if err := holdRevision(ctx, tx); err != nil {
		return 0, err
	}
	var wrong []Repair
	for _, d := range differ {
		r, err := countAgain(ctx, tx, d.Tally)
		if err != nil {
			return 0, fmt.Errorf("counting %s again: %w", d.Tally, err)
		}
		if r.Had == r.Found {
			continue
		}
		if err := setTally(ctx, tx, r); err != nil {
			return 0, fmt.Errorf("setting %s right: %w", d.Tally, err)
		}
		wrong = append(wrong, r)
	}
	return len(wrong), s.repairLeaf(ctx, tx, nightly, wrong)
}

// mostRepairs bounds what one leaf names.
const mostRepairs = 100

// repairLeaf says which counters differed, what each had and what was found.
func (s *Service) repairLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, wrong []Repair) error {
	for part := range slices.Chunk(wrong, mostRepairs) {
		err := s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.counters_repaired", Actor: by.Name(), Object: "library", Data: map[string]any{"tallies": part}})
		if err != nil {
			return err
		}
	}
	return nil
}

// endNight puts the figures of a recount in force.
func (s *Service) endNight(ctx context.Context, tx *db.Tx, r nightRow) error {
	findings, err := takeNightCounts(ctx, tx)
	if err != nil {
		return fmt.Errorf("keeping the findings: %w", err)
	}
	if err := noteRecount(ctx, tx, r.Astray); err != nil {
		return err
	}
	stated, err := countDeviations(ctx, tx)
	if err != nil {
		return fmt.Errorf("counting deviations: %w", err)
	}
	size, err := tallySize(ctx, tx)
	if err != nil {
		return fmt.Errorf("reading the counters: %w", err)
	}
	day := CensusDay{Day: civil.Of(tx.Now).String(), CountedAt: tx.Now, Bases: size.Bases, Entries: r.Entries, Offices: size.Offices, Stated: stated, Astray: r.Astray,
		Findings: findings, Repaired: r.Repaired, Followed: r.Followed}
	if err := upsertCensusDay(ctx, tx, day); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.recounted", Actor: nightly.Name(), Object: "library",
		Data: map[string]any{"entries": r.Entries, "agreed": r.Repaired == 0, "differs": r.Repaired, "followed": r.Followed,
			"deviations": stated + r.Astray, "findings": findings}})
}

// CensusHistory returns what the recounts of the last days found, newest first.
func (s *Service) CensusHistory(ctx context.Context, days int) (list []CensusDay, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		list, err = censusDays(ctx, tx, min(days, Most))
		return err
	})
	return list, err
}

// RecountDue returns when the library should be recounted next: at two in the morning in China, and at once when it never was.
func (s *Service) RecountDue(ctx context.Context, tx *db.Tx) (time.Time, error) {
	at, err := qualityCounted(ctx, tx)
	if err != nil || at.IsZero() {
		return tx.Now, err
	}
	const quiet = 2 * time.Hour // after midnight
	due := civil.Of(tx.Now).Start().Add(quiet)
	if !due.After(tx.Now) {
		due = due.AddDate(0, 0, 1)
	}
	return due, nil
}
