package paper

// drawing places everything of a sheet where its drawing says.
func (t *setter) drawing(s Sheet) {
	d, p := s.Drawing, t.flow.page
	width, height := p.size()
	p.Ornaments = d.ornaments(width, height)
	t.label = colour(d.Color, soft)
	for _, w := range d.Words {
		t.words(w, ink)
	}
	if l := d.List; l != nil {
		label := l.Width * 0.27
		t.at = frame{left: l.X, right: l.X + l.Width, valueLeft: l.X + label, fieldsTop: l.Y, fieldsBottom: l.Bottom()}
	}
	t.fields(s.Fields)
	if c := d.Code; c != nil {
		t.code(s.Code, c.X, c.Y, c.Size)
	}
	if n := d.Notes; n != nil {
		for i, text := range s.Notes {
			one := *n
			one.Text, one.Y = text, n.Y+float64(i)*n.Size*Leading
			t.words(one, soft)
		}
	}
}

// words places a text, smaller until it takes no more lines than it may.
func (t *setter) words(w Words, usual Color) {
	if w.Bold {
		t.face = Bold
		defer func() { t.face = Song }()
	}
	rows, c := max(w.Rows, 1), colour(w.Color, usual)
	for size := w.Size; t.err == nil; size *= 0.96 {
		lines := t.wrap(w.Text, size, w.Width)
		if (float64(len(lines)-1)*Leading+1)*size > (float64(rows-1)*Leading+1)*w.Size+0.001 && size > 0.8 {
			continue
		}
		y := w.Y
		if w.Middle {
			y += (float64(rows-1)*w.Size-float64(len(lines)-1)*size)*Leading/2 - (w.Size-size)*0.35
		}
		for _, line := range lines {
			t.aligned(w, line, y, size, c)
			y += size * Leading
		}
		return
	}
}

// aligned places one line of a text. A closing mark that may not begin a line hangs over.
func (t *setter) aligned(w Words, line string, y, size float64, c Color) {
	list := t.cells(line)
	x, free, apart := w.X, max(w.Width-widthOf(list)*size, 0), 0.0
	switch w.Align {
	case "centre":
		x += free / 2
	case "right":
		x += free
	case "spread":
		if n := len(list); n > 1 {
			apart = free / float64(n-1)
		}
	}
	t.flow.set(list, x, y, size, apart, c)
}
