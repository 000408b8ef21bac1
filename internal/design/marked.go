package design

// LineMark says what became of a line.
type LineMark string

// The marks of a line.
const (
	LineKept    LineMark = ""
	LineRemoved LineMark = "removed"
	LineAdded   LineMark = "added"
)

// MarkedLine is one line of a text that was changed.
type MarkedLine struct {
	Text string
	Mark LineMark
}

// MarkedLinesParams show what was changed in a text; see [MarkedLines]. It stands in a cell of a [Table] as a rule, before and after side by side.
type MarkedLinesParams struct {
	Lines []MarkedLine
	Empty string // what to say of a text that is not there; "—" when empty
}
