package workflowweb

import (
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/process"
)

// processForm is the process's own properties: its name and variables.
type processForm struct {
	Name      string
	Variables string // lines "name = type" or "name = type, form.field", with a third word for what is personal
	Errors    design.Errors
}

// personal is the word for a variable that may hold what names or reaches a person; the second is what people may write as well.
var personal = [2]string{"personal", "个人信息"}

func ownForm(p *process.Process) *processForm {
	var lines []string
	for _, v := range p.Variables {
		line := v.Name + " = " + v.Type
		if v.Form != "" || v.Field != "" {
			line += ", " + v.Form + "." + v.Field
		}
		if v.Personal {
			line += ", " + personal[0]
		}
		lines = append(lines, line)
	}
	return &processForm{Name: p.Name, Variables: strings.Join(lines, "\n")}
}

func ownSent(r *http.Request) *processForm {
	return &processForm{Name: strings.TrimSpace(r.PostFormValue("name")), Variables: strings.ReplaceAll(r.PostFormValue("variables"), "\r\n", "\n")}
}

// variables reads the lines in their order; a wrong name or type is refused where the source is changed.
func (f *processForm) variables() []process.Variable {
	var out []process.Variable
	for _, line := range strings.Split(f.Variables, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, said, _ := strings.Cut(line, "=")
		v := process.Variable{Name: strings.TrimSpace(name)}
		for i, part := range strings.Split(strings.ReplaceAll(said, "，", ","), ",") {
			switch part = strings.TrimSpace(part); {
			case i == 0:
				v.Type = part
			case part == personal[0] || part == personal[1]:
				v.Personal = true
			default:
				v.Form, v.Field, _ = strings.Cut(part, ".")
			}
		}
		if v.Type == "" {
			v.Type = "string"
		}
		out = append(out, v)
	}
	return out
}
