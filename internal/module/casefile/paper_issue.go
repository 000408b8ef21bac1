package casefile

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// errDrafted ends a step that only wants to see its document.
var errDrafted = errors.New("the document is drafted")

// issue writes a document with the next number of its office, kind and year. A step that is only looked at keeps the letter and goes no further.
func (st *step) issue(ctx context.Context, tx *db.Tx, kind PaperKind, w words) (number string, err error) {
	c, s := st.c, st.s
	day, id := civil.Of(tx.Now), db.NewKey()
	p := &paperCase{c: c, entry: st.entry, applicant: st.applicant, base: s.needs.Base}
	code, err := s.unseal(c.QueryCode, c.ID, "query_code")
	if err != nil {
		return "", err
	}
	p.queryCode = string(code)
	if st.looking {
		l, err := p.letter(kind, w, p.series(kind, day)+"第　　　号（签发时编号）", day, nil)
		if err != nil {
			return "", err
		}
		l.Watermark = "预览"
		st.draft = &Paper{Kind: kind, Title: l.Title.Text, Office: c.OfficeName, Body: l.Lines(), Letter: l, IssuedOn: day}
		return "", errDrafted
	}
	number, digest, err := s.put(ctx, tx, printing{paperCase: p, kind: kind, words: w, id: id, scan: true})
	st.data["paper"], st.data["paper_digest"] = number, digest
	return number, err
}

// printing is one document that is about to be numbered and kept.
type printing struct {
	*paperCase
	kind  PaperKind
	words words
	id    string
	scan  bool // it bears the code and the words by which the applicant has it verified
}

// put gives a document its number and keeps it.
func (s *Service) put(ctx context.Context, tx *db.Tx, p printing) (number, digest string, err error) {
	day := civil.Of(tx.Now)
	head := p.series(p.kind, day)
	n, err := next(ctx, tx, "paper/"+head)
	if err != nil {
		return "", "", err
	}
	number = fmt.Sprintf("%s第%04d号", head, n)
	var ref url.Values
	if p.scan {
		ref = url.Values{"paper": {p.id}}
	}
	l, err := p.letter(p.kind, p.words, number, day, ref)
	if err != nil {
		return "", "", err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return "", "", fmt.Errorf("writing down a document: %w", err)
	}
	sealed, err := s.needs.Keys.Seal(text, aad(p.c.ID, "paper"))
	if err != nil {
		return "", "", fmt.Errorf("sealing a document: %w", err)
	}
	sum := sm.Sum(text)
	err = tx.Later(ctx, `INSERT INTO casefile_paper (id, case_id, kind, number, title, office, body, issued_on, at, template, digest) VALUES (`+db.In(11, 1)+`)`,
		p.id, p.c.ID, string(p.kind), number, l.Title.Text, p.c.OfficeName, sealed, day, tx.Now, paperForms[p.kind].template(), sum[:])
	if err != nil {
		return "", "", fmt.Errorf("storing a document: %w", err)
	}
	return number, hex.EncodeToString(sum[:]), nil
}

// series is what the number of a document begins with: not the office's key, for two townships may bear one name, and offices are renamed.
func (p *paperCase) series(kind PaperKind, day civil.Date) string {
	return fmt.Sprintf("%s%s〔%d〕", p.c.OfficeName, paperForms[kind].head(p.permit()).Series, day.Year())
}

// words are those of the step's case, with what was said.
func (st *step) words() words {
	w := (&paperCase{c: st.c, entry: st.entry, applicant: st.applicant}).words()
	w.fields["comment"], w.fields["today"] = st.in.Comment, st.today.Chinese()
	if h := st.hearing; h.under(HearingConfirmed) { // the decision follows its record (第四十八条第二款)
		w.fields["hearing_record"], w.fields["held_on"] = h.Record, h.HeldOn.Chinese()
	}
	return w
}

func (st *step) acceptanceBody() words {
	c, w := st.c, st.words()
	w.fields["accepted_on"], w.fields["promise_due"] = c.AcceptedOn.Chinese(), c.PromiseDue.Chinese()
	w.fields["legal_span"], w.fields["promise_span"] = span(c.LegalDays, c.LegalUnit), span(c.PromiseDays, c.PromiseUnit)
	return w
}

func (st *step) deemedBody() words {
	w := st.acceptanceBody()
	w.fields["deemed"] = "1"
	return w
}

func (st *step) correctionBody() words {
	w := st.words()
	for _, a := range st.in.Asked {
		w.lists["asked"] = append(w.lists["asked"], []string{a.Name, a.Text})
	}
	return w
}

// refusedBody is of what goes against the applicant: he is told where to turn (行政复议法, 行政诉讼法).
func (st *step) refusedBody() words {
	w := st.words()
	w.fields["government"], w.fields["court"] = st.s.needs.Offices.Remedies(st.c.OfficePath)
	return w
}

func (st *step) procedureBody(i Interval) words {
	w := st.words()
	w.fields["from_on"], w.fields["procedure"], w.fields["procedure_basis"] = i.FromOn.Chinese(), i.Name, i.Basis
	w.fields["days"], w.fields["limit_on"] = strconv.Itoa(i.Days), i.LimitOn.Chinese()
	if h := HearingOf(st.calendar, i); !h.AskBy.IsZero() {
		w.fields["ask_by"], w.fields["hold_by"] = h.AskBy.Chinese(), h.HoldBy.Chinese()
	}
	return w
}

func (st *step) extensionBody(days int) words {
	w := st.words()
	w.fields["days"], w.fields["promise_due"] = strconv.Itoa(days), st.c.PromiseDue.Chinese()
	if Joint(st.entry) {
		w.fields["joint"] = "1"
	}
	return w
}

// deliveryBody lists what is delivered, with when it was opened if that was before.
func (st *step) deliveryBody(way string) words {
	w := st.words()
	w.fields["way"] = deliveryWays[way]
	if way != "online" {
		w.fields["on_paper"] = "1"
	}
	for _, d := range st.decisions {
		read := "尚未查阅"
		if !d.ReadAt.IsZero() {
			read = d.ReadAt.In(civil.Shanghai).Format("2006-01-02 15:04")
		}
		w.lists["decisions"] = append(w.lists["decisions"], []string{d.Title, d.Number, read})
	}
	return w
}

// deliveryWays are how decisions reach people.
var deliveryWays = map[string]string{"online": "电子送达", "window": "窗口领取", "post": "邮寄送达"}

// letterOf turns a document of before, which is lines of text, into a letter.
func letterOf(p Paper, lines []string) paper.Letter {
	l := paper.Letter{Office: paper.Pair{Text: p.Office}, Title: paper.Pair{Text: p.Title}, Number: p.Number, Signer: p.Office, Date: p.IssuedOn.Chinese(), Seal: sealPlace}
	for _, text := range lines {
		if text != "" {
			l.Blocks = append(l.Blocks, paper.Block{Text: text})
		}
	}
	return l
}
