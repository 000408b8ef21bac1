package sheet

import (
	"strconv"
	"testing"
)

// What came twice is found in memory, in the file, and across the step from the one to the other.
func TestSeen(t *testing.T) {
	s := NewSeen()
	s.most = 1000
	for i := range 5000 {
		if is, err := s.Twice(strconv.Itoa(i)); is || err != nil {
			t.Fatalf("%d: %v, %v", i, is, err)
		}
		if is, err := s.Twice(strconv.Itoa(i / 2)); !is || err != nil {
			t.Fatalf("%d again: %v, %v", i/2, is, err)
		}
	}
	if s.Len() != 5000 || s.file == nil || s.few != nil {
		t.Errorf("%d seen, %d of them in memory", s.Len(), len(s.few))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error("closing twice:", err)
	}
}

// A full page hands on to the next one, the last page to the first.
func TestSeenWithFullPages(t *testing.T) {
	s := NewSeen()
	defer s.Close() //nolint:errcheck // nothing of it is needed
	s.most = 0
	if _, err := s.Twice("first"); err != nil {
		t.Fatal(err)
	}
	last := uint64(pages - 1)
	for i := range uint64(pageMarks + 10) {
		if is, err := s.put(last + (i+1)*pages); is || err != nil {
			t.Fatalf("%d: %v, %v", i, is, err)
		}
	}
	for i := range uint64(pageMarks + 10) {
		if is, err := s.put(last + (i+1)*pages); !is || err != nil {
			t.Fatalf("%d again: %v, %v", i, is, err)
		}
	}
	s.count = MostSeen + 1
	if _, err := s.put(7); err == nil {
		t.Error("it takes texts without end")
	}
}
