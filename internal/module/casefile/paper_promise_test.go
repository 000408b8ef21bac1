package casefile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/paper"
)

// promising is an application with a pledge and a material that follows.
func promising(t *testing.T, h *casefiletest.Hall) casefile.Application {
	a := h.FoodWithGap(t, casefiletest.Company)
	a.Pledged = true
	return a
}

func paperOf(t *testing.T, list []casefile.Paper, kind casefile.PaperKind) casefile.Paper {
	t.Helper()
	i := slices.IndexFunc(list, func(p casefile.Paper) bool { return p.Kind == kind })
	if i < 0 {
		t.Fatalf("no %s among %d documents", kind, len(list))
	}
	return list[i]
}

func rename(h *casefiletest.Hall, name string) {
	who := h.People[casefiletest.CompanyID]
	who.Name = name
	h.People[casefiletest.CompanyID] = who
}

// What the applicant promises is kept with the hand-in: as it was agreed, numbered by its office, its digest in the leaf, and known to have been opened.
func TestPromisesAreKept(t *testing.T) {
	h := casefiletest.Open(t)
	const before = "长春市南关区祥和餐饮有限公司"
	for n := 1; n <= 2; n++ {
		r := h.Submit(t, casefiletest.Company, promising(t, h))
		leaf := h.Leaves(t, r.Number)[0]
		rename(h, "长春市新名餐饮有限公司")
		h.Exec(t, `UPDATE casefile_case SET office_name = '长春市南关区新机构' WHERE number = $1`, r.Number)
		v := view(t, h, casefiletest.Company, r.Number)
		if len(v.Papers) != 2 || len(v.Records) != 1 {
			t.Fatalf("%d documents, %d records", len(v.Papers), len(v.Records))
		}
		for kind, series := range map[casefile.PaperKind]string{casefile.PledgeLetter: "许诺字", casefile.GapLetter: "许容字"} {
			p := paperOf(t, v.Papers, kind)
			text := strings.Join(p.Body, "")
			if p.Letter.Signer != before || !strings.Contains(text, before) || strings.Contains(text, "新名") || p.Office == "长春市南关区新机构" {
				t.Errorf("%s reads %q, signed %s", kind, text, p.Letter.Signer)
			}
			if want := fmt.Sprintf("%s〔%d〕第%04d号", series, p.IssuedOn.Year(), n); !strings.HasSuffix(p.Number, want) {
				t.Errorf("the number is %s, want %s", p.Number, want)
			}
			if !strings.Contains(leaf.Data, p.Number) || !strings.Contains(leaf.Data, digestOf(t, h, p.ID)) {
				t.Errorf("%s is not in the leaf %s", p.Number, leaf.Data)
			}
			if g, err := h.Cases.VerifyPaper(t.Context(), casefile.PaperClaim{Number: p.Number, Code: r.QueryCode}); err != nil || g.Kind != kind {
				t.Errorf("%+v, %v", g, err)
			}
			if p, err := h.Cases.Paper(t.Context(), casefiletest.Chief, r.Number, p.ID); err != nil || !p.ReadAt.IsZero() {
				t.Errorf("the chief's reading: %v, %v", p.ReadAt, err)
			}
			if p, err := h.Cases.Paper(t.Context(), casefiletest.Company, r.Number, p.ID); err != nil || p.ReadAt.IsZero() {
				t.Errorf("the applicant's reading: %v, %v", p.ReadAt, err)
			}
		}
		if got := leafNames(t, h, r.Number); !slices.Contains(got, "paper_read") {
			t.Errorf("%v", got)
		}
		rename(h, before)
	}
	h.Exec(t, `UPDATE casefile_paper SET digest = $1`, []byte("another"))
	if _, err := h.Cases.View(t.Context(), casefiletest.Company, firstNumber(t, h)); err == nil {
		t.Error("a promise that is not what was agreed is shown")
	}
}

func digestOf(t *testing.T, h *casefiletest.Hall, paperID string) (hex string) {
	t.Helper()
	err := h.DB.View(t.Context(), func(tx *db.Tx) error {
		sum, err := db.One[[]byte](t.Context(), tx, `SELECT digest FROM casefile_paper WHERE id = $1`, paperID)
		hex = fmt.Sprintf("%x", sum)
		return err
	})
	if err != nil || hex == "" {
		t.Fatal(hex, err)
	}
	return hex
}

func firstNumber(t *testing.T, h *casefiletest.Hall) (number string) {
	t.Helper()
	err := h.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		number, err = db.One[string](t.Context(), tx, `SELECT number FROM casefile_case ORDER BY id LIMIT 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// A hand-in that fails promises nothing and leaves no number out.
func TestPromiseIsOneWithTheHandIn(t *testing.T) {
	h := casefiletest.Open(t)
	first := h.Submit(t, casefiletest.Company, promising(t, h))
	refused := promising(t, h)
	refused.Materials = nil
	if _, err := h.Cases.Submit(t.Context(), casefiletest.Company, refused, once.Params{}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	broken := h.Needs
	broken.Log = breaking{broken.Log, func(audit.Entry) bool { return true }}
	if _, err := casefile.New(h.DB, broken).Submit(t.Context(), casefiletest.Company, promising(t, h), once.Params{}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	second := h.Submit(t, casefiletest.Company, promising(t, h))
	for n, number := range []string{first.Number, second.Number} {
		p := paperOf(t, view(t, h, casefiletest.Company, number).Papers, casefile.PledgeLetter)
		if !strings.HasSuffix(p.Number, fmt.Sprintf("第%04d号", n+1)) {
			t.Errorf("%s", p.Number)
		}
	}
}

// A receipt says for ever what it said: the name then, the office then, the materials then, to the same bytes. An ordinary application has no document in a row.
func TestReceiptStaysAsItWas(t *testing.T) {
	h := casefiletest.Open(t)
	r := casefiletest.Submitted(t, h)
	read := func() (casefile.Paper, []byte) {
		t.Helper()
		f, err := h.Cases.PaperFile(t.Context(), casefiletest.Company, r.Number, "receipt", paper.PDF)
		if err != nil {
			t.Fatal(err)
		}
		return f.Paper, f.Content
	}
	before, file := read()
	if v := view(t, h, casefiletest.Company, r.Number); len(v.Papers) != 0 || len(v.Records) != 1 || before.Number != "收"+r.Number {
		t.Fatalf("%d documents, %d records, %s", len(v.Papers), len(v.Records), before.Number)
	}
	rename(h, "长春市新名餐饮有限公司")
	h.Exec(t, `UPDATE casefile_case SET office_name = '长春市南关区新机构', office_id = 'another' WHERE number = $1`, r.Number)
	after, again := read()
	if !slices.Equal(before.Body, after.Body) || before.Office != after.Office || !slices.Equal(file, again) {
		t.Errorf("%q became %q", before.Body, after.Body)
	}
	if g, err := h.Cases.VerifyPaper(t.Context(), casefile.PaperClaim{Number: before.Number, Code: r.QueryCode}); err != nil || g.Office != before.Office {
		t.Errorf("%+v, %v", g, err)
	}
	// What is handed in later is received under the name of that day.
	h.Exec(t, `UPDATE casefile_case SET office_name = $1, office_id = $2 WHERE number = $3`, before.Office, "office-220102d31", r.Number)
	if err := act(h, casefiletest.Window, r.Number, casefile.RequestCorrection, saying("缺平面图")); err != nil {
		t.Fatal(err)
	}
	if err := act(h, casefiletest.Company, r.Number, casefile.SubmitCorrection, saying("已更正")); err != nil {
		t.Fatal(err)
	}
	records := view(t, h, casefiletest.Company, r.Number).Records
	if len(records) != 2 || strings.Contains(strings.Join(records[0].Body, ""), "新名") || !strings.Contains(strings.Join(records[1].Body, ""), "新名") {
		t.Errorf("%+v", records)
	}
}

// Hand-ins from before anything was kept show their promises as they did, under the numbers they had.
func TestPromisesOfBefore(t *testing.T) {
	h := casefiletest.Open(t)
	r := h.Submit(t, casefiletest.Company, promising(t, h))
	id := h.ID(t, r.Number)
	h.Exec(t, `DELETE FROM casefile_paper WHERE case_id = $1`, id)
	sealed, err := h.Keys.Seal([]byte(`{"situation":{"place":"catering"},"pledged":true}`), []byte("casefile/"+id+"/content"))
	if err != nil {
		t.Fatal(err)
	}
	h.Exec(t, `UPDATE casefile_content SET content = $1 WHERE case_id = $2`, sealed, id)
	v := view(t, h, casefiletest.Company, r.Number)
	var numbers []string
	for _, p := range v.Records {
		numbers = append(numbers, p.Number)
	}
	if want := []string{"收" + r.Number, "诺" + r.Number, "容" + r.Number}; !slices.Equal(numbers, want) {
		t.Errorf("%v, want %v", numbers, want)
	}
	if g, err := h.Cases.VerifyPaper(t.Context(), casefile.PaperClaim{Number: "诺" + r.Number, Code: r.QueryCode}); err != nil || g.Kind != casefile.PledgeLetter {
		t.Errorf("%+v, %v", g, err)
	}
}
