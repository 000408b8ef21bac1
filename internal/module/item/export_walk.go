package item

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/platform/db"
)

// exportedAtOnce is how many entries are read in one question: a reader that is slow to take them holds no snapshot of the database.
const exportedAtOnce = 4000

// Which family of tables is walked, when it is not one of [families].
const (
	bothFamilies = -1
	noFamily     = -2
)

// walked is a page on its way from the reader to the writer.
type walked struct {
	bases   []*Base
	entries []exported
	err     error
}

// walk hands every entry of a family that is not cancelled to f, by code, with its base version. The next page is read while f has this one.
func (s *Service) walk(ctx context.Context, family int, f func(b *Base, e *exported) error) error {
	ctx, stop := context.WithCancel(ctx)
	pages := make(chan walked)
	go func() {
		defer close(pages)
		after := ""
		for {
			p := s.walkedAfter(ctx, family, after)
			select {
			case pages <- p:
			case <-ctx.Done():
				return
			}
			if p.err != nil || len(p.entries) < exportedAtOnce {
				return
			}
			after = p.entries[len(p.entries)-1].Code
		}
	}()
	defer func() {
		stop()
		for range pages { // the reader is done before its caller goes on
		}
	}()
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i := range p.entries {
			if err := f(p.bases[i], &p.entries[i]); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// walkedAfter reads the page after a code.
func (s *Service) walkedAfter(ctx context.Context, family int, after string) (p walked) {
	p.err = s.db.Glance(ctx, func(tx *db.Tx) error {
		list, err := exportedAfter(ctx, tx, family, after, exportedAtOnce)
		if err != nil {
			return fmt.Errorf("reading entries: %w", err)
		}
		if p.entries, err = exportedIn(list); err != nil {
			return err
		}
		p.bases = make([]*Base, len(p.entries))
		for i := range p.entries {
			b, err := s.version(ctx, tx, p.entries[i].BaseVersionID)
			if err != nil {
				return err
			}
			p.bases[i] = &b.Base
		}
		return nil
	})
	return p
}

// exportedIn takes a page apart, by code.
func exportedIn(list []exportedPage) ([]exported, error) {
	entries := make([]exported, 0, exportedAtOnce)
	for _, page := range list {
		for line := range strings.SplitSeq(page.Lines, betweenLines) {
			e := exported{PublishedAt: page.PublishedAt}
			if err := e.read(line); err != nil {
				return nil, fmt.Errorf("reading an entry: %w", err)
			}
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b exported) int { return strings.Compare(a.Code, b.Code) })
	before := &exported{}
	for i := range entries {
		e := &entries[i]
		if e.Override = before.Override; e.Said != before.Said {
			e.Override = db.JSON[Override]{}
			if err := e.Override.Scan(e.Said); err != nil {
				return nil, fmt.Errorf("reading what %s says: %w", e.Code, err)
			}
		}
		before = e
	}
	return entries, nil
}

// read takes a line of exportedAfter apart.
func (e *exported) read(line string) error {
	fields := strings.SplitN(line, betweenFields, 7)
	if len(fields) < 7 {
		return errors.New("a field is missing")
	}
	e.Code, e.BaseVersionID, e.State, e.Said, e.OfficeName = fields[0], fields[2], State(fields[4]), fields[5], fields[6]
	var err error
	if e.Version, err = strconv.Atoi(fields[1]); err != nil {
		return err
	}
	return e.Region.Scan(fields[3])
}
