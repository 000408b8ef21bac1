package paper

import (
	"bytes"
	"testing"

	"github.com/tdewolff/font"
)

// TestFontTellsNoTime cuts a font, pretends that it was cut at another time of day, and finds the same file with right sums.
func TestFontTellsNoTime(t *testing.T) {
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	err = w.borrow(func(c *faceCase) error {
		face := c.parsed[Song]
		small, err := face.Subset([]uint16{0, face.GlyphIndex('祥'), face.GlyphIndex('云')}, font.SubsetOptions{Tables: []string{"cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post", "glyf", "loca"}})
		if err != nil {
			return err
		}
		now := small.Write()
		later := bytes.Clone(now)
		at := bytes.Index(later, []byte{0x5f, 0x0f, 0x3c, 0xf5}) // the magic number of head, 12 bytes into it
		if at < 0 {
			t.Fatal("the font has no head")
		}
		later[at-12+headModified+7] ^= 0x55
		date(now, face.Head.Modified)
		date(later, face.Head.Modified)
		if !bytes.Equal(now, later) {
			t.Error("the file depends on when it was written")
		}
		if got := tableSum(now); got != fileSum {
			t.Errorf("the file's sum is %08X", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
