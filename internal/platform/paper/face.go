package paper

import (
	"fmt"

	"github.com/tdewolff/font"
)

// Face is one of the faces documents are set in, all under the SIL Open Font Licence.
type Face uint8

// The faces. What one lacks is looked for in the others.
const (
	Song   Face = iota // the body; it has the rare characters (生僻字) of most names and places
	Bold               // titles
	Sans               // what the body's face lacks
	Korean             // Hangul, for the offices of Yanbian
	faceCount
)

// faces says of each its file, its family, whether it is bold, and what a screen may use instead.
var faces = [faceCount]struct {
	name, family string
	bold         bool
	screen       string
}{
	Song:   {"NotoSerifSC-Regular", "Noto Serif SC", false, songOnScreen},
	Bold:   {"NotoSerifSC-Bold", "Noto Serif SC", true, songOnScreen},
	Sans:   {"NotoSansSC-Regular", "Noto Sans SC", false, "'Noto Sans SC','Source Han Sans SC',SimHei,sans-serif"},
	Korean: {"NanumMyeongjo-Regular", "NanumMyeongjo", false, "'Nanum Myeongjo',AppleMyungjo,Batang,'Noto Serif CJK KR',serif"},
}

const songOnScreen = "'Noto Serif SC','Source Han Serif SC','Songti SC',SimSun,serif"

// faceFile reads a face's file.
type faceFile func() ([]byte, error)

// faceCase is the faces one page at a time may use; each is parsed when it is first asked for.
type faceCase struct {
	files  *[faceCount]faceFile
	parsed [faceCount]*font.SFNT
}

// face returns a parsed face, nil for one the program does not carry.
func (c *faceCase) face(f Face) (*font.SFNT, error) {
	if c.parsed[f] == nil && c.files[f] != nil {
		b, err := c.files[f]()
		if err != nil {
			return nil, fmt.Errorf("reading the font %s: %w", faces[f].name, err)
		}
		parsed, err := font.ParseSFNT(b, 0)
		if err != nil {
			return nil, fmt.Errorf("reading the font %s: %w", faces[f].name, err)
		}
		c.parsed[f] = parsed
	}
	return c.parsed[f], nil
}

// pick returns the first face that has a character: the one that is wanted, or the body's, or any. ok is false when none has it.
func (c *faceCase) pick(r rune, want Face) (f Face, advance float64, ok bool, err error) {
	for _, f := range [...]Face{want, Song, Sans, Korean} {
		face, err := c.face(f)
		if err != nil {
			return f, 0, false, err
		}
		if face == nil {
			continue
		}
		if id := face.GlyphIndex(r); id != 0 {
			return f, float64(face.GlyphAdvance(id)) / float64(face.UnitsPerEm()), true, nil
		}
	}
	return want, 1, false, nil
}
