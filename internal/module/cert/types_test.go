package cert_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

const table = "../../assembly/demo/catalogue/certificate_types.tsv"

func keeper(name string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: "account-" + name, Subject: "person-" + name, OfficePath: "22", Post: "管理员",
		Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
}

func TestProposeType(t *testing.T) {
	w, ctx := certtest.Open(t), t.Context()
	before, err := w.Type(ctx, "food-operation")
	if err != nil {
		t.Fatal(err)
	}
	issued := w.IssueFood(t, "1")
	c := before.Change()
	c.Years, c.Reason, c.From = 3, "缩短有效期", civil.Of(time.Now())
	if err := w.ProposeType(ctx, certtest.Chief, "food-operation", c); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a chief proposed: %v", err)
	}
	late := c
	late.From = c.From.Add(-1)
	same := before.Change()
	same.Reason, same.From = "没有改动", c.From
	for name, bad := range map[string]cert.TypeChange{"yesterday": late, "the same": same} {
		if err := w.ProposeType(ctx, keeper("a"), "food-operation", bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.ProposeType(ctx, keeper("a"), "food-operation", c); err != nil {
		t.Fatal(err)
	}
	if err := w.ProposeType(ctx, keeper("b"), "food-operation", c); !fault.HasKey(err, "cert.type.proposed") {
		t.Errorf("a second proposal: %v", err)
	}
	list, err := w.TypeProposals(ctx, keeper("b"))
	if err != nil || len(list) != 1 || list[0].Own || fmt.Sprint(list[0].Changed) != "[years]" {
		t.Fatal(list, err)
	}
	if err := w.DecideType(ctx, keeper("a"), list[0].ID, true); !fault.HasKey(err, "cert.type.own") {
		t.Errorf("one keeper alone: %v", err)
	}
	if err := w.DecideType(ctx, keeper("b"), list[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if err := w.DecideType(ctx, keeper("b"), list[0].ID, true); !fault.HasKey(err, "cert.type.no_proposal") {
		t.Errorf("decided twice: %v", err)
	}
	after, err := w.Type(ctx, "food-operation")
	if err != nil || after.Version != before.Version+1 || after.Years != 3 || len(after.Versions) != 2 {
		t.Errorf("%+v, %v", after.Kept, err)
	}
	// The one issued before keeps its version, and is as valid as it was.
	if v, err := w.Get(ctx, certtest.Holder, issued); err != nil || v.ValidUntil.Year() != v.ValidFrom.AddYears(5).Add(-1).Year() {
		t.Errorf("%v, %v", v.ValidUntil, err)
	}
	// A version of a later day is not used before.
	c = after.Change()
	c.Name, c.Reason, c.From = "食品经营许可证（新）", "改名", civil.Of(time.Now()).Add(30)
	if err := w.ProposeType(ctx, keeper("a"), "food-operation", c); err != nil {
		t.Fatal(err)
	}
	list, _ = w.TypeProposals(ctx, keeper("b"))
	if err := w.DecideType(ctx, keeper("b"), list[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if v, err := w.Type(ctx, "food-operation"); err != nil || v.Kept.Name != "食品经营许可证" || len(v.Versions) != 3 {
		t.Errorf("%+v, %v", v.Kept, err)
	}
}

func TestCompactTypes(t *testing.T) {
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	list, err := cert.ParseTypes(text)
	if err != nil {
		t.Fatal(err)
	}
	w, ctx := certtest.Open(t), t.Context()
	if err := w.DB.Update(ctx, func(tx *db.Tx) error {
		for _, one := range list {
			if err := w.DeployType(ctx, tx, one); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	seen, after := map[string]bool{}, ""
	for {
		page, found, next, err := w.Types(ctx, cert.TypeQuery{After: after, Limit: 100})
		if err != nil || found != len(list)+len(certtest.Types(t)) {
			t.Fatal(found, err)
		}
		for _, k := range page {
			seen[k.TypeKey] = true
		}
		if after = next; next == "" {
			break
		}
	}
	if len(seen) != len(list)+len(certtest.Types(t)) {
		t.Errorf("paged through %d", len(seen))
	}
	if _, found, _, err := w.Types(ctx, cert.TypeQuery{Text: "出版物经营", HolderKind: "company", Limit: 10}); found != 1 || err != nil {
		t.Errorf("found %d, %v", found, err)
	}
	v, err := w.Type(ctx, "education-001")
	if err != nil || strings.Contains(fmt.Sprint(v.Shows[cert.VerifierStranger]), "holder_number") {
		t.Errorf("a stranger reads %v, %v", v.Shows, err)
	}
	for _, sample := range cert.Samples {
		p, err := w.PreviewType(ctx, keeper("a"), "education-001", sample, false)
		if err != nil || len(p.SVG) == 0 || !strings.HasPrefix(string(p.PDF), "%PDF-") || !strings.HasPrefix(string(p.OFD), "PK") {
			t.Errorf("%s: %v", sample, err)
		}
	}
	if _, err := w.PreviewType(ctx, certtest.Holder, "education-001", "usual", false); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a holder previews: %v", err)
	}
}

func TestParseTypesRefuses(t *testing.T) {
	const head = "key\tcode\tname\tdepartment\tholder\tlevels\tvalidity\tbasis\tfields\tdoubt\n"
	const good = "a-001\t11220000MB1A00263H003\t某证\t某部门\tperson\tcity\tlong\t《某法》\tsex\tcode\n"
	if list, err := cert.ParseTypes([]byte(head + good)); err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	for name, bad := range map[string]string{"no-head": good, "twice": head + good + good, "code": head + strings.Replace(good, "3H003", "3X003", 1),
		"field": head + strings.Replace(good, "sex", "sox", 1), "validity": head + strings.Replace(good, "long", "ever", 1), "level": head + strings.Replace(good, "city", "moon", 1),
		"holder": head + strings.Replace(good, "person", "cat", 1), "cells": head + "a\tb\n", "doubt": head + strings.Replace(good, "\tcode\n", "\tx\n", 1)} {
		if _, err := cert.ParseTypes([]byte(bad)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// TestProposeLook: a keeper draws the face anew and binds a second seal to the type; the other one looks at it before it holds.
func TestProposeLook(t *testing.T) {
	w, ctx := certtest.Open(t), t.Context()
	v, err := w.Type(ctx, "food-operation")
	if err != nil {
		t.Fatal(err)
	}
	c := v.Change()
	c.Reason, c.From = "与卫生健康部门联合发证", civil.Of(time.Now())
	for field, change := range map[string]func(*cert.TypeChange){
		"joint":  func(c *cert.TypeChange) { c.Joint = "health" },
		"layout": func(c *cert.TypeChange) { c.Layout += "moon = 1\n" },
	} {
		bad := c
		change(&bad)
		err := w.ProposeType(ctx, keeper("a"), "food-operation", bad)
		if f, ok := fault.Of(err); !ok || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	over := c
	over.Layout = strings.Replace(c.Layout, "y = 64,", "y = 78,", 1)
	if err := w.ProposeType(ctx, keeper("a"), "food-operation", over); !fault.Is(err, fault.Invalid) {
		t.Errorf("fields over one another: %v", err)
	}
	c.Joint, c.Layout = "d23，22d31", strings.Replace(c.Layout, `color = "#23694f"`, `color = "#8c1d18"`, 1)
	if _, err := w.PreviewType(ctx, keeper("b"), "food-operation", "usual", true); !fault.HasKey(err, "cert.type.no_proposal") {
		t.Errorf("nothing waits: %v", err)
	}
	if err := w.ProposeType(ctx, keeper("a"), "food-operation", c); err != nil {
		t.Fatal(err)
	}
	list, err := w.TypeProposals(ctx, keeper("b"))
	if err != nil || len(list) != 1 || fmt.Sprint(list[0].Changed) != "[joint layout]" {
		t.Fatal(list, err)
	}
	if p, err := w.PreviewType(ctx, keeper("b"), "food-operation", "usual", true); err != nil || !strings.Contains(string(p.SVG), "#8c1d18") {
		t.Errorf("the preview of what was proposed: %v", err)
	}
	if err := w.DecideType(ctx, keeper("b"), list[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if v, err = w.Type(ctx, "food-operation"); err != nil || fmt.Sprint(v.Joint) != "[d23 22d31]" || v.Layout.Drawing.Color != "#8c1d18" {
		t.Errorf("%v %v", v.Joint, err)
	}
}

func TestLayoutRefuses(t *testing.T) {
	good := string(certtest.Types(t)["low_income"])
	const drawn = `[layout.drawing]
list = { x = 30, y = 60, width = 150, size = 4, rows = 20 }
`
	for name, c := range map[string]struct{ layout, why string }{
		"outside": {`places = [{ field = "head", x = 180, y = 60, label = 30, width = 60, size = 4, rows = 1 }]`, "fit the paper"},
		"nobody":  {`places = [{ field = "moon", x = 28, y = 60, label = 30, width = 60, size = 4, rows = 1 }]`, "unknown"},
		"over": {`places = [{ field = "head", x = 28, y = 60, label = 30, width = 60, size = 4, rows = 3 },
{ field = "address", x = 40, y = 66, label = 30, width = 60, size = 4, rows = 1 }]`, "over one another"},
		"without":  {`without = ["moon"]`, "no field"},
		"nowhere":  {"[layout.drawing]\nborder = \"guilloche\"", "stands nowhere"},
		"border":   {drawn + `border = "lace"`, "guilloche or double"},
		"paper":    {drawn + "width = 900\nheight = 300", "paper of 900"},
		"colour":   {drawn + `color = "red"`, "#rrggbb"},
		"empty":    {drawn + `color = "x"`, "#rrggbb"},
		"words":    {drawn + `words = [{ x = 30, y = 30, width = 100, size = 5, text = "{moon}" }]`, "no field"},
		"align":    {drawn + `words = [{ x = 30, y = 30, width = 100, size = 5, text = "x", align = "up" }]`, "centre, right, spread"},
		"on words": {drawn + `words = [{ x = 30, y = 70, width = 100, size = 5, text = "x" }]`, "over one another"},
		"on code":  {drawn + `code = { x = 40, y = 60, size = 30 }`, "over one another"},
		"no code":  {drawn + `code = { x = 20, y = 20, size = 5 }`, "too small"},
		"panel":    {drawn + `panels = [{ x = 20, y = 20, w = 500, h = 5 }]`, "panel 0"},
		"emblem":   {drawn + `emblem = { x = 5, y = 20, radius = 10 }`, "circle"},
		"seal":     {drawn + `seals = [{ x = 400, y = 20 }]`, "beside the paper"},
		"nan":      {drawn + `seals = [{ x = nan, y = 20 }]`, "NaN"},
	} {
		if _, err := cert.ParseType([]byte(good + "\n[layout]\n" + c.layout + "\n")); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := cert.ParseType([]byte(good + "\n[layout]\n" + drawn)); err != nil {
		t.Error(err)
	}
}

const paperHead = "number,holder,holder_number,issued_on,valid_until\n"

func TestTakePaper(t *testing.T) {
	w, ctx := certtest.Open(t), t.Context()
	var b strings.Builder
	b.WriteString(paperHead)
	const good = 1203
	for i := range good {
		stem := fmt.Sprintf("JY2220102%06d", i)
		fmt.Fprintf(&b, "%s%s,长春市南关区祥和餐饮有限公司,91220102MA1P8Q9R4L,2019/3/%d,长期\n", stem, cert.Mod1110(stem), i%28+1)
	}
	first := "JY2220102000000" + cert.Mod1110("JY2220102000000")
	b.WriteString(first + ",某公司,,2019-03-01,\n")           // twice
	b.WriteString("JY22201020099990,某公司,,2019-03-01,\n")   // perhaps a wrong check
	b.WriteString("JY22201020099991,某公司,,2019-03-01,\n")   // one of the two is
	b.WriteString("XX1,,91220102MA1P8Q9R4X,2019-02-30,\n") // nearly all
	b.WriteString("only,two\n")                            // not a row
	content := []byte(b.String())
	if _, err := w.CheckPaper(ctx, certtest.Holder, "food-operation", content); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a company imports: %v", err)
	}
	for name, bad := range map[string]string{"empty": "", "columns": "a,b\n1,2\n"} {
		if _, err := w.CheckPaper(ctx, certtest.Chief, "food-operation", []byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, err := w.CheckPaper(ctx, certtest.Chief, "food-operation", content)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.CheckPaper(ctx, certtest.Chief, "food-operation", content); again != id || err != nil {
		t.Errorf("the same file: %s, %v", again, err)
	}
	m, err := w.Import(ctx, certtest.Chief, id)
	r := m.Report.V
	if err != nil || m.State != "checked" || r.Rows != good+5 || r.Good < good || r.Good > good+1 || r.Counts[cert.FaultTwice] != 1 || r.Counts[cert.FaultCheck] < 2 ||
		r.Counts[cert.FaultHolderCode] != 1 || r.Counts[cert.FaultDate] != 1 || r.Counts[cert.FaultRow] != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.Import(ctx, certtest.Elsewhere, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("another office reads it: %v", err)
	}
	// Killed in the second batch, it goes on after the first.
	steps := 0
	w.Crash(func(point string) error {
		if point != "before paper batch" {
			return nil
		}
		if steps++; steps == 2 {
			return errors.New("killed")
		}
		return nil
	})
	if err := w.TakePaper(ctx, certtest.Chief, id); err == nil {
		t.Fatal("was not killed")
	}
	if m, err = w.Import(ctx, certtest.Chief, id); err != nil || m.State != "running" || m.TakenRows != 500 {
		t.Fatalf("%s, %d rows, %v", m.State, m.TakenRows, err)
	}
	for range 2 { // the second time changes nothing
		if err := w.TakePaper(ctx, certtest.Chief, id); err != nil {
			t.Fatal(err)
		}
		if m, err = w.Import(ctx, certtest.Chief, id); err != nil || m.State != "done" || m.TakenRows != int64(r.Good) {
			t.Fatalf("%s, %d of %d rows, %v", m.State, m.TakenRows, r.Good, err)
		}
	}
	papers, err := w.Papers(ctx, certtest.Holder, "", 10)
	if err != nil || len(papers) != 10 || !strings.HasPrefix(papers[0].Number, "JY2220102") {
		t.Errorf("%v, %v", papers, err)
	}
	if papers, err = w.Papers(ctx, certtest.Citizen, "", 10); err != nil || len(papers) != 0 {
		t.Errorf("somebody else reads %v, %v", papers, err)
	}
	// It is no electronic certificate.
	if own, err := w.Mine(ctx, certtest.Holder, "", 10); err != nil || len(own) != 0 {
		t.Errorf("%v, %v", own, err)
	}
}

func FuzzReadPaper(f *testing.F) {
	kind, err := cert.ParseType(certtest.Types(f)["food_operation"])
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(paperHead + "JY1,某,91220102MA1P8Q9R4L,2019.3.5,长期\n"))
	f.Add([]byte("number,holder,issued_on\n\"a\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if rows := cert.ReadPaper(content, kind, civil.MustParse("2026-01-01")); rows > len(content) {
			t.Error("more rows than bytes")
		}
	})
}
