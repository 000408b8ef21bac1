package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Falling is what a new text of a base item takes out of it: entries of levels it does not name any more, and of offices of the department it had where it
// has another. They end with its publication, their cases are finished under the versions they have, and each office is told. Should a later text name
// them again, they stand as before.
type Falling struct {
	Entries []Affected // by level
	Running []RunningCases
}

// FallsOut tells what would fall out of a base item if a definition were its next version; nothing for an item that does not exist yet.
func (s *Service) FallsOut(ctx context.Context, tx *db.Tx, d *Definition) (Falling, error) {
	now, err := s.inForce(ctx, tx, d.Code)
	if err != nil || now.VersionID == "" {
		return Falling{}, err
	}
	return s.falling(ctx, tx, &now.Definition, d)
}

func (s *Service) falling(ctx context.Context, tx *db.Tx, was, is *Definition) (f Falling, err error) {
	rows, err := s.outOf(ctx, tx, was, is)
	if err != nil || len(rows) == 0 {
		return f, err
	}
	f.Entries = levelled(rows)
	f.Running, err = s.runningOf(ctx, tx, was.Code, rows)
	return f, err
}

// casesDecided refuses a draft that takes entries out under which cases run, unless who submitted it said that they are finished.
func (s *Service) casesDecided(ctx context.Context, tx *db.Tx, now *Base, d *Draft) error {
	if now.VersionID == "" || d.KeepCases {
		return nil
	}
	f, err := s.falling(ctx, tx, &now.Definition, &d.Definition)
	if err != nil {
		return err
	}
	if n := runningCases(f.Running); n > 0 {
		return fault.New(fault.Conflict, "item.cases_running", n).Field("keep_cases", "item.cases_running_choose")
	}
	return nil
}

// levelled counts entries and their offices by level.
func levelled(rows []fallingRow) []Affected {
	counts, offices := map[string]*Affected{}, map[string]bool{}
	var levels []string
	for _, r := range rows {
		level := r.Code[18:19]
		if counts[level] == nil {
			counts[level] = &Affected{Level: level}
			levels = append(levels, level)
		}
		counts[level].Entries++
		if at := level + r.OfficeID; !offices[at] {
			offices[at] = true
			counts[level].Offices++
		}
	}
	slices.Sort(levels)
	list := make([]Affected, len(levels))
	for i, level := range levels {
		list[i] = *counts[level]
	}
	return list
}

// runningOf counts the cases of some entries of a base item; where none runs under the item at all one question says so.
func (s *Service) runningOf(ctx context.Context, tx *db.Tx, base string, rows []fallingRow) ([]RunningCases, error) {
	if all, err := s.RunningUnder(ctx, tx, base); err != nil || runningCases(all) == 0 {
		return nil, err
	}
	byLevel := map[string]int{}
	var levels []string
	for part := range slices.Chunk(rows, statedBatch) {
		codes := make([]string, len(part))
		for i, r := range part {
			codes[i] = r.Code
		}
		list, err := s.RunningUnder(ctx, tx, codes...)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if byLevel[r.Level] == 0 {
				levels = append(levels, r.Level)
			}
			byLevel[r.Level] += r.Cases
		}
	}
	slices.Sort(levels)
	var list []RunningCases
	for _, level := range slices.Compact(levels) {
		list = append(list, RunningCases{Code: base, Level: level, Cases: byLevel[level]})
	}
	return list, nil
}

// Why an entry fell out, as its guide says it from then on.
const (
	fellByLevel      = "基本目录调整后，本级不再办理此事项"
	fellByDepartment = "基本目录调整后，此事项由其他部门办理"
)

// outOf are the entries a text takes out. Only what it changes counts: an entry that did not fit before, as some that came from outside do not, is no
// business of a publication about something else.
func (s *Service) outOf(ctx context.Context, tx *db.Tx, was, is *Definition) ([]fallingRow, error) {
	gone := slices.DeleteFunc(slices.Clone(was.Levels), func(l int) bool { return slices.Contains(is.Levels, l) })
	var before, after map[string]bool
	if was.Department != is.Department {
		var err error
		if before, err = s.pathsOf(ctx, tx, was.Department); err != nil {
			return nil, err
		}
		if after, err = s.pathsOf(ctx, tx, is.Department); err != nil {
			return nil, err
		}
	}
	if len(gone) == 0 && len(before) == 0 {
		return nil, nil
	}
	rows, err := standingEntries(ctx, tx, was.Code)
	if err != nil {
		return nil, fmt.Errorf("reading the entries of %s: %w", was.Code, err)
	}
	var out []fallingRow
	for _, r := range rows {
		switch {
		case slices.Contains(gone, int(levelOf(r.Code))):
			r.Why, r.Now = "level", fellByLevel
		case before[r.OfficePath] && !after[r.OfficePath]:
			r.Why, r.Now = "department", fellByDepartment
		default:
			continue
		}
		out = append(out, r)
	}
	return out, nil
}

// pathsOf are the offices of a department, by path.
func (s *Service) pathsOf(ctx context.Context, tx *db.Tx, department string) (map[string]bool, error) {
	list, err := s.needs.Offices.Departments(ctx, tx, department)
	if err != nil {
		return nil, fmt.Errorf("reading offices: %w", err)
	}
	paths := make(map[string]bool, len(list))
	for _, o := range list {
		paths[o.Path] = true
	}
	return paths, nil
}

// fallOut ends the entries a new version takes out, and has those back that it names again.
func (s *Service) fallOut(ctx context.Context, tx *db.Tx, by actor.Actor, was *Definition, r baseVersionRow) (ledger, error) {
	t := newLedger()
	if was == nil {
		return t, nil
	}
	if err := s.comeBack(ctx, tx, by, r, t); err != nil {
		return t, fmt.Errorf("having entries of %s back: %w", r.BaseCode, err)
	}
	rows, err := s.outOf(ctx, tx, was, &r.Definition.V)
	if err != nil || len(rows) == 0 {
		return t, err
	}
	running, err := s.runningOf(ctx, tx, r.BaseCode, rows)
	if err != nil {
		return t, err
	}
	if err := endFalling(ctx, tx, was.Department, r.ID, rows); err != nil {
		return t, fmt.Errorf("ending entries of %s: %w", r.BaseCode, err)
	}
	if err := s.tellFalling(ctx, tx, by, EntryFallen, r, rows); err != nil {
		return t, err
	}
	levels := map[string]int{}
	for _, a := range levelled(rows) {
		levels[a.Level] = a.Entries
	}
	for _, x := range rows {
		t.add(r.BaseCode, officeAt{x.OfficeID, x.Region}, -1)
	}
	return t, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.entries_fallen", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + r.BaseCode,
		Basis: basisOf(&r.Definition.V), Data: map[string]any{"version": r.Version, "entries": len(rows), "levels": levels, "running": runningCases(running), "codes": firstCodes(rows)}})
}

// comeBack has the entries stand as before that fell out and that a new version names again.
func (s *Service) comeBack(ctx context.Context, tx *db.Tx, by actor.Actor, r baseVersionRow, t ledger) error {
	d := &r.Definition.V
	rows, err := fallenEntries(ctx, tx, r.BaseCode)
	if err != nil || len(rows) == 0 {
		return err
	}
	paths, err := s.pathsOf(ctx, tx, d.Department)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(x fallingRow) bool {
		return !slices.Contains(d.Levels, int(levelOf(x.Code))) || x.Department != d.Department && !paths[x.OfficePath]
	})
	if len(rows) == 0 {
		return nil
	}
	if err := haveBack(ctx, tx, by.Name(), r.ID, rows); err != nil {
		return err
	}
	if err := s.tellFalling(ctx, tx, by, EntryBack, r, rows); err != nil {
		return err
	}
	for _, x := range rows {
		t.add(r.BaseCode, officeAt{x.OfficeID, x.Region}, 1)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.entries_back", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + r.BaseCode,
		Basis: basisOf(d), Data: map[string]any{"version": r.Version, "entries": len(rows), "codes": firstCodes(rows)}})
}

// tellFalling asks the keepers of each office whose entry ended or is back.
func (s *Service) tellFalling(ctx context.Context, tx *db.Tx, by actor.Actor, kind TodoKind, r baseVersionRow, rows []fallingRow) error {
	list := make([]Todo, len(rows))
	for i, x := range rows {
		list[i] = Todo{OfficePath: x.OfficePath, Kind: kind, Object: x.Code, Cause: r.ID, Said: r.Definition.V.Name, OpenedBy: by.Name()}
	}
	if err := bulkTodos(ctx, tx, list); err != nil {
		return fmt.Errorf("asking the offices: %w", err)
	}
	return nil
}

// firstCodes are the entries a leaf names; all are counted, and all have their row.
func firstCodes(rows []fallingRow) []string {
	codes := make([]string, min(len(rows), mostRepairs))
	for i := range codes {
		codes[i] = rows[i].Code
	}
	return codes
}
