package item_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestCompare(t *testing.T) {
	a := definition(t, food)
	b := definition(t, food)
	b.Name = "食品经营许可证"
	b.Synonyms = append(slices.Clone(b.Synonyms), "开面馆")
	first := b.Guide.Materials[0]
	b.Guide.Materials[1].Standard = "清楚"
	b.Guide.Materials[2].Ways = []item.Way{{Kind: item.WayUpload}}
	// A row put in front moves all others and changes none of them.
	added := item.Material{Code: "M999999", Name: "新材料", Ways: []item.Way{{Kind: item.WayUpload}}}
	b.Guide.Materials = append([]item.Material{added}, b.Guide.Materials[1:]...)
	b.Guide.Pledge = &item.Pledge{Text: "承诺", Basis: "条例", Check: "抽查"}
	var got []string
	for _, d := range item.Compare(&a, &b) {
		mark := "~"
		if d.Added {
			mark = "+"
		} else if d.Removed {
			mark = "-"
		}
		got = append(got, mark+d.Element+"/"+d.Row+"/"+d.Part)
	}
	want := []string{"~name//", "~synonyms//", "-guide.materials/" + first.Code + "/", "~guide.materials/" + a.Guide.Materials[1].Code + "/standard",
		"~guide.materials/" + a.Guide.Materials[2].Code + "/ways", "+guide.materials/M999999/", "~guide.pledge//text", "~guide.pledge//basis", "~guide.pledge//check"}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if same := item.Compare(&a, &a); same != nil {
		t.Errorf("a definition differs from itself: %v", same)
	}
	// Nothing either side says is lost where they don't meet.
	if m := item.Merge(a, a, b); len(item.Compare(&m, &b)) > 0 {
		t.Error("what only the draft says is lost")
	}
	if m := item.Merge(a, b, a); len(item.Compare(&m, &b)) > 0 {
		t.Error("what only the published says is lost")
	}
}

func TestKept(t *testing.T) {
	l := seeded(t)
	l.begun(t, 5)
	var codes []string
	q := item.KeptQuery{Limit: 3}
	for {
		rows, next, err := l.Kept(t.Context(), keeper, q)
		if err != nil || len(rows) > 3 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, k := range rows {
			if k.Entries != 60 || (k.Draft != nil) != (k.Code() == food) {
				t.Errorf("%s: %d entries, draft %v", k.Code(), k.Entries, k.Draft)
			}
			codes = append(codes, k.Code())
		}
		if q.After = next; next == "" {
			break
		}
	}
	if len(codes) != 10 || !slices.IsSorted(codes) || len(slices.Compact(codes)) != 10 {
		t.Errorf("%v", codes)
	}
	if err := l.End(t.Context(), keeper, "000778001000", "取消"); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[item.KeptQuery]int{{Text: food}: 1, {Department: "31"}: 3, {Kind: item.Public}: len(codes), {State: item.Cancelled}: 1,
		{State: item.Paused}: 0, {State: item.Cancelled, Text: "没有"}: 0} {
		rows, _, err := l.Kept(t.Context(), keeper, q)
		if q.Kind == item.Public {
			want = len(slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c[2:4] != "20" || c == "000778001000" }))
		}
		if err != nil || len(rows) != want {
			t.Errorf("%+v: %d rows, want %d; %v", q, len(rows), want, err)
		}
	}
	if _, _, err := l.Kept(t.Context(), actor.Actor{}, item.KeptQuery{}); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
}

func TestAlter(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	for _, bad := range []item.Alteration{{}, {Kind: item.ThemeAdd}, {Kind: item.PromisePercent}, {Kind: item.PromisePercent, Percent: 101}, {Kind: "x", Value: "y"}} {
		if _, err := l.Alter(ctx, keeper, []string{food}, bad); !fault.HasKey(err, "item.bad_alteration") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	half := item.Alteration{Kind: item.PromisePercent, Percent: 25}
	list, next, err := l.PreviewAlteration(ctx, keeper, item.KeptQuery{Limit: 200}, half)
	if err != nil || next != "" || len(list) != 10 {
		t.Fatalf("%d rows, %v", len(list), err)
	}
	var codes []string
	for _, x := range list {
		if x.Problem != nil {
			t.Errorf("%s: %v", x.Base.Name, x.Problem)
		}
		if len(x.Differences) > 0 {
			codes = append(codes, x.Base.Code())
		}
		if x.After.PromiseDays > x.Base.PromiseDays {
			t.Errorf("%s promises %d days, and %d now", x.Base.Name, x.After.PromiseDays, x.Base.PromiseDays)
		}
		if x.Base.Code() == food && (x.After.PromiseDays != 5 || x.Base.PromiseDays != 7) {
			t.Errorf("%d → %d", x.Base.PromiseDays, x.After.PromiseDays)
		}
	}
	if l.base(t, food).Version != 1 {
		t.Fatal("a preview changed something")
	}
	if n, err := l.Alter(ctx, keeper, codes, half); err != nil || n != len(codes) || l.food(t).PromiseDays != 5 || l.food(t).Version != 2 {
		t.Errorf("%d of %d, %v", n, len(codes), err)
	}
	leaves := len(l.Leaves)
	if n, err := l.Alter(ctx, keeper, codes, half); !fault.HasKey(err, "item.draft_changes_nothing") || n != 0 || len(l.Leaves) != leaves {
		t.Errorf("the second time changed %d, %v", n, err)
	}
	zone := item.Alteration{Kind: item.ZoneAdd, Value: "trial"}
	if n, err := l.Service.Alter(ctx, chief, []string{food}, zone); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	_, err = l.Alter(ctx, chief, []string{"221031001000"}, zone)
	wants(t, err, "office.no_right")
	// One that is being drafted refuses all of them.
	_, err = l.Service.Alter(ctx, keeper, []string{"000778001000", food}, zone)
	wants(t, err, "item.altered_refused")
	if list, err := l.Drafts(ctx, keeper, "", "", 10); err != nil || len(list) != 1 {
		t.Errorf("%d drafts, %v", len(list), err)
	}
	_, err = l.Service.Alter(ctx, keeper, make([]string, 201), zone)
	wants(t, err, "item.too_many_altered")
}

func TestOwnEntries(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	list, err := l.Own(ctx, chief, "", 50)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
	for _, o := range list {
		if o.OfficePath != "220102d31" {
			t.Errorf("%s is not the chief's", o.OfficeName)
		}
	}
	if all, err := l.Own(ctx, keeper, list[0].Code, 200); err != nil || len(all) != 200 || all[0].Code <= list[0].Code {
		t.Errorf("%d, %v", len(all), err)
	}
	three := 3
	food := l.food(t)
	if _, err := l.Improve(ctx, chief, food.Code, item.Override{PromiseDays: &three, Contact: food.Contact}); err != nil {
		t.Fatal(err)
	}
	_, err = l.Contact(ctx, chief, food.OfficeID, item.Contact{Address: "人民大街 1 号"})
	wants(t, err, "item.contact_needed")
	c := item.Contact{Address: "人民大街 1 号", Phone: "0431-12345678", Hours: "8:30–16:30"}
	_, err = l.Contact(ctx, chief, "220103-31", c)
	wants(t, err, "item.not_found")
	if n, err := l.Contact(ctx, chief, food.OfficeID, c); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := l.Contact(ctx, chief, food.OfficeID, c); !fault.HasKey(err, "item.draft_changes_nothing") || n != 0 {
		t.Errorf("the second time changed %d, %v", n, err)
	}
	if now := l.food(t); now.Contact != c || now.PromiseDays != 3 || now.Version != 3 {
		t.Errorf("%+v", now.Contact)
	}
}

func TestTakeUp(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	offers := func() (all []item.Offer) {
		for after := ""; ; {
			list, next, err := l.Offers(ctx, keeper, after)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, list...)
			if after = next; next == "" {
				return all
			}
		}
	}
	if list := offers(); len(list) != 0 {
		t.Errorf("%d offers of what everybody took up", len(list))
	}
	d := definition(t, food)
	d.Code = "000131104999"
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	list := offers()
	if len(list) != 60 || list[0].Base != d.Code {
		t.Fatalf("%d offers", len(list))
	}
	if err := l.TakeUp(ctx, keeper, d.Code, "22-31"); !fault.HasKey(err, "item.does_not_fit") {
		t.Errorf("the province takes up what counties do: %v", err)
	}
	if err := l.TakeUp(ctx, chief, d.Code, list[0].Office.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a chief: %v", err)
	}
	if err := l.TakeUp(ctx, keeper, d.Code, list[0].Office.ID); err != nil {
		t.Fatal(err)
	}
	wants(t, l.TakeUp(ctx, keeper, d.Code, list[0].Office.ID), "item.draft_changes_nothing")
	if rest := offers(); len(rest) != 59 {
		t.Errorf("%d offers are left", len(rest))
	}
	page, err := l.List(ctx, item.Query{Base: d.Code})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Version != 1 || page.Rows[0].Contact.Phone != "12345" {
		t.Errorf("%v, %v", page.Rows, err)
	}
}

func TestLockedElements(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	_, err := l.ProposeJSON(ctx, chief, e.Code, []byte(`{"promise_days":3,"legal_days":1,"contact":{"address":"甲","fax":"1"},"name":"x"}`))
	f, ok := fault.Of(err)
	if !ok || f.Key != "item.locked_elements" {
		t.Fatalf("%v", err)
	}
	var named []string
	for _, field := range f.Fields {
		if field.Key != "item.locked_element" || field.Args[0] != field.Name || field.Args[1] != "吉林省31" {
			t.Errorf("%+v", field)
		}
		named = append(named, field.Name)
	}
	if diff := cmp.Diff("contact.fax legal_days name", strings.Join(named, " ")); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{``, `[]`, `null`, `{"promise_days":"3"}`, `{"contact":[]}`, `{} {}`, `{"visits":1.5}`} {
		if _, err := l.ProposeJSON(ctx, chief, e.Code, []byte(bad)); !fault.HasKey(err, "item.override_unreadable") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	p, err := l.ProposeJSON(ctx, chief, e.Code, []byte(`{"promise_days":3,"contact":{"phone":"1"}}`))
	if err != nil || l.food(t).Version != 1 {
		t.Fatalf("%v", err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	if better := l.food(t); err != nil || better.PromiseDays != 3 || better.Contact.Phone != "1" || better.Contact.Address != "" {
		t.Errorf("%+v, %v", better, err)
	}
	if _, err := l.ProposeJSON(ctx, actor.Actor{}, e.Code, []byte(`{}`)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger: %v", err)
	}
}

func FuzzParseOverride(f *testing.F) {
	for _, text := range []string{`{"promise_days":3,"visits":0,"contact":{"address":"a"}}`, `{"x":1,"contact":{"y":null}}`, `{"promise_days":null}`, `[`, `{"contact":null}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o, locked, err := item.ParseOverride(text)
		if err != nil {
			return
		}
		for _, name := range locked {
			if slices.Contains([]string{"promise_days", "visits", "contact", "contact.address", "contact.phone"}, name) {
				t.Errorf("%q is not locked", name)
			}
		}
		if !slices.IsSorted(locked) || o.PromiseDays != nil && len(text) < len(`{"promise_days":0}`) {
			t.Errorf("%q: %v %v", text, locked, o)
		}
	})
}

func TestEntriesOfOneBaseVersionHaveItsID(t *testing.T) {
	l := seeded(t)
	if _, err := l.Publish(t.Context(), loader, promising(l.base(t, food).Definition, 5)); err != nil {
		t.Fatal(err)
	}
	b, e := l.base(t, food), l.food(t)
	if e.ID != b.VersionID+"-"+e.Code {
		t.Errorf("%s", e.ID)
	}
	var n int
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM item_entry_version WHERE base_version_id = $1`, b.VersionID)
		return err
	})
	if err != nil || n != 60 {
		t.Errorf("%d entries followed, %v", n, err)
	}
}
