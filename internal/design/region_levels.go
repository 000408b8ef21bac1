package design

import (
	"net/url"
	"strings"
)

// regionStep is one list of a picker.
type regionStep struct {
	Level   int
	Options []Option
	Chosen  string
}

func regionID(p RegionPickerParams) string { return idOf(p.ID, or(p.Name, "region")) }

// regionSource is the address of a picker's refresh; it carries what the server needs to draw the lists again.
func regionSource(p RegionPickerParams) string {
	q := url.Values{"picker": {p.Name}}
	if p.ID != "" {
		q.Set("picker.id", p.ID)
	}
	if p.Root != "" {
		q.Set("picker.root", p.Root)
	}
	if p.Depth > 0 {
		q.Set("picker.depth", itoa(p.Depth))
	}
	return or(p.Source, "/regions/picker") + "?" + q.Encode()
}

// regionLevels walks down from the root along the value and returns the lists to show: those above the value, and the one that
// refines it.
func regionLevels(p RegionPickerParams) []regionStep {
	if p.Children == nil {
		return []regionStep{{Level: 1}}
	}
	depth := p.Depth
	if depth <= 0 {
		depth = len(regionLengths)
	}
	var steps []regionStep
	for parent := p.Root; regionLevel(parent) < depth; {
		options := p.Children(parent)
		if len(options) == 0 {
			break
		}
		step := regionStep{Level: regionLevel(options[0].Value), Options: options}
		for _, o := range options {
			level := regionLevel(o.Value)
			if level > 0 && len(p.Value) == 12 && strings.HasPrefix(p.Value, o.Value[:regionLengths[level-1]]) {
				step.Chosen = o.Value
			}
		}
		steps = append(steps, step)
		if step.Chosen == "" {
			break
		}
		parent = step.Chosen
	}
	return steps
}
