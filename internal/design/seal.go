package design

import "strconv"

// SealFaceParams show how a seal looks; see [SealFace].
type SealFaceParams struct {
	Label  string  // names it for screen readers
	Path   string  // path data of SVG, filled
	Width  float64 // of its box, as Height
	Height float64
	Void   bool // suspended or ended: drawn grey
}

func (p SealFaceParams) box() string {
	return "0 0 " + strconv.FormatFloat(p.Width, 'f', -1, 64) + " " + strconv.FormatFloat(p.Height, 'f', -1, 64)
}

// sampleSeal is a ring with a star, for the gallery.
const sampleSeal = "M42 21A21 21 0 1 1 0 21A21 21 0 1 1 42 21ZM40.8 21A19.8 19.8 0 1 0 1.2 21A19.8 19.8 0 1 0 40.8 21ZM21 14L22.6 18.8L27.7 18.8L23.5 21.8L25.1 26.7L21 23.7L16.9 26.7L18.5 21.8L14.3 18.8L19.4 18.8Z"
