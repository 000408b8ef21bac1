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

// What a record's number begins with; the case's number follows.
const (
	receiptMark = "收"
	pledgeMark  = "诺"
	gapMark     = "容"
)

// recordsOf writes what follows from the record of a case alone and so needs no number of its own, no row and no seal of a decision: a receipt for each
// time something was handed in (材料接收凭证), and what the applicant promised (告知承诺书, 容缺受理承诺书).
func (s *Service) recordsOf(v *View) (out []Paper, err error) {
	p := &paperCase{c: &v.Case, entry: v.Entry, applicant: v.Applicant.Name, base: s.needs.Base}
	code, err := s.unseal(v.Case.QueryCode, v.Case.ID, "query_code")
	if err != nil {
		return nil, err
	}
	p.queryCode = string(code)
	revision := 0
	for _, e := range v.Events {
		if e.Action != Submit && e.Action != SubmitCorrection && e.Action != BringMissing {
			continue
		}
		revision++
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
	w := p.words()
	w.fields["received_at"] = e.At.In(civil.Shanghai).Format("2006年1月2日15时04分")
	w.fields["channel"] = channelWords[v.Case.Channel]
	if g := v.Entry.Guide.Pledge; g != nil {
		w.fields["pledge_text"], w.fields["pledge_basis"], w.fields["pledge_check"] = g.Text, g.Basis, g.Check
	}
	for _, m := range v.Materials {
		if m.Revision != revision {
			continue
		}
		w.lists["materials"] = append(w.lists["materials"], []string{m.Name, wayWords[m.Way]})
		if m.Way == item.WayPledge {
			w.lists["pledged"] = append(w.lists["pledged"], []string{m.Name, m.Evidence})
		}
		if due, err := civil.Parse(m.DueOn); err == nil {
			w.lists["gaps"] = append(w.lists["gaps"], []string{m.Name, due.Chinese() + "前"})
		}
	}
	for _, r := range []struct {
		kind PaperKind
		mark string
		made bool
	}{{MaterialReceipt, receiptMark, true}, {PledgeLetter, pledgeMark, revision == 1 && v.Content.Pledged}, {GapLetter, gapMark, len(w.lists["gaps"]) > 0}} {
		if !r.made {
			continue
		}
		id, number := string(r.kind), r.mark+p.c.Number
		if revision > 1 {
			id, number = id+"-"+strconv.Itoa(revision), fmt.Sprintf("%s-%d", number, revision)
		}
		day := civil.Of(e.At)
		l, err := p.letter(r.kind, w, number, day, url.Values{"number": {number}})
		if err != nil {
			return nil, err
		}
		out = append(out, Paper{ID: id, Kind: r.kind, Number: number, Title: l.Title.Text, Office: p.c.OfficeName, Body: l.Lines(), Letter: l, IssuedOn: day, At: e.At})
	}
	return out, nil
}

// The words of a record are in the language of the office.
var (
	channelWords = map[string]string{"online": "网上申报", "window": "窗口"}
	wayWords     = map[string]string{item.WayUpload: "上传", item.WayForm: "在线填表生成", item.WayCertificate: "电子证照", item.WaySharing: "数据共享核验",
		item.WayReuse: "材料库复用", item.WayPledge: "告知承诺", item.WayLater: "容缺后补"}
)

// caseOfRecord reads the number of a record: which kind it is, of which case. ok is false for any other text.
func caseOfRecord(number string) (kind PaperKind, caseNumber string, ok bool) {
	for mark, kind := range map[string]PaperKind{receiptMark: MaterialReceipt, pledgeMark: PledgeLetter, gapMark: GapLetter} {
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
