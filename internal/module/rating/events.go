package rating

// Given tells that a case was rated. It says neither labels nor words.
type Given struct {
	CaseNumber   string `json:"case_number"`
	Satisfaction int    `json:"satisfaction"` // 5 非常满意 … 1 非常不满意
}

// EventName implements event.Event.
func (Given) EventName() string { return "rating.given" }
