package design

// SheetParams are a page to be printed on A4 and given away or filled by hand; see [Sheet]. Its children are its content.
type SheetParams struct {
	Title  string // the page's only <h1>
	Office string // who gives it away, above the title
	Number string // printed at the top right
	Date   string
	Mark   string // a watermark across it: 示例; empty for none
	QR     *SheetQR
	Foot   string // small print at the bottom
}

// SheetQR is a code that leads from the paper to the page it came from.
type SheetQR struct {
	Path string // SVG path data of the dark modules, one unit a module
	Size int    // modules a side, quiet zone included
	Text string // says where it leads
}

// SheetItem is a line with a box to tick; see [SheetChecks].
type SheetItem struct {
	Text string
	Note string
}

// SheetField is one field of a paper form; see [SheetFields].
type SheetField struct {
	Title    string
	Hint     string
	Value    string   // printed when the field is filled; empty leaves room to write
	Options  []string // boxes to tick instead of room to write
	Chosen   []string // those ticked
	Lines    int      // of room to write; 0 for one
	Heading  bool     // the title of a group: no room at all
	Apart    bool     // stands apart from the field above: a group has ended
	Required bool
	Table    *SheetTable // a list: columns to fill
}

// SheetTable is a list on a paper form: a head and rows to fill.
type SheetTable struct {
	Columns []string
	Rows    [][]string // filled ones; empty cells leave room
}

func (f SheetField) lines() int { return max(1, f.Lines) }

func (f SheetField) chosen(option string) bool {
	for _, c := range f.Chosen {
		if c == option {
			return true
		}
	}
	return false
}
