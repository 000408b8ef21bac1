package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// stray is an entry that is not on top of the base version in force: it was left behind or taken back by a fault, and nobody states anything of it.
type stray struct {
	Code    string
	Region  string
	Stands  string // id of the base version its guide is of; "" when its version is not there
	InForce string
}

// strayed is a stray with the elements it says differently from its base.
type strayed struct {
	stray
	elements map[string]bool
	counted  bool
}

// strayed compares what strays say with what they should, by code. There are few, of fewer pairs of base versions.
func (s *Service) strayed(ctx context.Context, tx *db.Tx, list []stray) (map[string]*strayed, error) {
	out := make(map[string]*strayed, len(list))
	pairs := map[[2]string][]string{}
	for _, x := range list {
		pair := [2]string{x.Stands, x.InForce}
		differ, known := pairs[pair]
		if !known && x.Stands != "" {
			var err error
			if differ, err = s.differing(ctx, tx, pair); err != nil {
				return nil, err
			}
			pairs[pair] = differ
		}
		to := &strayed{stray: x, elements: map[string]bool{}}
		for _, key := range differ {
			to.elements[key] = true
		}
		out[x.Code] = to
	}
	return out, nil
}

// differing are the elements in which two base versions differ.
func (s *Service) differing(ctx context.Context, tx *db.Tx, pair [2]string) (list []string, err error) {
	was, err := s.version(ctx, tx, pair[0])
	if err != nil {
		return nil, err
	}
	is, err := s.version(ctx, tx, pair[1])
	if err != nil {
		return nil, err
	}
	for _, key := range ElementKeys() {
		if !agrees(&is.Definition, key, ElementValue(&was.Definition, key)) {
			list = append(list, key)
		}
	}
	return list, nil
}

// Follow is an entry that was astray and follows its base again.
type Follow struct {
	Entry   string `json:"entry"`
	Stood   string `json:"stood"`   // the version it stood on, there or not
	Version int    `json:"version"` // its new one
}

// followAgain has entries that a slice found astray follow their bases, each with a version made of the one it stands on, or of its last where that is
// not there. They are read again with every other change waiting: what a slice saw may be past. It returns how many follow and how many can't, because
// they have no version at all.
func (s *Service) followAgain(ctx context.Context, tx *db.Tx, codes []string) (followed, left int, err error) {
	if len(codes) == 0 {
		return 0, 0, nil
	}
	if err := holdRevision(ctx, tx); err != nil {
		return 0, 0, err
	}
	var list []newVersion
	var done []Follow
	for part := range slices.Chunk(codes, statedBatch) {
		rows, err := strayRows(ctx, tx, part)
		if err != nil {
			return 0, 0, fmt.Errorf("reading entries that are astray: %w", err)
		}
		for _, r := range rows {
			if r.Latest == 0 {
				left++
				continue
			}
			v := newVersion{row: r.entry(tx.Now), base: r.Code[19:], by: nightly.Name()}
			list = append(list, v)
			done = append(done, Follow{r.Code, r.VersionID, v.row.Version})
		}
	}
	if len(list) == 0 {
		return 0, left, nil
	}
	if err := insertEntries(ctx, tx, list); err != nil {
		return 0, 0, fmt.Errorf("having entries follow: %w", err)
	}
	if err := changed(ctx, tx, newLedger()); err != nil {
		return 0, 0, err
	}
	for part := range slices.Chunk(done, mostRepairs) {
		err := s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.entries_followed", Actor: nightly.Name(), Object: "library", Data: map[string]any{"entries": part}})
		if err != nil {
			return 0, 0, err
		}
	}
	return len(list), left, nil
}
