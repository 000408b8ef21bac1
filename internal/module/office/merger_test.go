package office_test

import (
	"context"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// left is what offices have in other modules.
type left struct{ moved []string }

func (l *left) Count(context.Context, *db.Tx, office.Office) ([]office.Hanging, error) {
	return []office.Hanging{{Kind: "cases", N: 3, Moves: true}, {Kind: "seals", N: 1}}, nil
}

func (l *left) Move(_ context.Context, _ actor.Actor, m office.Merger) error {
	l.moved = append(l.moved, m.FromPath)
	return nil
}

// waiting takes jobs.
type waiting struct{ kinds []string }

func (w *waiting) Insert(_ context.Context, _ *db.Tx, a job.Args, _ ...job.Option) error {
	w.kinds = append(w.kinds, a.JobKind())
	return nil
}

func manager(account, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: account, Subject: "person of " + account, Duties: []actor.Duty{{Role: office.RoleAdmin, OfficePath: path}}}
}

func merging(t *testing.T) (*office.Service, *db.DB, *left, *waiting) {
	t.Helper()
	d, l, w := dbtest.Open(t, office.Schema), &left{}, &waiting{}
	s, err := office.New(d, office.Needs{Log: &leaves{}, Grants: office.Access(), Queue: w, Estate: l})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LoadReference(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SeedProvince(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, d, l, w
}

func TestMergersThatCannotBe(t *testing.T) {
	s, d, _, _ := merging(t)
	propose := func(from, into string, change ...func(*office.Proposed)) error {
		in := office.Proposed{From: from, Into: into, Document: "长编〔2026〕12号", Posts: office.PostsMove}
		for _, f := range change {
			f(&in)
		}
		_, err := s.ProposeMerger(t.Context(), manager("one", "22"), in)
		return err
	}
	for _, c := range []struct{ from, into, field, key string }{
		{"220102d31", "220102d31", "into", "office.merger_self"},
		{"220102d31", "", "into", "office.merger_into_missing"},
		{"220102d31", "220102", "into", "office.merger_kind"},
		{"220102001", "220102001001", "into", "office.merger_child"},
		{"220102001", "220102002", "", "office.merger_children"},
		{"220102d77", "220102d31", "", "office.not_found"},
	} {
		err := propose(c.from, c.into)
		f, _ := fault.Of(err)
		if f == nil || c.field == "" && f.Key != c.key || c.field != "" && (len(f.Fields) == 0 || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key) {
			t.Errorf("%s into %s: %v", c.from, c.into, err)
		}
	}
	if err := propose("220102d31", "220102d23", func(in *office.Proposed) { in.Document = "口头通知" }); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a document: %v", err)
	}
	if _, err := s.ProposeMerger(t.Context(), manager("county", "220102"), office.Proposed{From: "220102d31", Into: "220103d31", Document: "长编〔2026〕12号", Posts: office.PostsMove}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("into another county's: %v", err)
	}
	// A circle: the second of two that would close it is refused when it is proposed, and so is a second one for the same office.
	if err := propose("220102d31", "220102d23"); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"220102d23", "220102d31"}, {"220102d31", "220102d11"}, {"220102d23", "220102d11"}} {
		if err := propose(pair[0], pair[1]); !fault.HasKey(err, "office.merger_busy") {
			t.Errorf("%v while the first waits: %v", pair, err)
		}
	}
	list, err := s.Mergers(t.Context(), manager("two", "22"), "220102d31")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := s.ReturnMerger(t.Context(), manager("two", "22"), list[0].ID, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("returned without a reason: %v", err)
	}
	if err := s.ReturnMerger(t.Context(), manager("one", "22"), list[0].ID, ""); err != nil {
		t.Errorf("taken back: %v", err)
	}
	if err := s.ApproveMerger(t.Context(), manager("two", "22"), list[0].ID); !fault.HasKey(err, "office.merger_gone") {
		t.Errorf("approved after it was taken back: %v", err)
	}
	err = d.View(t.Context(), func(tx *db.Tx) error {
		_, gone, err := s.Heir(t.Context(), tx, "220102d31")
		if gone {
			t.Error("an office is dissolved by a proposal")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMerger(t *testing.T) {
	s, d, l, w := merging(t)
	ctx := t.Context()
	security := actor.Actor{Kind: actor.Officer, Account: "s", Duties: []actor.Duty{{Role: office.RoleSecurity, OfficePath: "22"}}}
	for _, p := range []office.Appointment{{AccountID: "x", Role: office.RoleReviewer, OfficePath: "220102d31"}, {AccountID: "x", Role: office.RoleReviewer, OfficePath: "220102d23"},
		{AccountID: "y", Role: office.RoleChief, OfficePath: "220102d31", Items: []string{"000131104003"}}} {
		if err := s.Appoint(ctx, security, p); err != nil {
			t.Fatal(err)
		}
	}
	m, err := s.ProposeMerger(ctx, manager("one", "22"), office.Proposed{From: "220102d31", Into: "220102d23", Document: "长编〔2026〕12号", Posts: office.PostsMove})
	if err != nil {
		t.Fatal(err)
	}
	other := manager("another account of one", "22")
	other.Subject = manager("one", "22").Subject
	if err := s.ApproveMerger(ctx, other, m.ID); !fault.HasKey(err, "office.merger_own") {
		t.Errorf("approved by the same person under another account: %v", err)
	}
	if err := s.ApproveMerger(ctx, manager("two", "22"), m.ID); err != nil {
		t.Fatal(err)
	}
	if len(w.kinds) != 1 || w.kinds[0] != "office.move" {
		t.Errorf("jobs: %v", w.kinds)
	}
	found, err := s.Found(ctx, manager("two", "22"), m.ID)
	if err != nil || len(found) != 3 || found[2] != (office.Hanging{Kind: "posts", N: 2, Moves: true}) {
		t.Errorf("%+v %v", found, err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		for account, want := range map[string]int{"x": 2, "y": 2} { // one post each, and what the dissolved office left behind
			duties, main, ok, err := s.Duties(ctx, tx, account)
			if err != nil || !ok || len(duties) != want || main.Path != "220102d23" {
				t.Errorf("%s: %+v at %s, %v", account, duties, main.Path, err)
			}
		}
		heir, gone, err := s.Heir(ctx, tx, "220102d31")
		if err != nil || !gone || heir.Path != "220102d23" {
			t.Errorf("the heir is %+v, %v", heir, err)
		}
		old, err := s.ByPath(ctx, tx, "220102d31")
		if err != nil || old.Name != "长春市南关区市场监督管理局" {
			t.Errorf("history reads %+v, %v", old, err)
		}
		list, err := s.Departments(ctx, tx, "31")
		for _, o := range list {
			if o.Path == "220102d31" {
				t.Error("a dissolved office can be chosen")
			}
		}
		if err != nil {
			return err
		}
		codes, err := s.ByCodes(ctx, tx, []string{old.Code})
		if codes[old.Code].Path != "220102d23" {
			t.Errorf("under the old code stands %+v", codes[old.Code])
		}
		staffed, err := s.Staffed(ctx, tx, "220102", []string{office.RoleReviewer, office.RoleChief})
		if len(staffed) != 1 || staffed[0].Path != "220102d23" {
			t.Errorf("%+v", staffed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Rename(ctx, manager("one", "22"), "220102d31", "别的名字"); !fault.HasKey(err, "office.dissolved") {
		t.Errorf("renamed: %v", err)
	}
	for n, want := range []bool{false, true, true} {
		if done, err := s.MoveEstate(ctx, actor.Program("test"), m.ID); err != nil || done != want {
			t.Errorf("round %d: %v %v", n, done, err)
		}
	}
	if len(l.moved) != 2 {
		t.Errorf("moved %v", l.moved)
	}
	// The office that took over is dissolved in its turn, its posts with it: the third answers for both.
	chain, err := s.ProposeMerger(ctx, manager("one", "22"), office.Proposed{From: "220102d23", Into: "220102d11", Document: "长编〔2026〕14号", Posts: office.PostsEnd})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveMerger(ctx, manager("two", "22"), chain.ID); err != nil {
		t.Fatal(err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		found, err := s.Answering(ctx, tx, []string{"220102d31", "220102d23", "220102d11"})
		if len(found) != 3 {
			t.Errorf("%d of three are answered for", len(found))
		}
		for asked, o := range found {
			if o.Path != "220102d11" {
				t.Errorf("%s is answered for by %s", asked, o.Path)
			}
		}
		if _, _, ok, err := s.Duties(ctx, tx, "x"); ok || err != nil {
			t.Errorf("whose office was dissolved still holds a post: %v", err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.ProposeMerger(ctx, manager("one", "22"), office.Proposed{From: "220102d11", Into: "220102d31", Document: "长编〔2026〕15号", Posts: office.PostsEnd})
	if f, _ := fault.Of(err); f == nil || f.Key != "office.merger_busy" && f.Key != "office.merger_bad" {
		t.Errorf("round in a circle: %v", err)
	}
	if again, err := s.Merger(ctx, manager("one", "22"), m.ID); err != nil || again.State != office.MergerDone || again.FinishedAt.IsZero() {
		t.Errorf("%+v %v", again, err)
	}
}

func TestLocalDays(t *testing.T) {
	s, d, _ := setup(t)
	ctx := t.Context()
	works := func(code, on string) (works bool) {
		t.Helper()
		err := d.View(ctx, func(tx *db.Tx) error {
			c, err := s.Calendar(ctx, tx, region.MustParse(code))
			if err == nil {
				works = c.IsWorkday(civil.MustParse(on))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return works
	}
	set := func(d office.LocalDay) {
		t.Helper()
		if err := s.ProposeLocalDay(ctx, manager("one", "22"), d); err != nil {
			t.Fatal(err)
		}
		list, err := s.LocalDays(ctx, manager("two", "22"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ApproveLocalDay(ctx, manager("two", "22"), list[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	const source = "延边州人民政府办公室关于放假安排的通知"
	if works("222401", "2026-09-03") || !works("222401", "2026-09-04") || !works("220721", "2026-09-01") {
		t.Fatal("what the program ships is not in force, or what is doubtful is")
	}
	set(office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayOff, Name: "州庆补休", Source: source})
	set(office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-05"), Meaning: office.DayWork, Name: "调休上班", Source: source})
	set(office.LocalDay{Region: "222401", OnDate: civil.MustParse("2026-09-03"), Meaning: office.DayWork, Name: "抗旱值守", Source: source}) // a county, for one year
	set(office.LocalDay{Region: "220721", OnDate: civil.MustParse("1957-09-01"), Yearly: true, Meaning: office.DayOff, Name: "县庆", Source: "前郭尔罗斯蒙古族自治县自治条例"})
	for _, c := range []struct {
		region, day string
		works       bool
	}{{"222401", "2026-09-04", false}, {"222401", "2026-09-05", true}, {"222401", "2026-09-03", true}, {"222402", "2026-09-03", false}, {"222401", "2027-09-03", false},
		{"220102", "2026-09-04", true}, {"220102", "2026-09-05", false}, {"220721", "2026-09-01", false}, {"220721", "2027-09-01", false}} {
		if got := works(c.region, c.day); got != c.works {
			t.Errorf("%s works on %s: %v", c.region, c.day, got)
		}
	}
	set(office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayPlain, Name: "取消补休", Source: source})
	if !works("222401", "2026-09-04") {
		t.Error("what was lifted still counts")
	}
	list, err := s.LocalDays(ctx, manager("two", "22"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Region == "220721" && d.State == office.DayDoubtful {
			t.Error("what was doubtful and is confirmed is still listed as doubtful")
		}
	}
	for _, c := range []struct {
		day   office.LocalDay
		field string
	}{
		{office.LocalDay{Region: "9900", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayOff, Name: "补休", Source: source}, "region"},
		{office.LocalDay{Region: "220102001", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayOff, Name: "补休", Source: source}, "region"},
		{office.LocalDay{Region: "2224", Meaning: office.DayOff, Name: "补休", Source: source}, "on"},
		{office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayOff, Name: "补", Source: source}, "name"},
		{office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayOff, Name: "补休"}, "source"},
		{office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-04"), Yearly: true, Meaning: office.DayWork, Name: "调休", Source: source}, "meaning"},
		{office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-04"), Meaning: "maybe", Name: "调休", Source: source}, "meaning"},
	} {
		f, _ := fault.Of(s.ProposeLocalDay(ctx, manager("one", "22"), c.day))
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%+v: %v", c.day, f)
		}
	}
	plain := office.LocalDay{Region: "2201", OnDate: civil.MustParse("2026-09-04"), Meaning: office.DayPlain, Name: "取消", Source: source}
	if err := s.ProposeLocalDay(ctx, manager("one", "22"), plain); !fault.HasKey(err, "office.local_nothing") {
		t.Errorf("lifting what is not: %v", err)
	}
	if err := s.ProposeLocalDay(ctx, manager("county", "220102"), office.LocalDay{Region: "2224", OnDate: civil.MustParse("2026-09-07"), Meaning: office.DayOff, Name: "补休", Source: source}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another region's: %v", err)
	}
	notice := []byte(`{"year":2027,"papers":["延边州政府办〔2027〕3号"],"days":[{"name":"州庆补休","date":"2027-09-06","isOffDay":true},{"name":"调休上班","date":"2027-09-11","isOffDay":false}]}`)
	for n, want := range []int{2, 0} {
		if got, err := s.ImportLocalDays(ctx, actor.Program("cli"), "2224", notice); err != nil || got != want {
			t.Errorf("import %d: %d %v", n, got, err)
		}
	}
	if works("222401", "2027-09-06") || !works("222401", "2027-09-11") || !works("220102", "2027-09-06") {
		t.Error("the region's notice is not in force")
	}
	if _, err := s.ImportLocalDays(ctx, manager("one", "22"), "2224", notice); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an administrator imports alone: %v", err)
	}
}
