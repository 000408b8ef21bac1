package office

import (
	"context"
	"errors"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// officeColumns are an office's, in the order everybody reads them.
const officeColumns = `id, path, parent, kind, name, region, department, code, successor`

// Answering returns who answers now for the offices at these paths, by these paths: the office itself, or the one that took over its duties when it was
// dissolved (行政诉讼法第二十六条第六款：继续行使其职权的行政机关). Paths without an office are left out.
func (s *Service) Answering(ctx context.Context, tx *db.Tx, paths []string) (map[string]Office, error) {
	type row struct {
		Asked string
		Office
	}
	if len(paths) == 0 {
		return map[string]Office{}, nil
	}
	args := make([]any, len(paths))
	for i, p := range paths {
		args[i] = p
	}
	list, err := db.All[row](ctx, tx, `SELECT o.path AS asked, h.id, h.path, h.parent, h.kind, h.name, h.region, h.department, h.code, h.successor
FROM office_office o JOIN office_office h ON h.path = CASE WHEN o.successor = '' THEN o.path ELSE o.successor END WHERE o.path IN (`+db.In(len(paths), 1)+`) ORDER BY o.path`, args...)
	found := make(map[string]Office, len(list))
	for _, r := range list {
		found[r.Asked] = r.Office
	}
	return found, err
}

// Heir returns the office that took over from the one at a path; ok is false when that one still stands. A merger that was approved through another node
// counts here after a minute at the latest.
func (s *Service) Heir(ctx context.Context, tx *db.Tx, path string) (heir Office, ok bool, err error) {
	s.mu.Lock()
	known := s.heirs
	if tx.Now.Sub(s.heirsAt) > calendarsFor {
		known = nil
	}
	s.mu.Unlock()
	if known == nil {
		type row struct {
			Asked string
			Office
		}
		list, err := db.All[row](ctx, tx, `SELECT o.path AS asked, h.id, h.path, h.parent, h.kind, h.name, h.region, h.department, h.code, h.successor
FROM office_office o JOIN office_office h ON h.path = o.successor WHERE o.successor <> '' ORDER BY o.path`)
		if err != nil {
			return Office{}, false, err
		}
		known = make(map[string]Office, len(list))
		for _, r := range list {
			known[r.Asked] = r.Office
		}
		s.mu.Lock()
		s.heirs, s.heirsAt = known, tx.Now
		s.mu.Unlock()
	}
	heir, ok = known[path]
	return heir, ok, nil
}

// Dissolution returns the merger by which the office at a path was dissolved: fault.NotFound "office.merger_gone" while it stands.
func (s *Service) Dissolution(ctx context.Context, tx *db.Tx, path string) (Merger, error) {
	m, err := db.One[Merger](ctx, tx, `SELECT `+mergerColumns+` FROM office_merger WHERE from_path = $1 AND state IN ('running', 'done') ORDER BY id DESC LIMIT 1`, path)
	if errors.Is(err, db.ErrNotFound) {
		return m, fault.New(fault.NotFound, "office.merger_gone")
	}
	return m, err
}

// inherited are the duties that come with posts at an office that took over others: what these left behind, cases that were closed, seals to be handed
// in, ratings to be answered, is its own now.
func inherited(ctx context.Context, tx *db.Tx, held []Post) (out []actor.Duty, err error) {
	args := make([]any, len(held))
	for i, p := range held {
		args[i] = p.OfficePath
	}
	list, err := db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office WHERE successor <> '' AND successor IN (`+db.In(len(args), 1)+`) ORDER BY path`, args...)
	for _, p := range held {
		for _, o := range list {
			if o.Successor == p.OfficePath {
				out = append(out, actor.Duty{Role: p.Role, Office: o.ID, OfficePath: o.Path, Items: p.Items.V})
			}
		}
	}
	return out, err
}
