package workflow

// LetterMade tells that a task brought a letter or record into being: an opinion request, a record of a joint inspection or expert review. Its text is
// in the history of the task, [Tasks.Document] returns it. It holds keys only.
type LetterMade struct {
	Event   string   `json:"event"` // id of the line of history
	Subject string   `json:"subject"`
	Kind    SideKind `json:"kind"`
}

// EventName implements event.Event.
func (LetterMade) EventName() string { return "workflow.letter_made" }
