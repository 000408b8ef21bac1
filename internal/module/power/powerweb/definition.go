package powerweb

import (
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/module/power"
)

// definitionForm is a power's definition as a form holds it. What is a list has one entry a line, its parts with a bar between them: a form that works
// without scripts can't grow, and who fills it copies from a table anyway.
type definitionForm struct {
	Code        string   `form:"code"`
	Main        string   `form:"main"`
	Name        string   `form:"name"`
	Kind        string   `form:"kind"`
	Department  string   `form:"department"`
	Unit        string   `form:"unit"`
	Levels      []string `form:"levels"`
	Division    string   `form:"division"`
	Basis       string   `form:"basis"`
	Duties      string   `form:"duties"`
	Steps       string   `form:"steps"`
	Liabilities string   `form:"liabilities"`
	Supervision string   `form:"supervision"`
	Risks       string   `form:"risks"`
	Discretion  string   `form:"discretion"`
	Note        string   `form:"note"`
}

// definition reads the form; what it says is checked by the use case.
func (f *definitionForm) definition() power.Definition {
	d := power.Definition{Code: f.Code, Main: f.Main, Name: f.Name, Kind: power.Kind(f.Kind), Department: f.Department, Unit: f.Unit, Division: clean(f.Division),
		Supervision: clean(f.Supervision), Discretion: clean(f.Discretion), Note: clean(f.Note)}
	if d.Kind == "" && len(f.Code) == 12 {
		d.Kind = power.Kind(f.Code[2:4]) // the code says it
	}
	for _, l := range f.Levels {
		n, err := strconv.Atoi(l)
		if err != nil {
			n = 0 // no level: refused as one
		}
		d.Levels = append(d.Levels, n)
	}
	slices.Sort(d.Levels)
	for _, p := range table(f.Basis, 3) {
		d.Basis = append(d.Basis, power.Basis{Law: p[0], Article: p[1], Text: p[2]})
	}
	for _, p := range table(f.Duties, 3) {
		d.Duties = append(d.Duties, power.Duty{Step: p[0], Text: p[1], Basis: p[2]})
	}
	for _, p := range table(f.Steps, 3) {
		d.Steps = append(d.Steps, power.Step{Name: p[0], Who: p[1], Does: p[2]})
	}
	for _, p := range table(f.Liabilities, 2) {
		d.Liabilities = append(d.Liabilities, power.Liability{Text: p[0], Basis: p[1]})
	}
	for _, p := range table(f.Risks, 3) {
		d.Risks = append(d.Risks, power.Risk{Step: p[0], Text: p[1], Control: p[2]})
	}
	return d
}

// formOf writes a definition into the form.
func formOf(d *power.Definition) definitionForm {
	f := definitionForm{Code: d.Code, Main: d.Main, Name: d.Name, Kind: string(d.Kind), Department: d.Department, Unit: d.Unit, Division: d.Division,
		Supervision: d.Supervision, Discretion: d.Discretion, Note: d.Note}
	for _, l := range d.Levels {
		f.Levels = append(f.Levels, strconv.Itoa(l))
	}
	var basis, duties, steps, liabilities, risks []string
	for _, x := range d.Basis {
		basis = append(basis, row(x.Law, x.Article, x.Text))
	}
	for _, x := range d.Duties {
		duties = append(duties, row(x.Step, x.Text, x.Basis))
	}
	for _, x := range d.Steps {
		steps = append(steps, row(x.Name, x.Who, x.Does))
	}
	for _, x := range d.Liabilities {
		liabilities = append(liabilities, row(x.Text, x.Basis))
	}
	for _, x := range d.Risks {
		risks = append(risks, row(x.Step, x.Text, x.Control))
	}
	f.Basis, f.Duties, f.Steps = strings.Join(basis, "\n"), strings.Join(duties, "\n"), strings.Join(steps, "\n")
	f.Liabilities, f.Risks = strings.Join(liabilities, "\n"), strings.Join(risks, "\n")
	return f
}

// clean takes the line ends of browsers for plain ones.
func clean(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// table reads lines of n parts with bars between them, the wide bar of Chinese keyboards too. A line with fewer parts leaves the rest empty; bars
// beyond the last part belong to it. Empty lines are nothing.
func table(text string, n int) [][]string {
	var out [][]string
	for line := range strings.Lines(clean(text)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.SplitN(strings.ReplaceAll(line, "｜", "|"), "|", n)
		row := make([]string, n)
		for i, p := range parts {
			row[i] = strings.TrimSpace(p)
		}
		out = append(out, row)
	}
	return out
}

// row writes the parts of one line. A line end inside a part would begin another entry, so it becomes a space.
func row(parts ...string) string {
	for i, p := range parts {
		parts[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(parts, " | ")
}
