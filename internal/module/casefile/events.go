package casefile

// Moved tells that a case took a step. It holds keys only.
type Moved struct {
	CaseID  string `json:"case_id"`
	Number  string `json:"number"`
	Action  Action `json:"action"`
	State   State  `json:"state"`
	Version int64  `json:"version"`
	Item    string `json:"item"`  // code of the entry applied for
	Staff   bool   `json:"staff"` // an officer took it
}

// EventName implements event.Event.
func (Moved) EventName() string { return "casefile.moved" }

// Approved tells that a case was decided for the applicant: certificates are issued on it.
type Approved struct {
	CaseID string `json:"case_id"`
	Number string `json:"number"`
}

// EventName implements event.Event.
func (Approved) EventName() string { return "casefile.approved" }

// Ended tells that what a case granted has come to an end: the certificate of it ends too.
type Ended struct {
	CaseID string     `json:"case_id"`
	Number string     `json:"number"`
	Kind   EndingKind `json:"kind"`
	Paper  string     `json:"paper"` // number of the decision
}

// EventName implements event.Event.
func (Ended) EventName() string { return "casefile.ended" }

// Decided tells that a case was decided either way: how long it took is counted.
type Decided struct {
	CaseID string `json:"case_id"`
}

// EventName implements event.Event.
func (Decided) EventName() string { return "casefile.decided" }
