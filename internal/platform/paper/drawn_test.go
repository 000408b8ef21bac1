package paper_test

import (
	"bytes"
	"strings"
	"testing"

	"xiangyun/internal/platform/paper"
)

// drawn is a sheet with everything a drawing may have.
func drawn() paper.Sheet {
	s := licence()
	s.Drawing = &paper.Drawing{Width: 210, Height: 148, Border: "guilloche", Margin: 6, Band: 8, Color: "#23694f", Ground: "#f7fcf8",
		Rosette: &paper.Circle{X: 105, Y: 74, Radius: 40}, Emblem: &paper.Circle{X: 105, Y: 30, Radius: 8}, Code: &paper.Square{X: 20, Y: 100, Size: 22},
		Panels: []paper.Panel{{X: 20, Y: 60, W: 40, H: 20, Round: 2, Color: "#eeeeee"}, {X: 20, Y: 60, W: 40, H: 20, Round: 2, Line: 0.3}, {X: 20, Y: 85, W: 100, Line: 0.2}},
		Words: []paper.Words{{X: 50, Y: 50, Width: 110, Size: 9, Text: "食品经营许可证", Align: "spread", Bold: true, Color: "#12412f"},
			{X: 60, Y: 125, Width: 60, Size: 3, Rows: 2, Text: "依照规定准予经营（见背面）", Align: "centre", Middle: true}},
		Notes: &paper.Words{X: 20, Y: 130, Width: 170, Size: 2.4}, List: &paper.Words{X: 70, Y: 65, Width: 110, Size: 4, Rows: 8}}
	return s
}

// TestDrawing: a sheet with places of its own is the same in all three formats, and PDF readers find nothing wrong with it.
func TestDrawing(t *testing.T) {
	s := drawn()
	if err := s.Drawing.Check(false); err != nil {
		t.Fatal(err)
	}
	p := set(t, s)
	all := files(t, s)
	if got := tool(t, "pdftotext", all[paper.PDF].Bytes()); !strings.Contains(string(got), "王𬱖") || !strings.Contains(string(got), "本电子证照") {
		t.Errorf("PDF says %q", got)
	}
	if again := files(t, s); !bytes.Equal(again[paper.PDF].Bytes(), all[paper.PDF].Bytes()) || !bytes.Equal(again[paper.OFD].Bytes(), all[paper.OFD].Bytes()) {
		t.Error("the same drawing gave other bytes")
	}
	read, err := paper.ReadOFD(all[paper.OFD].Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(read.Pages, "\n"); !strings.Contains(text, "长春市南关区祥和餐饮有限公司") {
		t.Errorf("OFD says %q", text)
	}
	svg := string(p.SVG())
	for _, want := range []string{`viewBox="0 0 210 148"`, `<use href="#o`, `lengthAdjust="spacing"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("SVG has no %s", want)
		}
	}
	for _, x := range p.Texts {
		if x.X < 6 || x.X > 204 || x.Y < 6 || x.Y > 142 {
			t.Errorf("%q stands at %.1f, %.1f", x.Text, x.X, x.Y)
		}
	}
}

// TestPlacedAndListed: what has no place stands below what has one.
func TestPlacedAndListed(t *testing.T) {
	s := licence()
	s.Landscape = true
	s.Fields[0].At = &paper.Spot{X: 28, Y: 62, Label: 36, Width: 80, Size: 4.2, Rows: 3}
	var lowest, highest float64
	for _, x := range set(t, s).Texts {
		switch x.Text {
		case "长春市南关区祥和餐饮有限公司":
			lowest = x.Y
		case "法定代表人":
			highest = x.Y
		}
	}
	if lowest == 0 || highest <= lowest+8 {
		t.Errorf("the list begins at %.1f, the place is at %.1f", highest, lowest)
	}
}
