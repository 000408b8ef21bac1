package paper

import "math"

// The measures of GB/T 9704-2012, in millimetres: 28 characters of the third size a line, 22 lines a page, inside margins of 37 above, 28 left, 35 below
// and 26 right.
const (
	textLeft, textRight  = 28.0, 184.0
	textTop, textBottom  = 37.0, 262.0
	room                 = textRight - textLeft
	body                 = room / 28 // 三号
	pitch                = (textBottom - textTop) / 22
	titleSize            = 7.76 // 二号
	besideSize           = 5.0
	smallSize            = 4.23 // 小四号
	smallPitch           = 6.6
	noteSize             = 3.2
	notePitch            = 4.7
	cellPad              = 1.6
	footLine             = 277.0
	codeSide             = 30.0
	hairline             = 0.2
	signLines            = 2.0 // lines between text and signature
	signWidth, sealRoom  = 78.0, 38.0
	watermarkAcross      = 150.0
	watermarkTurn, paleY = 45.0, 205.0
	copySize, copyPitch  = 4.2, 26.0
	copyTurn             = 20.0
)

var pale = Color{0xd8, 0xdc, 0xde}

// flow fills pages from top to bottom.
type flow struct {
	letter  Letter
	doc     *Document
	faces   *faceCase
	page    *Page
	y       float64 // where the next line's box begins
	lacking map[rune]bool
}

func (f *flow) all() error {
	if err := f.turn(); err != nil {
		return err
	}
	for _, part := range []func() error{f.head, f.text, f.foot, f.numbers} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// turn begins a new page. The watermark lies under everything.
func (f *flow) turn() error {
	f.page = &Page{Title: f.doc.Title, Language: f.doc.Language}
	f.doc.Pages = append(f.doc.Pages, f.page)
	f.y = textTop
	if err := f.repeated(f.letter.Copy); err != nil || f.letter.Watermark == "" {
		return err
	}
	list, err := f.cells(f.letter.Watermark, Bold)
	if err != nil || len(list) == 0 {
		return err
	}
	size := min(40, watermarkAcross/widthOf(list))
	text := make([]rune, len(list))
	for i, c := range list {
		text[i] = c.r
	}
	f.page.Texts = append(f.page.Texts, Text{X: 60, Y: paleY, Size: size, Text: string(text), Color: pale, Face: list[0].face, Turn: watermarkTurn})
	return nil
}

// repeated says a text again and again over the page, slanting: cut out any part of a copy and it still says what it was for.
func (f *flow) repeated(text string) error {
	list, err := f.cells(text, Song)
	if err != nil || len(list) == 0 {
		return err
	}
	wide, n := widthOf(list)*copySize, len(f.page.Texts)
	step := wide + 4*copySize
	width, height := f.page.size()
	for row, y := 0, 24.0; y < height; row, y = row+1, y+copyPitch {
		for x := 8 - step/2*float64(row%2); x < width; x += step {
			f.draw(list, x, y, copySize, 0, pale)
			for i := n; i < len(f.page.Texts); i++ { // the pieces of one text turn around its begin
				f.page.Texts[i].slant(x, y)
			}
			n = len(f.page.Texts)
		}
	}
	return nil
}

// slant turns a text around a point.
func (t *Text) slant(x, y float64) {
	sin, cos := math.Sincos(copyTurn * math.Pi / 180)
	dx, dy := t.X-x, t.Y-y
	t.X, t.Y, t.Turn = x+dx*cos+dy*sin, y-dx*sin+dy*cos, copyTurn
}

// need begins a new page when fewer millimetres than these are left.
func (f *flow) need(height float64) error {
	if f.y+height > textBottom+1e-6 && f.y > textTop {
		return f.turn()
	}
	return nil
}

// centred puts lines around the middle of the page, or of a part of it.
func (f *flow) centred(text string, want Face, middle, size, wide, step float64) error {
	lines, err := f.lines(text, want, wide/size, 0)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := f.need(step); err != nil {
			return err
		}
		f.draw(l.cells, middle-widthOf(l.cells)*size/2, f.y+(step+0.72*size)/2, size, 0, ink)
		f.y += step
	}
	return nil
}

// head is what stands above the text: each language's line, the number, a rule.
func (f *flow) head() error {
	l, middle := f.letter, (textLeft+textRight)/2
	for _, line := range []struct {
		text       string
		face       Face
		size, step float64
	}{{l.Office.Beside, Korean, besideSize, 8}, {l.Office.Text, Bold, 6.6, 11}, {l.Title.Beside, Korean, besideSize, 8}, {l.Title.Text, Bold, titleSize, 13.5}} {
		if line.text == "" {
			continue
		}
		if err := f.centred(line.text, line.face, middle, line.size, room, line.step); err != nil {
			return err
		}
	}
	if l.Number != "" {
		lines, err := f.lines(l.Number, Song, room/smallSize, 0)
		if err != nil {
			return err
		}
		for _, line := range lines {
			f.draw(line.cells, textRight-widthOf(line.cells)*smallSize, f.y+smallPitch*0.7, smallSize, 0, ink)
			f.y += smallPitch
		}
	}
	f.y += 1.5
	f.page.Boxes = append(f.page.Boxes, Box{X: textLeft, Y: f.y, W: room, H: 0.35, Color: ink})
	f.y += 3
	return nil
}

func (f *flow) text() error {
	for _, b := range f.letter.Blocks {
		var err error
		switch b.Kind {
		case Table:
			err = f.table(b)
		case Addressee:
			err = f.paragraph(b.Text, Song, 0)
		case Heading:
			err = f.paragraph(b.Text, Bold, 2)
		default:
			err = f.paragraph(b.Text, Song, 2)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// paragraph sets running text, its first line indented by characters.
func (f *flow) paragraph(text string, face Face, indent float64) error {
	lines, err := f.lines(text, face, room/body, indent)
	if err != nil {
		return err
	}
	begins := true
	for _, l := range lines {
		if err := f.need(pitch); err != nil {
			return err
		}
		x := textLeft
		if begins {
			x += indent * body
		}
		full := 0.0
		if !l.last {
			full = textRight - x
		}
		f.draw(l.cells, x, f.y+(pitch+0.72*body)/2, body, full, ink)
		f.y += pitch
		begins = l.last
	}
	return nil
}

// foot is the signature with the place of the seal beside the code, then the notes. The signature is never torn apart.
func (f *flow) foot() error {
	l := f.letter
	block := 0.0
	if l.Code != "" {
		block = codeSide + notePitch
	}
	if l.Signer != "" || l.Date != "" {
		block = max(block, 2*pitch+8)
		if l.Seal != "" {
			block = max(block, sealRoom)
		}
	}
	if block > 0 {
		if err := f.need(block + pitch*signLines/2); err != nil {
			return err
		}
		f.y += min(pitch*signLines/2, textBottom-block-f.y)
		if err := f.signature(); err != nil {
			return err
		}
		f.y += block
	}
	f.y += 2
	for _, n := range l.Notes {
		lines, err := f.lines(n, Song, room/noteSize, 0)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if f.y+notePitch > textBottom+8 {
				if err := f.turn(); err != nil {
					return err
				}
			}
			f.draw(line.cells, textLeft, f.y+notePitch*0.7, noteSize, 0, soft)
			f.y += notePitch
		}
	}
	return nil
}

func (f *flow) signature() error {
	l, top := f.letter, f.y
	if l.Code != "" {
		m, err := QR(l.Code)
		if err != nil {
			return err
		}
		f.page.Codes = append(f.page.Codes, Code{X: textLeft, Y: top, Unit: codeSide / float64(m.Size()), Matrix: m})
		f.y = top + codeSide
		if err := f.centred(l.Scan, Song, textLeft+codeSide/2, noteSize*0.85, codeSide+12, notePitch); err != nil {
			return err
		}
	}
	f.y = top + 3
	middle := textRight - signWidth/2
	if err := f.centred(l.Signer, Song, middle, body, signWidth, pitch*0.9); err != nil {
		return err
	}
	if err := f.centred(l.Date, Song, middle, body, signWidth, pitch*0.9); err != nil {
		return err
	}
	if l.Seal != "" {
		list, err := f.cells(l.Seal, Song)
		if err != nil {
			return err
		}
		from := len(f.page.Texts)
		f.draw(list, middle-widthOf(list)*noteSize/2, f.y+notePitch, noteSize, 0, soft)
		f.doc.seal = &sealPlaceOf{len(f.doc.Pages) - 1, middle, top + 3 + pitch*0.9, from, len(f.page.Texts)}
	}
	f.y = top
	return nil
}

// numbers says on each page which it is of how many, once that is known.
func (f *flow) numbers() error {
	for i, p := range f.doc.Pages {
		f.page = p
		list, err := f.cells(pageOf(i+1, len(f.doc.Pages)), Song)
		if err != nil {
			return err
		}
		f.draw(list, (textLeft+textRight)/2-widthOf(list)*smallSize/2, footLine, smallSize, 0, ink)
	}
	return nil
}
