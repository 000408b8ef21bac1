package bpmn

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed gallery/*.bpmn
var galleryFiles embed.FS

// Sample is a process to begin from.
type Sample struct {
	Key    string // of the process, and the name of its file
	Name   string
	Source []byte
}

// Gallery returns the processes to begin from, in the order in which offices meet them. They read and check without findings.
func Gallery() ([]Sample, error) {
	files, err := galleryFiles.ReadDir("gallery")
	if err != nil {
		return nil, err
	}
	var out []Sample
	for _, f := range files {
		source, err := galleryFiles.ReadFile(path.Join("gallery", f.Name()))
		if err != nil {
			return nil, err
		}
		p, err := Read(source)
		if err != nil {
			return nil, fmt.Errorf("reading the sample %s: %w", f.Name(), err)
		}
		out = append(out, Sample{Key: strings.TrimSuffix(f.Name(), ".bpmn"), Name: p.Name, Source: source})
	}
	order := []string{"instant", "review_and_check", "pass_up", "parallel", "joint_inspection", "hearing", "publicity"}
	at := func(s Sample) int {
		if i := slices.Index(order, s.Key); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(out, func(a, b Sample) int { return at(a) - at(b) })
	return out, nil
}
