package workflow

// LetterKind says what a letter or record is.
type LetterKind string

// The kinds. What moves a task within an office, or to one that is as near (转办、委派), needs no letter.
const (
	OpinionLetter    LetterKind = "opinion"    // 征求意见函
	InspectionRecord LetterKind = "inspection" // 联合踏勘记录
	ExpertRecord     LetterKind = "expert"     // 专家评审记录
	ForwardLetter    LetterKind = "forward"    // 转报函
	UrgeLetter       LetterKind = "urge"       // 催办单
)

// LetterMade tells that a task brought a letter or record into being; [Service.Letter] says what it says. It holds keys only.
type LetterMade struct {
	Event   string     `json:"event"` // id of the line of history
	Subject string     `json:"subject"`
	Kind    LetterKind `json:"kind"`
	Ref     string     `json:"ref,omitempty"` // id of the request for opinions, or of the gathering
}

// EventName implements event.Event.
func (LetterMade) EventName() string { return "workflow.letter_made" }
