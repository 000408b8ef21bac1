package idreader_test

import (
	"testing"

	"xiangyun/internal/adapter/idreader"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
)

func TestInventedPeopleHaveRightNumbers(t *testing.T) {
	s := idreader.NewSimulator()
	seen := map[string]bool{}
	for range idreader.Invented() {
		c, err := s.Read(t.Context(), "window")
		if err != nil || c.Name == "" {
			t.Fatal(c, err)
		}
		if _, err := personid.Parse(c.Number); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		seen[c.Number] = true
	}
	if len(seen) != len(idreader.Invented()) || !s.Simulated() {
		t.Errorf("%d people", len(seen))
	}
}

func TestWithoutAReader(t *testing.T) {
	var r hall.Reader = idreader.Unconnected{}
	if _, err := r.Read(t.Context(), "window"); !fault.Is(err, fault.Busy) || r.Simulated() {
		t.Errorf("%v", err)
	}
}
