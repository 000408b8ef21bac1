package casefile

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
		a.Number = hide(a.Number, 4)
	}
	a.Phone = hide(a.Phone, 3)
	return a
}

// hide keeps the first few characters and the last four of a number; of a short one it keeps nothing.
func hide(number string, first int) string {
	out, last := []byte(number), len(number)-4
	if len(out) < first+6 {
		first, last = 0, len(out)
	}
	for i := first; i < last; i++ {
		out[i] = '*'
	}
	return string(out)
}
