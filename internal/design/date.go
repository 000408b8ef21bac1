package design

import (
	"net/url"
	"strings"
)

// DateValue reads what a [DateParts] field sent: "2026-03-05" when the three parts are numbers, what was typed joined by "-"
// otherwise, and nothing when all three are empty. It does not say whether such a day exists.
func DateValue(form url.Values, name string) string {
	parts := []string{form.Get(name + ".year"), form.Get(name + ".month"), form.Get(name + ".day")}
	if strings.Join(parts, "") == "" {
		return ""
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
		if i > 0 && len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return strings.Join(parts, "-")
}

// dateParts splits a value made by [DateValue] again, so that a refused date is shown as it was typed.
func dateParts(value string) [3]string {
	var p [3]string
	for i, s := range strings.SplitN(value, "-", 3) {
		p[i] = s
	}
	return p
}
