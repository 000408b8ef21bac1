package design

// LiveParams are a part of a page that follows what happens; see [Live].
type LiveParams struct {
	ID     string // of the part: the same on the page that is fetched anew
	Events string // address of a stream that says "changed", with a version
	Seen   int64  // the version this page shows: the stream's first word may be a later one
	Polite bool   // what changes is read aloud by screen readers
}

// CallBoardParams are what a screen in a hall shows; see [CallBoard].
type CallBoardParams struct {
	Label  string
	Rows   []CallRow
	Empty  string
	Number string // head of the numbers
	Window string // head of the windows
}

// CallRow is a number that was called.
type CallRow struct {
	Number string
	Window string
	Fresh  bool   // called just now
	Spoken string // what is said aloud once, where the browser can speak; Key tells one call from the next
	Key    string
}

// TurnParams are a number in a queue, as its holder sees it; see [TurnPanel].
type TurnParams struct {
	Number string
	Label  string
	State  string
	Tone   Tone
	Note   string
}
