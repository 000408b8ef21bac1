package rating

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// Label is an official reason for a grade (评价标签).
type Label struct {
	Code  string // three digits, the first of which is the grade's number in the national interface
	Grade Grade
	Text  string // as the national platform words it
}

// labelTable holds the labels as data; its head names the source.
//
//go:embed labels.tsv
var labelTable string

var (
	labels = mustReadLabels(labelTable)
	byCode = func() map[string]Label {
		m := make(map[string]Label, len(labels))
		for _, l := range labels {
			m[l.Code] = l
		}
		return m
	}()
)

// Labels lists every label, those of the best grade first.
func Labels() []Label { return append([]Label(nil), labels...) }

// LabelsOf lists the labels that belong to a grade.
func LabelsOf(g Grade) []Label {
	var list []Label
	for _, l := range labels {
		if l.Grade == g {
			list = append(list, l)
		}
	}
	return list
}

// mustReadLabels reads the embedded table; a line that is wrong is a mistake of the program.
func mustReadLabels(table string) []Label {
	var list []Label
	for line := range strings.Lines(table) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			panic(fmt.Sprintf("rating: the label %q has %d cells", line, len(cells)))
		}
		n, err := strconv.Atoi(cells[1])
		g, ok := GradeOf(n)
		if err != nil || !ok {
			panic(fmt.Sprintf("rating: the label %q has no grade", line))
		}
		list = append(list, Label{Code: cells[0], Grade: g, Text: cells[2]})
	}
	return list
}
