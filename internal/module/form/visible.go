package form

// Visible tells which fields are shown for these answers, by path; the fields of a list stand under "goods.*.name". A condition
// that can't be evaluated hides its field.
func Visible(d *Definition, answers map[string]any) map[string]bool {
	shown := map[string]bool{}
	values := map[string]any{}
	for _, f := range d.Fields {
		on, err := f.shown(values)
		shown[f.Path] = err == nil && on
		if !shown[f.Path] {
			continue
		}
		if v, ok := answers[f.Name]; ok {
			values[f.Name] = v
		}
		for _, g := range f.Fields {
			on, err := g.shown(values)
			shown[g.Path] = err == nil && on
		}
	}
	return shown
}

func (f Field) shown(values map[string]any) (bool, error) {
	if f.show == nil {
		return true, nil
	}
	return f.show.Truth(values)
}
