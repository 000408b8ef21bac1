package cert

// Issued tells that a certificate came into force. It holds keys only.
type Issued struct {
	Identifier string `json:"identifier"`
	CaseNumber string `json:"case_number"`
}

// EventName implements event.Event.
func (Issued) EventName() string { return "cert.issued" }

// Notice tells a holder something: a line of the locales, and where to go on.
type Notice struct {
	Subject string
	Key     string
	Args    []string
	Link    string // a path of ours
}
