package cert

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/sheet"
)

// What can be wrong with a row of a table of paper certificates (存量纸质证照). Rows with warnings are taken over, the others are not.
const (
	FaultRow        = "row"      // it can't be read: encoding, quotes, number of cells
	FaultNumber     = "number"   // no number, or one of characters no number has
	FaultNumberRule = "rule"     // the number does not follow the type's rule
	FaultCheck      = "check"    // the check character of the number is wrong
	FaultHolder     = "holder"   // no name
	FaultHolderCode = "code"     // the holder's number has a wrong check character
	FaultDate       = "date"     // a date that is none, or in another order
	FaultFuture     = "future"   // issued after today
	FaultTwice      = "twice"    // the number stands in an earlier row
	FaultThere      = "there"    // it was taken over before, or is in the register
	FaultMissing    = "missing"  // a field the type requires is empty, and it was to be issued
	FaultOwnNumber  = "own"      // certificates of the type are numbered here
	FaultHolderName = "name"     // the holder's number belongs to another name
	WarnIncomplete  = "required" // a field the type requires today is empty; old books lack some
	WarnUnknown     = "unknown"  // nobody with the holder's number has an account
	WarnExpired     = "expired"  // it is no longer in force
	WarnNoHolder    = "no_code"  // the holder's number is missing: nobody will find it in a wallet
	mostPaperRows   = 200_000    // of one file
	mostFaultsKept  = 200        // told one by one; all are counted
	mostPaperFile   = 16 << 20   // bytes
	longestPaper    = 500        // characters of a cell
	columnNumber    = "number"   // columns besides the type's own fields
	columnHolder    = "holder"   //
	columnCode      = "holder_number"
	columnIssued    = "issued_on"
	columnFrom      = "valid_from"
	columnUntil     = "valid_until"
)

var warnings = []string{WarnIncomplete, WarnUnknown, WarnExpired, WarnNoHolder}

// PaperFault is what is wrong with a row. It never says what stands there.
type PaperFault struct {
	Row    int    `json:"row"` // as people count them: the row of names is 1
	Kind   string `json:"kind"`
	Column string `json:"column,omitempty"`
}

// PaperReport is what was found in a table, before anything of it is taken over.
type PaperReport struct {
	Rows     int            `json:"rows"`
	Good     int            `json:"good"`
	Counts   map[string]int `json:"counts"`
	Faults   []PaperFault   `json:"faults"` // the first of them
	Unknown  []string       `json:"unknown_columns,omitempty"`
	Encoding string         `json:"encoding"`
}

func (r *PaperReport) add(f PaperFault) {
	r.Counts[f.Kind]++
	if len(r.Faults) < mostFaultsKept {
		r.Faults = append(r.Faults, f)
	}
}

// paperRow is a row that may be taken over.
type paperRow struct {
	row                int
	number             string
	holder, code, kind string // kind of the holder: person, company, "" unknown
	issued, from       civil.Date
	until              civil.Date
	values             map[string]string
}

var errColumns = errors.New("the table lacks the columns number, holder, issued_on")

// readPaper reads a table and hands on each row with what is wrong with it. Reading ends early when each returns an error.
func readPaper(content []byte, t Type, today civil.Date, each func(p paperRow, faults []PaperFault) error) (unknown []string, encoding string, err error) {
	facts, err := sheet.Examine(bytes.NewReader(content))
	if err != nil {
		return nil, "", err
	}
	r, err := sheet.NewReader(bytes.NewReader(content), sheet.CSV, facts.Encoding, nil)
	if err != nil {
		return nil, "", errColumns
	}
	columns := r.Columns()
	for _, want := range []string{columnNumber, columnHolder, columnIssued} {
		if !slices.Contains(columns, want) {
			return nil, "", errColumns
		}
	}
	for _, c := range columns {
		if !slices.Contains([]string{columnNumber, columnHolder, columnCode, columnIssued, columnFrom, columnUntil}, c) &&
			!slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Key == c }) {
			unknown = append(unknown, c)
		}
	}
	for n := 0; ; n++ {
		line, err := r.Next()
		var broken *sheet.Problem
		switch {
		case errors.Is(err, io.EOF):
			return unknown, string(facts.Encoding), nil
		case n == mostPaperRows:
			return unknown, string(facts.Encoding), errTooMany
		case errors.As(err, &broken):
			err = each(paperRow{row: broken.Row}, []PaperFault{{Row: broken.Row, Kind: FaultRow}})
		case err == nil:
			err = each(checkPaper(line, columns, t, today))
		}
		if err != nil {
			return unknown, string(facts.Encoding), err
		}
	}
}

var errTooMany = errors.New("the table has too many rows")

// checkPaper judges one row by itself.
func checkPaper(line sheet.Row, columns []string, t Type, today civil.Date) (p paperRow, faults []PaperFault) {
	p = paperRow{row: line.Number, values: map[string]string{}}
	wrong := func(kind, column string) { faults = append(faults, PaperFault{line.Number, kind, column}) }
	cells := map[string]string{}
	for i, c := range columns {
		if i < len(line.Cells) {
			cells[c] = strings.TrimSpace(line.Cells[i])
		}
		if utf8.RuneCountInString(cells[c]) > longestPaper || strings.ContainsFunc(cells[c], func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
			wrong(FaultRow, c)
			return p, faults
		}
	}
	p.number, p.holder = strings.ToUpper(cells[columnNumber]), cells[columnHolder]
	if kind := t.Number.judge(p.number); kind != "" {
		wrong(kind, columnNumber)
	}
	if p.holder == "" {
		wrong(FaultHolder, columnHolder)
	}
	p.holderCode(cells[columnCode], t.Holder, wrong)
	p.dates(cells, today, wrong)
	missing := ""
	for _, f := range t.Fields {
		v := cells[f.Key]
		switch {
		case f.Key == columnNumber || f.Key == columnHolder || f.Key == columnCode:
		case v != "":
			p.values[f.Key] = v
		case f.Required && missing == "" && strings.HasPrefix(f.From[0], "answers."):
			missing = f.Key
		}
	}
	if missing != "" {
		wrong(WarnIncomplete, missing) // once a row, of the first
	}
	return p, faults
}

// holderCode reads whose it is: by the check characters a code is a company's or a person's.
func (p *paperRow) holderCode(text, kind string, wrong func(kind, column string)) {
	if text == "" {
		wrong(WarnNoHolder, columnCode)
		return
	}
	if c, err := uscc.Parse(text); err == nil && kind != VerifierPerson {
		p.code, p.kind = c.String(), VerifierCompany
		return
	}
	if id, err := personid.Parse(text); err == nil && kind != VerifierCompany {
		p.code, p.kind = id.Reveal(), VerifierPerson
		return
	}
	wrong(FaultHolderCode, columnCode)
}

func (p *paperRow) dates(cells map[string]string, today civil.Date, wrong func(kind, column string)) {
	for _, d := range []struct {
		column string
		into   *civil.Date
	}{{columnIssued, &p.issued}, {columnFrom, &p.from}, {columnUntil, &p.until}} {
		text := cells[d.column]
		if text == "" || text == "长期" {
			continue
		}
		day, err := paperDate(text)
		if err != nil {
			wrong(FaultDate, d.column)
			return
		}
		*d.into = day
	}
	if p.from.IsZero() {
		p.from = p.issued
	}
	switch {
	case p.issued.IsZero():
		wrong(FaultDate, columnIssued)
	case p.issued.After(today):
		wrong(FaultFuture, columnIssued)
	case !p.until.IsZero() && p.until.Before(p.from):
		wrong(FaultDate, columnUntil)
	case !p.until.IsZero() && p.until.Before(today):
		wrong(WarnExpired, columnUntil)
	}
}

// paperDate reads a day as books and spreadsheets write it: 2019-03-05, 2019/3/5, 2019.3.5, 20190305, 2019年3月5日.
func paperDate(text string) (civil.Date, error) {
	text = strings.TrimSuffix(strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "").Replace(text), "-")
	if len(text) == 8 && strings.Trim(text, "0123456789") == "" {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	parts := strings.Split(text, "-")
	for i, p := range parts {
		if i > 0 && len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	return civil.Parse(strings.Join(parts, "-"))
}

// judge tells what is wrong with a number that was not given by us: "" for nothing, or one of the faults.
func (n Number) judge(number string) string {
	if length := utf8.RuneCountInString(number); length < 2 || length > 60 || strings.ContainsAny(number, " \t\n") {
		return FaultNumber
	}
	body := number
	switch n.Check {
	case checkMod1110:
		body = number[:len(number)-1]
		if closing, err := closed(body, n.Check); err != nil || closing != number {
			return FaultCheck
		}
	case checkUSCC:
		if _, err := uscc.Parse(number); err != nil {
			return FaultCheck
		}
		body = number[:len(number)-2]
	}
	if n.matches(body) {
		return ""
	}
	return FaultNumberRule
}

// matches tells whether a number could come from the parts: texts and serials as they are, anything of one character or more for a fact of the case.
func (n Number) matches(body string) bool {
	free := false // a fact stands before: its length is not known
	for i, p := range n.Parts {
		switch {
		case p.Text != "" && !free:
			rest, ok := strings.CutPrefix(body, p.Text)
			if !ok {
				return false
			}
			body = rest
		case p.Text != "":
			at := strings.Index(body, p.Text)
			if at < 1 {
				return false
			}
			body, free = body[at+len(p.Text):], false
		case p.From != "":
			free = true
		default:
			from := 0
			if free {
				from = len(body) - p.Serial - len(tailText(n.Parts[i+1:]))
			}
			if from < 0 || len(body) < from+p.Serial || strings.Trim(body[from:from+p.Serial], "0123456789") != "" {
				return false
			}
			body, free = body[from+p.Serial:], false
		}
	}
	return free && body != "" || !free && body == ""
}

func tailText(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
