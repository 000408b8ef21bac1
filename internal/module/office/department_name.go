package office

// DepartmentName returns what the departments with a two-digit code are called, in the words of the province's own; "" for an unknown code.
func DepartmentName(code string) string {
	for _, d := range departments {
		if d.code != code {
			continue
		}
		for _, name := range []string{d.province, d.prefecture, d.county} {
			if name != "" {
				return name
			}
		}
	}
	return ""
}
