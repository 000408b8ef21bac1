package casefile

import "xiangyun/internal/module/form"

// Applicant is who applies, in clear.
type Applicant struct {
	ID             string
	Kind           string // person, company
	Name           string
	Shown          string // the name as others may read it
	Number         string
	Phone          string
	Representative string
	Address        string
	Region         string // 12 digits; may be empty
	Level          int
}

// masked hides what officers need not see to decide: a company's code is public, a person's number and every phone are not.
func masked(a Applicant) Applicant {
	if a.Kind != "company" {
		a.Number = form.MaskNumber(a.Number)
	}
	a.Phone = form.MaskPhone(a.Phone)
	return a
}
