// Package picture draws how a seal looks (印模): a round one with a star or an emblem's field, an ellipse, a square with a name.
//
// Names run along the arc above the middle, from left to right, as 国发〔1999〕25号 has it; a long name is set narrower, then smaller. What the seal is
// for stands in a line below. The shapes are curves, in millimetres: the same drawing is written as SVG, as PNG and as the path of a page. The
// national emblem is not drawn: its field is left plain. A seal for trying out carries 测试 inside its picture, so that no copy of it can pass for a
// real one.
package picture

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"xiangyun/internal/platform/paper"
)

// Shape is the form of a seal.
type Shape string

// The shapes.
const (
	Star    Shape = "star"    // round, with a star
	Emblem  Shape = "emblem"  // round, with the plain field of an emblem
	Ellipse Shape = "ellipse" // 发票专用章
	Square  Shape = "square"  // 名章
)

// Params say what to draw.
type Params struct {
	Shape         Shape
	Name          string  // along the arc; in a square the name
	Line          string  // below the middle: 审批专用章; "" for none
	Width, Height float64 // millimetres
	Test          bool    // mark it 测试
}

// Drawing is a seal as filled curves in millimetres from the upper left corner, down positive; the nonzero rule says what is inside.
type Drawing struct {
	Width, Height float64
	Segments      []paper.Segment
}

// Outlines gives the shapes of characters, met by paper.Writer.
type Outlines interface {
	Outlines(text string, want paper.Face) ([]paper.Outline, error)
}

// ErrTooLong says that a name does not go into the seal.
var ErrTooLong = errors.New("the name is too long for the seal")

// testMark is what a seal for trying out carries.
const testMark = "测试"

// Draw draws a seal. It returns ErrTooLong for a name that would be too small to read.
func Draw(o Outlines, p Params) (Drawing, error) {
	if p.Width <= 0 || p.Height <= 0 || p.Name == "" {
		return Drawing{}, errors.New("drawing a seal: it has no size or no name")
	}
	c := &canvas{outlines: o, Drawing: Drawing{Width: p.Width, Height: p.Height}, x: p.Width / 2, y: p.Height / 2}
	var err error
	if p.Shape == Square {
		err = c.square(p)
	} else {
		err = c.round(p)
	}
	if err != nil {
		return Drawing{}, fmt.Errorf("drawing a seal: %w", err)
	}
	return c.Drawing, nil
}

// canvas is a drawing on the way.
type canvas struct {
	Drawing
	outlines Outlines
	x, y     float64 // the middle
}

// The proportions, in parts of the height.
const (
	ring      = 0.028 // of the edge
	gap       = 0.03  // between edge and name
	letter    = 0.145 // of the name
	smallest  = 0.085
	narrowest = 0.6
	starSize  = 0.165
	lineAt    = 0.28 // below the middle
	lineSize  = 0.095
	markAt    = 0.385
	markSize  = 0.07
	mostArc   = 0.74 // of the whole way round
)

// round draws the round seals and the ellipse.
func (c *canvas) round(p Params) error {
	a, b, h := p.Width/2, p.Height/2, p.Height
	c.ellipse(a, b, 1)
	c.ellipse(a-ring*h, b-ring*h, -1)
	middle := 0.0
	switch p.Shape {
	case Star:
		c.star(starSize * h)
	case Emblem:
		c.ellipse(starSize*h, starSize*h, 1)
		c.ellipse((starSize-0.008)*h, (starSize-0.008)*h, -1)
		if err := c.line(testMark, c.y, 0.11*h, 0.3*h); err != nil {
			return err
		}
	case Ellipse:
		middle = 0.09 // the line stands nearly in the middle: there is no star
	default:
		return fmt.Errorf("unknown shape %q", p.Shape)
	}
	if err := c.arc(p.Name, a-(ring+gap)*h, b-(ring+gap)*h, h); err != nil {
		return err
	}
	if p.Line != "" {
		at := lineAt
		if middle > 0 {
			at = middle
		}
		if err := c.line(p.Line, c.y+at*h, lineSize*h, 2*a*math.Sqrt(1-4*at*at)-6*ring*h); err != nil {
			return err
		}
	}
	if p.Test && p.Shape != Emblem {
		return c.line(testMark, c.y+markAt*h, markSize*h, 0.4*h)
	}
	return nil
}

// arc sets a name along the upper part of an ellipse whose half axes a and b are those of its upper edge.
func (c *canvas) arc(name string, a, b, h float64) error {
	shapes, err := c.outlines.Outlines(name, paper.Bold)
	if err != nil {
		return err
	}
	n := float64(len(shapes))
	for size := letter * h; size >= smallest*h; size *= 0.97 {
		way := newWay(a-size/2, b-size/2)
		step := math.Min(size*1.3, way.length*mostArc/n)
		if narrow := math.Min(1, step*0.94/size); narrow >= narrowest {
			for i, s := range shapes {
				x, y, turn := way.at((float64(i) - (n-1)/2) * step)
				c.place(s, c.x+x, c.y+y, size*narrow, size, turn)
			}
			return nil
		}
	}
	return ErrTooLong
}

// line sets a text straight, centred, no wider than most; it is set narrower when need be.
func (c *canvas) line(text string, y, size, most float64) error {
	shapes, err := c.outlines.Outlines(text, paper.Bold)
	if err != nil {
		return err
	}
	wide := size
	if n := float64(len(shapes)); n*size*1.05 > most {
		wide = most / n / 1.05
	}
	if wide < size*0.4 {
		return ErrTooLong
	}
	for i, s := range shapes {
		c.place(s, c.x+(float64(i)-float64(len(shapes)-1)/2)*wide*1.05, y, wide, size, 0)
	}
	return nil
}

// square draws a name in two columns, read from the right, with 印 behind a name of three.
func (c *canvas) square(p Params) error {
	name := p.Name
	if utf8.RuneCountInString(name) == 3 {
		name += "印"
	}
	shapes, err := c.outlines.Outlines(name, paper.Bold)
	if err != nil {
		return err
	}
	if len(shapes) > 8 {
		return ErrTooLong
	}
	edge := 0.045 * p.Height
	c.box(0, 0, p.Width, p.Height, 1)
	c.box(edge, edge, p.Width-2*edge, p.Height-2*edge, -1)
	left, top, wide, high := 2*edge, 2*edge, p.Width-4*edge, p.Height-4*edge
	if p.Test {
		mark := 0.15 * p.Height
		if err := c.line(testMark, p.Height-2*edge-mark/2, mark, wide); err != nil {
			return err
		}
		high -= mark + edge/2
	}
	columns, rows := 2, (len(shapes)+1)/2
	if len(shapes) < 3 {
		columns, rows = 1, len(shapes)
	}
	w, h := wide/float64(columns), high/float64(rows)
	for i, s := range shapes {
		column, row := columns-1-i/rows, i%rows
		c.place(s, left+(float64(column)+0.5)*w, top+(float64(row)+0.5)*h, w*0.96, h*0.96, 0)
	}
	return nil
}
