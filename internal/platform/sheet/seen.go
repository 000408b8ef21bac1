package sheet

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"os"
)

const (
	fewSeen   = 200_000 // what a Seen keeps in memory
	pageMarks = 64      // marks of a page of the file
	pages     = 1 << 17 // of the file: 64 MB where all is written, and nothing of it where nothing is
	markSize  = 8

	// MostSeen is how many different texts a [Seen] takes: half of what its file has room for, so that a page is hardly ever full.
	MostSeen = pages * pageMarks / 2
)

// Seen tells whether a text came before, among millions of them in the memory of a few: the first are remembered there, and when they are many all
// move to a temporary file that nobody else can open. What is remembered of a text are eight bytes. Not safe for concurrent use.
type Seen struct {
	seed  maphash.Seed
	few   map[uint64]struct{}
	most  int // of few
	count int
	file  *os.File
	page  [pageMarks * markSize]byte
}

// NewSeen returns one that has seen nothing.
func NewSeen() *Seen {
	return &Seen{seed: maphash.MakeSeed(), few: map[uint64]struct{}{}, most: fewSeen}
}

// Len is how many different texts came.
func (s *Seen) Len() int { return s.count }

// Twice tells whether a text came before, and remembers it. It fails when the temporary file can't be written, and beyond [MostSeen].
func (s *Seen) Twice(text string) (bool, error) {
	mark := max(maphash.String(s.seed, text), 1) // 0 is an empty place
	if s.file == nil {
		if _, is := s.few[mark]; is {
			return true, nil
		}
		if len(s.few) < s.most {
			s.few[mark] = struct{}{}
			s.count++
			return false, nil
		}
		if err := s.spill(); err != nil {
			return false, err
		}
	}
	is, err := s.put(mark)
	if err == nil && !is {
		s.count++
	}
	return is, err
}

// spill moves what is remembered into a file that is gone from its folder as soon as it is there.
func (s *Seen) spill() error {
	f, err := os.CreateTemp("", "xiangyun-seen-")
	if err != nil {
		return fmt.Errorf("making a temporary file: %w", err)
	}
	s.file = f
	if err := os.Remove(f.Name()); err != nil {
		return fmt.Errorf("hiding a temporary file: %w", err)
	}
	if err := f.Truncate(pages * int64(len(s.page))); err != nil {
		return fmt.Errorf("making room in a temporary file: %w", err)
	}
	for mark := range s.few {
		if _, err := s.put(mark); err != nil {
			return err
		}
	}
	s.few = nil
	return nil
}

// put looks for a mark in its page of the file, and in those behind while they are full, and writes it where it is not.
func (s *Seen) put(mark uint64) (bool, error) {
	if s.count > MostSeen {
		return false, fmt.Errorf("more than %d texts to remember", MostSeen)
	}
	for p := mark % pages; ; p = (p + 1) % pages {
		at := int64(p) * int64(len(s.page))
		if _, err := s.file.ReadAt(s.page[:], at); err != nil {
			return false, fmt.Errorf("reading a temporary file: %w", err)
		}
		for i := 0; i < len(s.page); i += markSize {
			switch binary.NativeEndian.Uint64(s.page[i:]) {
			case mark:
				return true, nil
			case 0:
				binary.NativeEndian.PutUint64(s.page[i:], mark)
				if _, err := s.file.WriteAt(s.page[i:i+markSize], at+int64(i)); err != nil {
					return false, fmt.Errorf("writing a temporary file: %w", err)
				}
				return false, nil
			}
		}
	}
}

// Close frees the file. It may be called twice.
func (s *Seen) Close() error {
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file, s.few = nil, map[uint64]struct{}{}
	return f.Close()
}
