package picture

import (
	"math"

	"xiangyun/internal/platform/paper"
)

func (c *canvas) add(op paper.Op, numbers ...float64) {
	s := paper.Segment{Op: op}
	copy(s.P[:], numbers)
	c.Segments = append(c.Segments, s)
}

// quarter is how far the handles of a quarter of a circle stand from its ends.
const quarter = 0.5522847498

// ellipse adds an ellipse around the middle; way 1 or -1: the other way round inside another it makes a hole.
func (c *canvas) ellipse(a, b, way float64) {
	x, y, k := c.x, c.y, quarter
	b *= way
	c.add(paper.Move, x+a, y)
	c.add(paper.Cube, x+a, y+k*b, x+k*a, y+b, x, y+b)
	c.add(paper.Cube, x-k*a, y+b, x-a, y+k*b, x-a, y)
	c.add(paper.Cube, x-a, y-k*b, x-k*a, y-b, x, y-b)
	c.add(paper.Cube, x+k*a, y-b, x+a, y-k*b, x+a, y)
	c.add(paper.Close)
}

func (c *canvas) box(x, y, w, h, way float64) {
	c.add(paper.Move, x, y)
	if way > 0 {
		c.add(paper.Line, x+w, y)
		c.add(paper.Line, x+w, y+h)
		c.add(paper.Line, x, y+h)
	} else {
		c.add(paper.Line, x, y+h)
		c.add(paper.Line, x+w, y+h)
		c.add(paper.Line, x+w, y)
	}
	c.add(paper.Close)
}

// star adds a star with five points around the middle.
func (c *canvas) star(r float64) {
	const inner = 0.381966
	for i := range 10 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 5)
		at := r
		if i%2 == 1 {
			at *= inner
		}
		op := paper.Line
		if i == 0 {
			op = paper.Move
		}
		c.add(op, c.x+at*sin, c.y-at*cos)
	}
	c.add(paper.Close)
}

// midline is where the middle of a Chinese character stands above its baseline.
const midline = 0.38

// place adds a character with its middle at x, y, this wide and high, turned clockwise.
func (c *canvas) place(o paper.Outline, x, y, wide, high, turn float64) {
	sin, cos := math.Sincos(turn)
	for _, s := range o.Segments {
		n := map[paper.Op]int{paper.Move: 2, paper.Line: 2, paper.Quad: 4, paper.Cube: 6}[s.Op]
		for i := 0; i < n; i += 2 {
			u, v := (s.P[i]-o.Advance/2)*wide, (midline-s.P[i+1])*high
			s.P[i], s.P[i+1] = x+u*cos-v*sin, y+u*sin+v*cos
		}
		c.Segments = append(c.Segments, s)
	}
}

// way is the upper edge of an ellipse measured along itself, from its top.
type way struct {
	a, b, length float64
	along        []float64 // from the top clockwise to the bottom, at equal angles
}

const waySteps = 720

func newWay(a, b float64) way {
	w := way{a: a, b: b, along: make([]float64, waySteps+1)}
	px, py := 0.0, -b
	for i := 1; i <= waySteps; i++ {
		sin, cos := math.Sincos(float64(i) * math.Pi / waySteps)
		x, y := a*sin, -b*cos
		w.along[i] = w.along[i-1] + math.Hypot(x-px, y-py)
		px, py = x, y
	}
	w.length = 2 * w.along[waySteps]
	return w
}

// at returns the point this far from the top, clockwise positive, and how far a character there is turned to stand upright on the edge.
func (w way) at(far float64) (x, y, turn float64) {
	side := math.Copysign(1, far)
	i := 1
	for i < waySteps && w.along[i] < math.Abs(far) {
		i++
	}
	part := (math.Abs(far) - w.along[i-1]) / (w.along[i] - w.along[i-1])
	sin, cos := math.Sincos((float64(i-1) + part) * math.Pi / waySteps)
	// The edge's normal, not the ray from the middle, says which way is up: on an ellipse they differ.
	return side * w.a * sin, -w.b * cos, side * math.Atan2(sin/w.a, cos/w.b)
}
