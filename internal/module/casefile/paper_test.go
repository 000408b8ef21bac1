package casefile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/tooltest"
)

// flat is a text without spaces and ends of lines.
func flat(text string) string {
	return strings.NewReplacer("\n", "", "\f", "", " ", "", "　", "").Replace(text)
}

// textOfPDF is what readers copy from a PDF, flat.
func textOfPDF(t *testing.T, content []byte) string {
	t.Helper()
	program := tooltest.Need(t, "pdftotext", "poppler-utils")
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return flat(string(out))
}

// rare is a name with what faces lack: one character only the sans has, one nobody has.
const rare = "长春市南关区王𬱖𰻝\U00031350记餐饮管理有限责任公司（特殊普通合伙）人民大街第一分公司"

// TestEveryDocument makes a document of every kind with the longest and rarest values and reads it back from both formats.
func TestEveryDocument(t *testing.T) {
	h := casefiletest.Open(t)
	who := h.People[casefiletest.CompanyID]
	who.Name = rare
	h.People[casefiletest.CompanyID] = who
	long := strings.TrimSpace(strings.Repeat("经现场核查，经营场所的布局与申报材料不一致。", 90))
	a := h.FoodApplication(t, casefiletest.Company)
	a.Pledged = true
	first := h.Submit(t, casefiletest.Company, a).Number
	yes := func(number string, by actor.Actor, action casefile.Action, change ...func(*casefile.Step)) {
		t.Helper()
		if err := act(h, by, number, action, append(change, saying(long))...); err != nil {
			t.Fatal(err)
		}
	}
	yes(first, casefiletest.Window, casefile.Accept)
	yes(first, casefiletest.Reviewer, casefile.OfferHearing)
	yes(first, casefiletest.Reviewer, casefile.Suspend, func(in *casefile.Step) { in.Procedure, in.Days = "inspection", 3 })
	yes(first, casefiletest.Reviewer, casefile.Prolong, func(in *casefile.Step) { in.Days = 2 })
	yes(first, casefiletest.Reviewer, casefile.Resume)
	yes(first, casefiletest.Chief, casefile.Extend)
	yes(first, casefiletest.Reviewer, casefile.Opine)
	yes(first, casefiletest.Reviewer, casefile.Opine)
	h.Exec(t, `UPDATE casefile_hearing SET offered_on = $1`, civil.MustParse("2026-01-05")) // nobody asked in time
	yes(first, casefiletest.Chief, casefile.Approve)
	yes(first, casefiletest.Window, casefile.Deliver, func(in *casefile.Step) { in.Way = "window" })
	h.Implement(t, casefiletest.Food, "27")
	second := h.Submit(t, casefiletest.Company, h.FoodWithGap(t, casefiletest.Company)).Number
	yes(second, casefiletest.Window, casefile.Transfer, func(in *casefile.Step) { in.Office = "220102d27" })
	yes(second, taker, casefile.SendBack)
	yes(second, casefiletest.Window, casefile.RequestCorrection, func(in *casefile.Step) {
		in.Asked = []casefile.Asked{{Code: "M310003", Text: long}, {Name: "申请表及其他内容", Text: "补正"}}
	})
	yes(second, casefiletest.Company, casefile.SubmitCorrection)
	yes(second, casefiletest.Window, casefile.Reject)
	third := casefiletest.Reviewed(t, h)
	yes(third, casefiletest.Chief, casefile.Refuse)
	seen := map[casefile.PaperKind]bool{}
	for _, number := range []string{first, second, third} {
		v := view(t, h, casefiletest.Company, number)
		for _, p := range append(slices.Clone(v.Papers), v.Records...) {
			seen[p.Kind] = true
			readsBack(t, h, number, p)
		}
	}
	for _, k := range casefile.PaperKinds {
		if !seen[k] && !slices.Contains(ofLaw, k) && !slices.Contains(elsewhere, k) {
			t.Errorf("no document of the kind %s", k)
		}
	}
}

func readsBack(t *testing.T, h *casefiletest.Hall, number string, p casefile.Paper) {
	t.Helper()
	pdf, err := h.Cases.PaperFile(t.Context(), casefiletest.Company, number, p.ID, paper.PDF)
	if err != nil {
		t.Fatal(err)
	}
	ofd, err := h.Cases.PaperFile(t.Context(), casefiletest.Company, number, p.ID, paper.OFD)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(pdf.Lacking, []rune("\U00031350")) {
		t.Errorf("%s: lacking %q", p.Title, pdf.Lacking)
	}
	r, err := paper.ReadOFD(ofd.Content)
	if err != nil || r.Title != p.Title {
		t.Fatalf("%s: %+v, %v", p.Title, r, err)
	}
	inOFD, inPDF := flat(strings.Join(r.Pages, "")), textOfPDF(t, pdf.Content)
	wants := []string{p.Title, p.Number, number, p.Letter.Signer, p.Letter.Date, "食品经营许可"}
	for _, want := range wants {
		want = flat(want)
		if want == flat(rare) { // in the OFD the rarest character is its code point
			want = "王𬱖𰻝"
		}
		if !strings.Contains(inOFD, want) {
			t.Errorf("%s: the OFD does not say %q: %s", p.Title, want, inOFD)
		}
		if !strings.Contains(inPDF, want) {
			t.Errorf("%s: the PDF does not say %q: %s", p.Title, want, inPDF)
		}
	}
	if !strings.Contains(inPDF, "\U00031350") {
		t.Errorf("%s: the name lost a character in the PDF", p.Title)
	}
	n := strings.Count(strings.Join(p.Body, ""), "。")
	if a, b := strings.Count(inOFD, "。"), strings.Count(inPDF, "。"); a < n || b < n {
		t.Errorf("%s: of %d sentences %d in the OFD, %d in the PDF", p.Title, n, a, b)
	}
}

// TestSameBytesAgain sets what was issued by another service with another writer: only the stored text counts.
func TestSameBytesAgain(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Delivered(t, h)
	needs := h.Needs
	writer, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	needs.Pages = writer
	other := casefile.New(h.DB, needs)
	who := h.People[casefiletest.CompanyID]
	who.Name = "改名以后的公司"
	h.People[casefiletest.CompanyID] = who
	for _, p := range view(t, h, casefiletest.Company, number).Papers {
		for _, format := range []paper.Format{paper.PDF, paper.OFD} {
			a, err := h.Cases.PaperFile(t.Context(), casefiletest.Company, number, p.ID, format)
			if err != nil {
				t.Fatal(err)
			}
			b, err := other.PaperFile(t.Context(), casefiletest.Window, number, p.ID, format)
			if err != nil || !bytes.Equal(a.Content, b.Content) {
				t.Errorf("%s as %s: other bytes, %v", p.Title, format, err)
			}
		}
		if !strings.Contains(strings.Join(p.Body, ""), "祥和餐饮") {
			t.Errorf("%s names somebody else: %v", p.Title, p.Body)
		}
	}
	_, err = h.Cases.PaperFile(t.Context(), casefiletest.Company, number, "x", "docx")
	wants(t, "another format", err, fault.NotFound, "casefile.no_paper")
}

// TestPreviewChangesNothing looks at every document that can be issued, then finds every table as it was and the first number still free.
func TestPreviewChangesNothing(t *testing.T) {
	h := casefiletest.Open(t)
	submitted, reviewed, approved := casefiletest.Submitted(t, h).Number, casefiletest.Reviewed(t, h), casefiletest.Approved(t, h)
	before := rows(t, h)
	for _, c := range []struct {
		by   actor.Actor
		in   casefile.Step
		says string
	}{
		{casefiletest.Window, casefile.Step{Number: submitted, Action: casefile.Accept}, "承诺办结日期"},
		{casefiletest.Window, casefile.Step{Number: submitted, Action: casefile.RequestCorrection, Comment: "请补正", Asked: []casefile.Asked{{Code: "M310003", Text: "标明面积"}}}, "标明面积"},
		{casefiletest.Window, casefile.Step{Number: submitted, Action: casefile.Reject, Comment: "不属于本机关职权"}, "不属于本机关职权"},
		{casefiletest.Reviewer, casefile.Step{Number: reviewed, Action: casefile.Suspend, Procedure: "inspection"}, "现场核查"},
		{casefiletest.Reviewer, casefile.Step{Number: reviewed, Action: casefile.OfferHearing, Comment: "拟不予许可"}, "听证"},
		{casefiletest.Chief, casefile.Step{Number: reviewed, Action: casefile.Extend, Comment: "案情复杂"}, "案情复杂"},
		{casefiletest.Chief, casefile.Step{Number: reviewed, Action: casefile.Approve}, "准予行政许可"},
		{casefiletest.Chief, casefile.Step{Number: reviewed, Action: casefile.Refuse, Comment: "场所不符合要求"}, "场所不符合要求"},
		{casefiletest.Window, casefile.Step{Number: approved, Action: casefile.Deliver}, "准予行政许可决定书"},
	} {
		p, err := h.Cases.Preview(t.Context(), c.by, c.in)
		if err != nil {
			t.Fatalf("%s: %v", c.in.Action, err)
		}
		if p.Number != "" || p.Letter.Watermark != "预览" || !strings.Contains(p.Letter.Number, "签发时编号") || p.Letter.Code != "" || !strings.Contains(strings.Join(p.Body, ""), c.says) {
			t.Errorf("%s: %+v", c.in.Action, p.Letter)
		}
		if svg, _, err := h.Cases.PaperPages(p); err != nil || len(svg) == 0 || !strings.Contains(string(svg[0]), "预览") {
			t.Errorf("%s: %d pages, %v", c.in.Action, len(svg), err)
		}
	}
	_, err := h.Cases.Preview(t.Context(), casefiletest.Reviewer, casefile.Step{Number: reviewed, Action: casefile.Opine, Comment: "同意"})
	wants(t, "an opinion", err, fault.NotFound, "casefile.no_preview")
	_, err = h.Cases.Preview(t.Context(), casefiletest.Window, casefile.Step{Number: reviewed, Action: casefile.Approve})
	wants(t, "somebody else's step", err, fault.Forbidden, "casefile.not_your_step")
	_, err = h.Cases.Preview(t.Context(), casefiletest.Foreign, casefile.Step{Number: reviewed, Action: casefile.Approve})
	wants(t, "another county", err, fault.NotFound, "casefile.not_found")
	_, err = h.Cases.Preview(t.Context(), casefiletest.Chief, casefile.Step{Number: reviewed, Action: casefile.Refuse})
	field(t, "without a reason", err, "comment", "casefile.comment_missing.refuse")
	if after := rows(t, h); after != before {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: reviewed, Action: casefile.Refuse, Comment: "场所不符合要求"})
	v := view(t, h, casefiletest.Chief, reviewed)
	if p := v.Papers[len(v.Papers)-1]; p.Number != v.Case.OfficeName+"许不准字"+p.Number[len(v.Case.OfficeName+"许不准字"):] || !strings.HasSuffix(p.Number, "第0001号") {
		t.Error(p.Number)
	}
}

// rows counts what the tables of cases hold.
func rows(t *testing.T, h *casefiletest.Hall) string {
	t.Helper()
	var out []string
	err := h.DB.View(context.Background(), func(tx *db.Tx) error {
		for _, q := range []string{"SELECT count(*) FROM casefile_paper", "SELECT count(*) FROM casefile_history", "SELECT count(*) FROM casefile_interval", "SELECT sum(version) FROM casefile_case",
			"SELECT sum(value) FROM casefile_counter", "SELECT count(*) FROM casefiletest_told", "SELECT count(*) FROM casefile_paper_reading", "SELECT count(*) FROM workflow_task"} {
			n, err := db.One[int64](context.Background(), tx, "SELECT CAST(("+q+") AS bigint)")
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprint(n))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// stumbling is a log that fails every third time: the step is undone, its number with it.
type stumbling struct {
	casefile.Log
	n atomic.Int64
}

var errStumbled = errors.New("stumbled")

func (l *stumbling) Append(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	if l.n.Add(1)%3 == 0 {
		return errStumbled
	}
	return l.Log.Append(ctx, tx, e)
}

// TestNumbersWithoutGaps has 64 accept at once while every third transaction is undone at its end: the numbers are 1 to 64 all the same.
func TestNumbersWithoutGaps(t *testing.T) {
	h := casefiletest.Open(t)
	const many = 64
	numbers := make([]string, many)
	for i := range numbers {
		numbers[i] = casefiletest.Submitted(t, h).Number
	}
	needs := h.Needs
	needs.Log = &stumbling{Log: h.Needs.Log}
	cases := casefile.New(h.DB, needs)
	var wait sync.WaitGroup
	for _, number := range numbers {
		wait.Go(func() {
			for {
				_, err := cases.Act(context.Background(), casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept}, once.Params{})
				if err == nil {
					return
				}
				if !errors.Is(err, errStumbled) {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	var given []string
	for _, number := range numbers {
		given = append(given, view(t, h, casefiletest.Company, number).Papers[0].Number)
	}
	slices.Sort(given)
	for i, g := range given {
		if !strings.HasSuffix(g, fmt.Sprintf("第%04d号", i+1)) {
			t.Fatalf("the number %d is %s", i+1, g)
		}
	}
}

// TestReadingIsDelivery has the applicant open a decision, twice and two at once: one time counts, the officer sees it, the log has it once.
func TestReadingIsDelivery(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Approved(t, h)
	last := func() casefile.Paper {
		v := view(t, h, casefiletest.Reviewer, number)
		return v.Papers[len(v.Papers)-1]
	}
	decision := last()
	if _, err := h.Cases.Paper(t.Context(), casefiletest.Reviewer, number, decision.ID); err != nil || !last().ReadAt.IsZero() {
		t.Errorf("an officer's reading is none of the applicant's: %v", err)
	}
	_, err := h.Cases.Paper(t.Context(), casefiletest.Other, number, decision.ID)
	wants(t, "somebody else", err, fault.NotFound, "casefile.not_found")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if p, err := h.Cases.Paper(context.Background(), casefiletest.Company, number, decision.ID); err != nil || p.Kind != casefile.ApprovalDecision {
				t.Error(p, err)
			}
		})
	}
	wait.Wait()
	first := last().ReadAt
	if first.IsZero() {
		t.Fatal("nobody noted that it was opened")
	}
	if _, err := h.Cases.PaperFile(t.Context(), casefiletest.Company, number, decision.ID, paper.PDF); err != nil || !last().ReadAt.Equal(first) {
		t.Errorf("opened at %v, then at %v, %v", first, last().ReadAt, err)
	}
	if _, err := h.Cases.Paper(t.Context(), casefiletest.Company, number, "receipt"); err != nil {
		t.Fatal(err)
	}
	leaves := slices.DeleteFunc(h.Leaves(t, number), func(l casefiletest.Told) bool { return l.Name != "case.paper_read" })
	if len(leaves) != 1 || leaves[0].Actor != casefiletest.Company.Name() || leaves[0].Subject != casefiletest.CompanyID {
		t.Errorf("%+v", leaves)
	}
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Deliver})
	if text := strings.Join(last().Body, ""); last().Kind != casefile.DeliveryReceipt || !strings.Contains(text, decision.Number) || strings.Contains(text, "尚未查阅") {
		t.Error(text)
	}
}

func TestVerifyPaper(t *testing.T) {
	h := casefiletest.Open(t)
	r := casefiletest.Submitted(t, h)
	h.Act(t, casefiletest.Window, casefile.Step{Number: r.Number, Action: casefile.Accept})
	p := view(t, h, casefiletest.Company, r.Number).Papers[0]
	typed := strings.NewReplacer("〔", " [", "〕", "] ").Replace(p.Number)
	for name, claim := range map[string]casefile.PaperClaim{"as printed": {Number: p.Number, Code: r.QueryCode}, "as typed": {Number: typed, Code: r.QueryCode}, "as scanned": {ID: p.ID, Code: r.QueryCode}} {
		g, err := h.Cases.VerifyPaper(t.Context(), claim)
		if err != nil || g != (casefile.Genuine{Kind: casefile.AcceptanceNotice, Number: p.Number, Title: p.Title, Office: p.Office, IssuedOn: p.IssuedOn}) {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
	}
	if g, err := h.Cases.VerifyPaper(t.Context(), casefile.PaperClaim{Number: "收" + r.Number, Code: r.QueryCode}); err != nil || g.Kind != casefile.MaterialReceipt {
		t.Errorf("the receipt: %+v, %v", g, err)
	}
	for name, claim := range map[string]casefile.PaperClaim{"a wrong code": {Number: p.Number, Code: "x"}, "no code": {Number: p.Number}, "a wrong number": {Number: "南关区31许受字〔2026〕第0002号", Code: r.QueryCode},
		"another kind's number": {Number: "诺" + r.Number, Code: r.QueryCode}, "a receipt of a second time": {Number: "收" + r.Number + "-2", Code: r.QueryCode}, "nothing": {}, "a wrong scan": {ID: "x", Code: r.QueryCode}} {
		_, err := h.Cases.VerifyPaper(t.Context(), claim)
		wants(t, name, err, fault.NotFound, "casefile.paper_unknown")
	}
	h.Exec(t, `UPDATE casefile_paper SET digest = $1 WHERE id = $2`, []byte("another"), p.ID)
	if g, err := h.Cases.VerifyPaper(t.Context(), casefile.PaperClaim{ID: p.ID, Code: r.QueryCode}); err == nil || fault.Is(err, fault.NotFound) {
		t.Errorf("a changed text is confirmed: %+v, %v", g, err)
	}
}

// TestOlderDocuments reads what was stored before documents had pages: lines of text.
func TestOlderDocuments(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	id := h.ID(t, number)
	sealed, err := h.Keys.Seal([]byte("第一段。\n\n第二段。"), []byte("casefile/"+id+"/paper"))
	if err != nil {
		t.Fatal(err)
	}
	h.Exec(t, `INSERT INTO casefile_paper (id, case_id, kind, number, title, office, body, issued_on, at) SELECT 'old', case_id, kind, '旧第1号', title, office, $1, issued_on, at FROM casefile_paper WHERE case_id = $2`, sealed, id)
	f, err := h.Cases.PaperFile(t.Context(), casefiletest.Company, number, "old", paper.OFD)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := paper.ReadOFD(f.Content); err != nil || !strings.Contains(r.Pages[0], "第二段。") || !strings.Contains(r.Pages[0], "旧第1号") {
		t.Error(r, err)
	}
}

func TestSearchByDocument(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	p := view(t, h, casefiletest.Company, number).Papers[0]
	for _, text := range []string{p.Number, " " + strings.Replace(p.Number, "〔", "(", 1), "收" + number} {
		list, err := h.Cases.Search(t.Context(), casefiletest.Reviewer, casefile.Query{Text: text})
		if err != nil || len(list) != 1 || list[0].Number != number {
			t.Errorf("%s: %d cases, %v", text, len(list), err)
		}
		if list, err := h.Cases.Search(t.Context(), casefiletest.Foreign, casefile.Query{Text: text}); err != nil || len(list) != 0 {
			t.Errorf("another county finds %d cases by %s, %v", len(list), text, err)
		}
	}
	if list, err := h.Cases.Search(t.Context(), casefiletest.Reviewer, casefile.Query{Text: "南关区31许受字〔2026〕第9999号"}); err != nil || len(list) != 0 {
		t.Errorf("%d cases, %v", len(list), err)
	}
}

// TestYanbian heads the documents of its offices in both languages.
func TestYanbian(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Submitted(t, h).Number
	h.Exec(t, `UPDATE casefile_case SET region = '222401000000', office_name = '延吉市市场监督管理局' WHERE number = $1`, number)
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	p := view(t, h, casefiletest.Company, number).Papers[0]
	if p.Letter.Office.Beside != "연길시 시장감독관리국" || p.Letter.Title.Beside != "수리통지서" || p.Number[:len("延吉市")] != "延吉市" {
		t.Errorf("%+v, %s", p.Letter, p.Number)
	}
	for office, want := range map[string]string{"延边朝鲜族自治州人民政府": "연변조선족자치주 인민정부", "和龙市卫生健康局": "화룡시 위생건강국", "长春市市场监督管理局": "", "延吉市北山街道办事处": ""} {
		if got := casefile.KoreanName(office); got != want {
			t.Errorf("%s is %q", office, got)
		}
	}
}

func TestFormsAreChecked(t *testing.T) {
	const good = "kind = \"approval\"\nversion = 1\n[permit]\ntitle = \"a\"\n[plain]\ntitle = \"b\"\n[[block]]\ntext = \"{applicant}{law:第一条}\"\n"
	if _, err := casefile.ParseForm(good); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"an unknown field":   strings.Replace(good, "{applicant}", "{aplicant}", 1),
		"an open field":      strings.Replace(good, "{applicant}", "{applicant", 1),
		"an unknown key":     good + "colour = \"red\"\n",
		"an unknown kind":    strings.Replace(good, "approval", "letter", 1),
		"no version":         strings.Replace(good, "version = 1", "", 1),
		"an unknown when":    good + "when = \"raining\"\n",
		"an unknown list":    good + "kind = \"table\"\nlist = \"friends\"\n",
		"a table of nothing": good + "kind = \"table\"\n",
		"rows of a text":     good + "rows = [[\"a\"]]\n",
		"an unknown setting": good + "kind = \"poem\"\n",
		"an unknown signer":  "signer = \"king\"\n" + good,
		"an unknown in rows": good + "kind = \"table\"\nrows = [[\"{b}\"]]\n",
		"no TOML":            "kind = ",
	} {
		if _, err := casefile.ParseForm(text); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, files := range map[string]fstest.MapFS{
		"a kind without a form": {"papers/approval.1.toml": {Data: []byte(good)}},
		"another name":          {"papers/approval.2.toml": {Data: []byte(good)}},
		"one that is broken":    {"papers/approval.1.toml": {Data: []byte("x")}},
	} {
		if _, _, err := casefile.ReadForms(files); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// FuzzPaperNumber types whatever anybody may type for the number of a document.
func FuzzPaperNumber(f *testing.F) {
	for _, s := range []string{"收220102031261127000001-2", "南关区 31许准字[２０２６]第0001号", "收", "容-", "\xff〔】（", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number := casefile.TypedNumber(text)
		if again := casefile.TypedNumber(number); again != number {
			t.Errorf("%q becomes %q, then %q", text, number, again)
		}
		if kind, digits, ok := casefile.CaseOfRecord(number); ok && (kind == "" || digits == "" || strings.Trim(digits, "0123456789") != "") {
			t.Errorf("%q is %s of %q", number, kind, digits)
		}
	})
}
