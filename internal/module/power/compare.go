package power

import (
	"fmt"
	"slices"
	"strings"
)

// Mark says what became of a line between two versions.
type Mark string

// The marks.
const (
	Kept    Mark = ""
	Removed Mark = "removed"
	Added   Mark = "added"
)

// Line is one line of a field, marked.
type Line struct {
	Text string
	Mark Mark
}

// Difference is one field of two versions side by side.
type Difference struct {
	Field  string // "basis": as the JSON names it
	Before []Line // kept and removed
	After  []Line // kept and added
}

// Differs tells whether anything was removed or added.
func (d Difference) Differs() bool {
	return slices.ContainsFunc(slices.Concat(d.Before, d.After), func(l Line) bool { return l.Mark != Kept })
}

// Compare puts two definitions side by side, field by field in the order of the list; fields that are empty in both are left out.
func Compare(before, after *Definition) []Difference {
	var out []Difference
	left, right := fields(before), fields(after)
	for i := range left {
		if len(left[i].lines) == 0 && len(right[i].lines) == 0 {
			continue
		}
		d := Difference{Field: left[i].name}
		d.Before, d.After = align(left[i].lines, right[i].lines)
		out = append(out, d)
	}
	return out
}

type field struct {
	name  string
	lines []string
}

// fields writes a definition out line by line.
func fields(d *Definition) []field {
	text := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, "\n")
	}
	var levels, basis, duties, steps, liabilities, risks []string
	for _, l := range d.Levels {
		levels = append(levels, fmt.Sprint(l))
	}
	for _, b := range d.Basis {
		basis = append(basis, b.Law+" "+b.Article+" "+b.Text)
	}
	for _, x := range d.Duties {
		duties = append(duties, x.Step+": "+x.Text+" ("+x.Basis+")")
	}
	for _, x := range d.Steps {
		steps = append(steps, x.Name+" · "+x.Who+": "+x.Does)
	}
	for _, x := range d.Liabilities {
		liabilities = append(liabilities, x.Text+" ("+x.Basis+")")
	}
	for _, x := range d.Risks {
		risks = append(risks, x.Step+": "+x.Text+" → "+x.Control)
	}
	return []field{{"code", text(d.Code)}, {"main", text(d.Main)}, {"name", text(d.Name)}, {"kind", text(string(d.Kind))}, {"department", text(d.Department)}, {"unit", text(d.Unit)},
		{"levels", levels}, {"division", text(d.Division)}, {"basis", basis}, {"duties", duties}, {"steps", steps}, {"liabilities", liabilities},
		{"supervision", text(d.Supervision)}, {"risks", risks}, {"discretion", text(d.Discretion)}, {"note", text(d.Note)}}
}

// align marks the lines that are not part of the longest common sequence. A text
// of so many lines that the table would grow large is taken as a whole.
func align(before, after []string) (left, right []Line) {
	if len(before)*len(after) > 4*LongestList*LongestList {
		return marked(before, Removed), marked(after, Added)
	}
	common := make([][]int, len(before)+1)
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			left, right = append(left, Line{before[i], Kept}), append(right, Line{after[j], Kept})
			i, j = i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			left = append(left, Line{before[i], Removed})
			i++
		default:
			right = append(right, Line{after[j], Added})
			j++
		}
	}
	return left, right
}

func marked(lines []string, m Mark) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		out[i] = Line{l, m}
	}
	return out
}
