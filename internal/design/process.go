package design

import (
	"context"
	"strings"
)

// ProcessShape is the outline of a step in a [ProcessMap], after BPMN.
type ProcessShape string

// The shapes. The zero shape is a task.
const (
	ShapeTask    ProcessShape = ""
	ShapeStart   ProcessShape = "start"
	ShapeEvent   ProcessShape = "event"
	ShapeEnd     ProcessShape = "end"
	ShapeGateway ProcessShape = "gateway"
	ShapeGroup   ProcessShape = "group" // a sub-process around its steps
)

// ProcessState says how far a step is.
type ProcessState string

// The states of a step, told by outline and sign as well as colour.
const (
	ProcessTodo ProcessState = ""
	ProcessDone ProcessState = "done"
	ProcessNow  ProcessState = "now"
	ProcessNext ProcessState = "next"
)

// ProcessStep is one step with where it is drawn, in the drawing's own units.
type ProcessStep struct {
	Name       string
	By         string // who does it; for the list
	Sign       string // one character inside a gateway or event: × + ○
	Shape      ProcessShape
	State      ProcessState
	Listed     bool // people know it as a step: it is in the list too
	X, Y, W, H int
}

// ProcessLine leads from a step to the next, through its points.
type ProcessLine struct {
	Points [][2]int
	Text   string
}

// ProcessMapParams draw the steps of a process; see [ProcessMap].
type ProcessMapParams struct {
	Label string // names it
	W, H  int
	Steps []ProcessStep
	Lines []ProcessLine
}

func (p ProcessMapParams) box() string { return "0 0 " + itoa(max(1, p.W)) + " " + itoa(max(1, p.H)) }

// listed are the steps people know as steps.
func (p ProcessMapParams) listed() []ProcessStep {
	var out []ProcessStep
	for _, s := range p.Steps {
		if s.Listed {
			out = append(out, s)
		}
	}
	return out
}

func (l ProcessLine) points() string {
	parts := make([]string, len(l.Points))
	for i, p := range l.Points {
		parts[i] = itoa(p[0]) + "," + itoa(p[1])
	}
	return strings.Join(parts, " ")
}

// arrow is the head at the end of a line: a small triangle in its direction.
func (l ProcessLine) arrow() string {
	n := len(l.Points)
	if n < 2 {
		return ""
	}
	from, to := l.Points[n-2], l.Points[n-1]
	dx, dy := sign(to[0]-from[0]), sign(to[1]-from[1])
	at := func(along, across int) string {
		return itoa(to[0]-dx*along+dy*across) + "," + itoa(to[1]-dy*along+dx*across)
	}
	return at(0, 0) + " " + at(9, 4) + " " + at(9, -4)
}

func sign(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// textX and textY are where the words of a line stand: above where it begins.
func (l ProcessLine) textX() string {
	if len(l.Points) < 2 {
		return "0"
	}
	last := l.Points[len(l.Points)-2]
	return itoa((last[0]+l.Points[len(l.Points)-1][0])/2 - 6)
}

func (l ProcessLine) textY() string {
	if len(l.Points) < 2 {
		return "0"
	}
	return itoa(l.Points[len(l.Points)-1][1] - 8)
}

func (s ProcessStep) class() string {
	return words("process-shape", when(s.Shape != ShapeTask, "process-"+string(s.Shape)), when(s.State != ProcessTodo, "process-"+string(s.State)))
}

// round is the radius of the corners.
func (s ProcessStep) round() string {
	switch s.Shape {
	case ShapeStart, ShapeEvent, ShapeEnd:
		return itoa(min(s.W, s.H) / 2)
	case ShapeGateway:
		return "0"
	}
	return "8"
}

// diamond is the outline of a gateway.
func (s ProcessStep) diamond() string {
	x, y, w, h := s.X, s.Y, s.W/2, s.H/2
	return itoa(x+w) + "," + itoa(y) + " " + itoa(x+2*w) + "," + itoa(y+h) + " " + itoa(x+w) + "," + itoa(y+2*h) + " " + itoa(x) + "," + itoa(y+h)
}

// processText is a line of a step's words.
type processText struct{ X, Y, Text string }

// wide is how many characters of Chinese fit into a task; letters take half the room.
const wide = 7

// text breaks a name into lines: inside a task, at the head of a group, below all others.
func (s ProcessStep) text() []processText {
	if s.Name == "" {
		return nil
	}
	lines := broken(s.Name, wide, 3)
	x, y := s.X+s.W/2, s.Y+s.H/2-(len(lines)-1)*8+5
	switch s.Shape {
	case ShapeGroup:
		lines, y = broken(s.Name, s.W/14, 1), s.Y+20
	case ShapeTask:
	default:
		y = s.Y + s.H + 15
	}
	out := make([]processText, len(lines))
	for i, l := range lines {
		out[i] = processText{itoa(x), itoa(y + i*16), l}
	}
	return out
}

// broken breaks a text into lines of so many wide characters, at most so many lines.
func broken(text string, width, most int) []string {
	var lines []string
	line, used := []rune(nil), 0
	for _, r := range text {
		w := 2
		if r < 0x1100 {
			w = 1
		}
		if used+w > 2*width {
			lines, line, used = append(lines, string(line)), nil, 0
		}
		line, used = append(line, r), used+w
	}
	lines = append(lines, string(line))
	if len(lines) > most {
		lines = lines[:most]
		last := []rune(lines[most-1])
		lines[most-1] = string(last[:max(0, len(last)-1)]) + "…"
	}
	return lines
}

// mark is the sign in the corner of a step that is done or being done.
func (s ProcessStep) mark() string {
	switch s.State {
	case ProcessDone:
		return "✓"
	case ProcessNow:
		return "▶"
	}
	return ""
}

func processState(ctx context.Context, s ProcessState) string {
	if s == ProcessTodo {
		return ""
	}
	return tr(ctx, "design.process."+string(s))
}

// ProcessCanvasParams are the editor of a process; see [ProcessCanvas].
type ProcessCanvasParams struct {
	Label string
	Panel string // address that answers with the panel of an element, and saves it
	Words string // the editor's own English words to those of the page's language, as JSON
}
