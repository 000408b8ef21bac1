package paper

import "strconv"

// pageOf is the words at the foot of a page, in the language of the office.
func pageOf(n, of int) string {
	return "第 " + strconv.Itoa(n) + " 页　共 " + strconv.Itoa(of) + " 页"
}

// column is where the cells of a table stand.
type column struct{ x, w float64 }

// columns share the width in proportion.
func columns(b Block) []column {
	n := len(b.Head)
	for _, row := range b.Rows {
		n = max(n, len(row))
	}
	sum, widths := 0, make([]int, n)
	for i := range widths {
		widths[i] = 1
		if i < len(b.Widths) && b.Widths[i] > 0 {
			widths[i] = b.Widths[i]
		}
		sum += widths[i]
	}
	out, x := make([]column, n), textLeft
	for i, w := range widths {
		out[i] = column{x, room * float64(w) / float64(sum)}
		x += out[i].w
	}
	return out
}

// table sets rows of cells. A row that does not fit goes to the next page; one that fits on no page is continued there. The head comes again.
func (f *flow) table(b Block) error {
	cols := columns(b)
	f.y += 1.5
	if len(b.Head) > 0 {
		if err := f.need(3 * smallPitch); err != nil {
			return err
		}
		if err := f.row(cols, b.Head, Bold, nil); err != nil {
			return err
		}
	}
	for _, row := range b.Rows {
		if err := f.row(cols, row, Song, b.Head); err != nil {
			return err
		}
	}
	f.y += 1.5
	return nil
}

func (f *flow) row(cols []column, texts []string, face Face, head []string) error {
	cells, most := make([][]setLine, len(cols)), 1
	for i := range cols {
		if i >= len(texts) {
			continue
		}
		var err error
		if cells[i], err = f.lines(texts[i], face, (cols[i].w-2*cellPad)/smallSize, 0); err != nil {
			return err
		}
		most = max(most, len(cells[i]))
	}
	for from := 0; from < most; {
		height := float64(most-from)*smallPitch + 2*cellPad
		if f.y+height > textBottom && f.y > textTop && (height <= textBottom-textTop-3*smallPitch || f.y+smallPitch*3+2*cellPad > textBottom) {
			if err := f.turn(); err != nil {
				return err
			}
			if len(head) > 0 {
				if err := f.row(cols, head, Bold, nil); err != nil {
					return err
				}
			}
		}
		fits := min(most-from, max(1, int((textBottom-f.y-2*cellPad)/smallPitch)))
		f.cellsOf(cols, cells, from, from+fits)
		from += fits
	}
	return nil
}

// cellsOf draws some lines of a row in their frames.
func (f *flow) cellsOf(cols []column, cells [][]setLine, from, to int) {
	height := float64(to-from)*smallPitch + 2*cellPad
	for i, c := range cols {
		f.page.Boxes = append(f.page.Boxes, Box{X: c.x, Y: f.y, W: c.w, H: height, Line: hairline, Color: ink})
		for n := from; n < to && n < len(cells[i]); n++ {
			l := cells[i][n]
			full := 0.0
			if !l.last {
				full = c.w - 2*cellPad
			}
			f.draw(l.cells, c.x+cellPad, f.y+cellPad+float64(n-from)*smallPitch+(smallPitch+0.72*smallSize)/2, smallSize, full, ink)
		}
	}
	f.y += height
}
