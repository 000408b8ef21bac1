package paper

import "math"

// wave appends a sine wave along x, periods of it over a length, between the middle line and as far as height to both sides. Each quarter of a period is one
// curve with the wave's own slope at its ends: no eye sees the difference.
func wave(list []Segment, length, middle, height, periods, phase float64) []Segment {
	n := int(math.Round(periods * 4))
	step := length / float64(n)
	at := func(i int) (x, y, slope float64) {
		sin, cos := math.Sincos(2*math.Pi*periods*float64(i)/float64(n) + phase)
		return step * float64(i), middle + height*sin, height * cos * 2 * math.Pi * periods / length
	}
	x, y, slope := at(0)
	list = append(list, Segment{Move, [6]float64{x, y}})
	for i := 1; i <= n; i++ {
		x2, y2, slope2 := at(i)
		list = append(list, Segment{Cube, [6]float64{x + step/3, y + slope*step/3, x2 - step/3, y2 - slope2*step/3, x2, y2}})
		x, y, slope = x2, y2, slope2
	}
	return list
}

// band is how wide a guilloche border is, tile about how long the piece is that it repeats, in parts of the band.
const (
	tile      = 1.6
	fineLine  = 0.09
	fieldGrey = 0.14
)

// guilloche is a border of interwoven waves inside a rectangle, as wide as band, with a rosette in each corner: by our own rules, no engraver's pattern.
func guilloche(x, y, w, h, band float64, c Color) []Ornament {
	side := func(length float64) (o Ornament, n int) {
		length -= 2 * band
		n = max(1, int(math.Round(length/(tile*band))))
		piece := length / float64(n)
		for i := range 4 {
			o.Segments = wave(o.Segments, piece, band/2, band*0.40, 1, float64(i)*math.Pi/2+math.Pi/4)
		}
		for i := range 2 {
			o.Segments = wave(o.Segments, piece, band/2, band*0.17, 2, float64(i)*math.Pi)
		}
		o.Line, o.Color = fineLine*1.6, c
		return o, n
	}
	across, n := side(w)
	down, m := side(h)
	for i := range n {
		at := float64(i) * (w - 2*band) / float64(n)
		across.Places = append(across.Places, Turned{x + band + at, y, 0}, Turned{x + w - band - at, y + h, 180})
	}
	for i := range m {
		at := float64(i) * (h - 2*band) / float64(m)
		down.Places = append(down.Places, Turned{x + w, y + band + at, 90}, Turned{x, y + h - band - at, 270})
	}
	corner := Ornament{Segments: petals(band*0.46, 0.34, 8), Line: fineLine * 1.6, Color: c}
	for _, p := range [][2]float64{{x, y}, {x + w - band, y}, {x, y + h - band}, {x + w - band, y + h - band}} {
		for turn := 0.0; turn < 44; turn += 15 {
			corner.Places = append(corner.Places, Turned{p[0] + band/2, p[1] + band/2, turn})
		}
	}
	lines := Ornament{Segments: rectangle(x, y, w, h, 0), Line: 0.5, Color: c, Places: []Turned{{}}}
	for _, inner := range []float64{0.9, band - 0.4, band} {
		lines.Segments = append(lines.Segments, rectangle(x+inner, y+inner, w-2*inner, h-2*inner, 0)...)
	}
	lines.Line = 0.25
	edge := Ornament{Segments: rectangle(x, y, w, h, 0), Line: 0.7, Color: c, Places: []Turned{{}}}
	return []Ornament{across, down, corner, lines, edge}
}

// petals is a closed curve around the origin that swings k times between its outer and its inner radius.
func petals(radius, swing float64, k int) (list []Segment) {
	n := k * 4
	step := 2 * math.Pi / float64(n)
	at := func(i int) (x, y, dx, dy float64) {
		t := step * float64(i)
		sin, cos := math.Sincos(t)
		r := radius * (1 - swing + swing*math.Cos(float64(k)*t))
		dr := -radius * swing * float64(k) * math.Sin(float64(k)*t)
		return r * cos, r * sin, dr*cos - r*sin, dr*sin + r*cos
	}
	x, y, dx, dy := at(0)
	list = append(list, Segment{Move, [6]float64{x, y}})
	for i := 1; i <= n; i++ {
		x2, y2, dx2, dy2 := at(i)
		list = append(list, Segment{Cube, [6]float64{x + dx*step/3, y + dy*step/3, x2 - dx2*step/3, y2 - dy2*step/3, x2, y2}})
		x, y, dx, dy = x2, y2, dx2, dy2
	}
	return append(list, Segment{Op: Close})
}

// rosette is a pale pattern of lines around a point, as the ground of a certificate has it in its middle.
func rosette(x, y, radius float64, c Color) []Ornament {
	o := Ornament{Segments: petals(radius, 0.24, 9), Line: fieldGrey, Color: c}
	for turn := 0.0; turn < 39.9; turn += 4 {
		o.Places = append(o.Places, Turned{x, y, turn})
	}
	return []Ornament{o}
}

// rectangle is a closed rectangle, its corners round by a radius.
func rectangle(x, y, w, h, r float64) []Segment {
	if r == 0 {
		return []Segment{{Move, [6]float64{x, y}}, {Line, [6]float64{x + w, y}}, {Line, [6]float64{x + w, y + h}}, {Line, [6]float64{x, y + h}}, {Op: Close}}
	}
	k := r * (1 - 0.5523) // of a quarter of a circle
	return []Segment{{Move, [6]float64{x + r, y}},
		{Line, [6]float64{x + w - r, y}}, {Cube, [6]float64{x + w - k, y, x + w, y + k, x + w, y + r}},
		{Line, [6]float64{x + w, y + h - r}}, {Cube, [6]float64{x + w, y + h - k, x + w - k, y + h, x + w - r, y + h}},
		{Line, [6]float64{x + r, y + h}}, {Cube, [6]float64{x + k, y + h, x, y + h - k, x, y + h - r}},
		{Line, [6]float64{x, y + r}}, {Cube, [6]float64{x, y + k, x + k, y, x + r, y}}, {Op: Close}}
}
