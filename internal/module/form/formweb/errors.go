package formweb

import (
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
)

// Named gives each error the title of its field, so that a summary of several says what each is about. Without a form there is nothing to name.
func Named(d *form.Definition, list design.Errors) design.Errors {
	if d == nil {
		return list
	}
	for i, e := range list {
		if path, ok := strings.CutPrefix(e.Name, "answers."); ok {
			list[i].Label = titleAt(d.Fields, strings.Split(path, "."))
		}
	}
	return list
}

// titleAt is the title of the field a path leads to, after those of the groups and entries it stands in: "食品安全管理人员 1 · 姓名".
func titleAt(fields []form.Field, path []string) string {
	for _, f := range fields {
		if f.Name != path[0] {
			continue
		}
		title, rest := f.Title, path[1:]
		if f.Kind == form.List && len(rest) > 0 {
			if n, err := strconv.Atoi(rest[0]); err == nil {
				title, rest = title+" "+strconv.Itoa(n+1), rest[1:]
			}
		}
		if len(rest) == 0 {
			return title
		}
		if inner := titleAt(f.Fields, rest); inner != "" {
			return title + " · " + inner
		}
		return title
	}
	return ""
}
