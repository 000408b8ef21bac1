package casefile

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
)

// What a record's number begins with; the case's number follows. Promises are numbered by their office today; those of before have the case's number.
const (
	receiptMark = "收"
	pledgeMark  = "诺"
	gapMark     = "容"
)

// receivedAs is what the receipt of a hand-in says that may change later. It rests with what was handed in, inside the same sealed text: a receipt costs a
// submission neither a row nor a column nor a number of a series, and says for ever what it said on its day. Materials, time and item never change.
type receivedAs struct {
	Applicant string `json:"applicant"` // his name
	OfficeID  string `json:"office_id"`
	Office    string `json:"office"`   // its name
	Template  string `json:"template"` // form of the receipt
}

// receiving is what is kept of who hands in, and where.
func receiving(applicant, officeID, office string) *receivedAs {
	return &receivedAs{applicant, officeID, office, paperForms[MaterialReceipt].template()}
}

// handing is one hand-in as it rests: what the applicant said, and how its receipt reads; nil for one of before that was kept.
type handing struct {
	Content
	Received *receivedAs `json:"received,omitempty"`
}

// recordsOf writes what follows from the record of a case alone and so needs no row: a receipt for each time something was handed in (材料接收凭证), and of hand-ins
// from before promises were kept, what the applicant promised (告知承诺书, 容缺受理承诺书).
func (s *Service) recordsOf(v *View) (out []Paper, err error) {
	code, err := s.unseal(v.Case.QueryCode, v.Case.ID, "query_code")
	if err != nil {
		return nil, err
	}
	revision := 0
	for _, e := range v.Events {
		if e.Action != Submit && e.Action != SubmitCorrection && e.Action != BringMissing {
			continue
		}
		revision++
		p := &paperCase{c: &v.Case, entry: v.Entry, applicant: v.Applicant.Name, base: s.needs.Base, queryCode: string(code)}
		list, err := p.records(v, revision, e)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// records are those of one hand-in.
func (p *paperCase) records(v *View, revision int, e Event) (out []Paper, err error) {
	form := paperForms[MaterialReceipt]
	var as *receivedAs
	if revision <= len(v.handed) {
		as = v.handed[revision-1]
	}
	if as != nil {
		c := *p.c
		c.OfficeID, c.OfficeName = as.OfficeID, as.Office
		p.c, p.applicant = &c, as.Applicant
		if kept := everyForm[as.Template]; kept != nil {
			form = kept
		}
	}
	var materials []Material
	for _, m := range v.Materials {
		if m.Revision == revision {
			materials = append(materials, m)
		}
	}
	w := p.handedWords(materials, e.At)
	forms := []*paperForm{form}
	if as == nil {
		for _, kind := range promisesOf(w, revision == 1 && v.Content.Pledged) {
			forms = append(forms, everyForm[string(kind)+".1"])
		}
	}
	for _, f := range forms {
		id, number := string(f.Kind), recordMarks[f.Kind]+p.c.Number
		if revision > 1 {
			id, number = id+"-"+strconv.Itoa(revision), fmt.Sprintf("%s-%d", number, revision)
		}
		day := civil.Of(e.At)
		l, err := p.fill(f, w, number, day, url.Values{"number": {number}})
		if err != nil {
			return nil, err
		}
		out = append(out, Paper{ID: id, Kind: f.Kind, Number: number, Title: l.Title.Text, Office: p.c.OfficeName, Body: l.Lines(), Letter: l, IssuedOn: day, At: e.At})
	}
	return out, nil
}

var recordMarks = map[PaperKind]string{MaterialReceipt: receiptMark, PledgeLetter: pledgeMark, GapLetter: gapMark}

// The words of a record are in the language of the office.
var (
	channelWords = map[string]string{"online": "网上申报", "window": "窗口"}
	wayWords     = map[string]string{item.WayUpload: "上传", item.WayForm: "在线填表生成", item.WayCertificate: "电子证照", item.WaySharing: "数据共享核验",
		item.WayReuse: "材料库复用", item.WayPledge: "告知承诺", item.WayLater: "容缺后补"}
)

// caseOfRecord reads the number of a record: which kind it is, of which case. ok is false for any other text.
func caseOfRecord(number string) (kind PaperKind, caseNumber string, ok bool) {
	for kind, mark := range recordMarks {
		rest, found := strings.CutPrefix(number, mark)
		digits, _, _ := strings.Cut(rest, "-")
		if found && allDigits(digits) {
			return kind, digits, true
		}
	}
	return "", "", false
}

// typedNumber brings the number of a document into the form it was given: people type other brackets, wide digits and spaces.
func typedNumber(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '　' || r == '\t':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case strings.ContainsRune("[［(（【", r):
			return '〔'
		case strings.ContainsRune("]］)）】", r):
			return '〕'
		case r == '－' || r == '—':
			return '-'
		}
		return r
	}, text)
	return text
}

// isPaperNumber tells a document's number from other texts an officer may search for.
func isPaperNumber(text string) bool {
	_, _, record := caseOfRecord(text)
	return record || strings.HasSuffix(text, "号") && strings.Contains(text, "〔")
}

// errNoPaper is what is told of a document that is not there.
var errNoPaper error = fault.New(fault.NotFound, "casefile.no_paper")
