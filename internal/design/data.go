package design

import "github.com/a-h/templ"

// Column is the head of a table's column.
type Column struct {
	Text   string
	Number bool   // right aligned
	Hidden bool   // the head is for screen readers only (actions)
	Sort   string // address that sorts by it; empty for none
	Sorted string // "ascending" or "descending" if the table is sorted by it
	Extra  bool   // hidden in 长者模式
}

// Cell is one cell: a text, or a component.
type Cell struct {
	Text string
	Href string
	Note string // a second, smaller line
	View templ.Component
}

// Row is one row of a table.
type Row struct {
	Cells []Cell
	Tone  Tone // marks the row's edge: a case that is nearly due
}

// TableParams show records; see [Table]. On a phone each row becomes a card and the heads become labels.
type TableParams struct {
	Caption  string // says what the table shows; read aloud, shown unless HideName
	HideName bool
	Columns  []Column
	Rows     []Row
	Empty    string // what to say when there are no rows
	Pager    *PagerParams
	First    bool // the first cell of a row is its heading
	Matrix   bool // cells of one kind, compared along and across: on a phone a row's cells stand side by side under its heading, each below its column's name
}

// PagerParams lead to the neighbouring pages of a keyset-paged list; see [Pager].
type PagerParams struct {
	Label string // names it where a page has several lists
	First string // address; empty leaves the link out
	Prev  string
	Next  string
	Note  string // "每页 20 条"
}

// TabsParams are views of one thing, each with its own address; see [Tabs].
type TabsParams struct {
	Label string
	Tabs  []Link
}

// BadgeParams is a state in one or two words; see [Badge].
type BadgeParams struct {
	Text string
	Tone Tone
	Icon string
}

// CaseTone returns the tone of a case's state, the same on every page.
func CaseTone(state string) Tone {
	switch state {
	case "draft", "withdrawn":
		return Muted
	case "submitted", "accepted":
		return Info
	case "correcting", "suspended":
		return Warn
	case "approved", "delivered":
		return Good
	case "refused", "rejected":
		return Bad
	}
	return Neutral
}

// EmptyParams say that there is nothing, and what to do about it; see [Empty].
type EmptyParams struct {
	Title  string
	Text   string
	Icon   string
	Action *Link
}

// SummaryRow is one fact.
type SummaryRow struct {
	Key    string
	Value  string
	Hint   string
	View   templ.Component // instead of Value
	Action *Link           // "修改"; its text is completed by Key for screen readers
	Copy   bool            // a button copies the value, when scripts run
}

// SummaryListParams show facts as key and value; see [SummaryList].
type SummaryListParams struct {
	Title string
	Rows  []SummaryRow
	Plain bool // without lines between the rows
	Level int  // of its heading, 3 (the zero value's meaning) or 2 and 4
}

// FileItem is a file handed in or to take away.
type FileItem struct {
	Name   string
	Href   string
	Kind   string // "PDF"
	Size   int64  // bytes; 0 leaves it out
	Note   string
	Badge  *BadgeParams
	Remove *ButtonParams // put the list inside a form
}

// FileListParams show files; see [FileList].
type FileListParams struct {
	Label string
	Files []FileItem
	Empty string
}

// Stat is one figure.
type Stat struct {
	Label string
	Value string
	Unit  string
	Note  string
	Tone  Tone
	Href  string
	Icon  string
}

// StatCardsParams show a few figures; see [StatCards].
type StatCardsParams struct {
	Label string
	Stats []Stat
}

// CheckItem is one thing that was checked.
type CheckItem struct {
	Name   string
	OK     bool
	Silent bool // there was nothing of the kind to check; OK is then of no matter
	Detail string
}

// ChecksParams show the outcome of a verification item by item; see [Checks].
type ChecksParams struct {
	Label string
	Items []CheckItem
}
