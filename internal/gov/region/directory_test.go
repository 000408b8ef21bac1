package region

import (
	"strings"
	"testing"

	"xiangyun/internal/gov/civil"
)

func TestJilinIsWhole(t *testing.T) {
	rows := Jilin()
	var levels [Village + 1]int
	zones, townships := 0, 0
	for i, r := range rows {
		levels[r.Code.Level()]++
		if r.Code.Level() == County && !r.Code.Statutory() {
			zones++
		}
		if r.Code.Level() == Township && r.Code.Statutory() {
			townships++
		}
		if i > 0 && rows[i-1].Code.digits >= r.Code.digits {
			t.Errorf("%s stands behind %s", r.Code, rows[i-1].Code)
		}
		if r.Name == "" || strings.ContainsAny(r.Name, ", \"\t\r") {
			t.Errorf("%s is called %q", r.Code, r.Name)
		}
	}
	if len(rows) != 13014 || levels != [...]int{0, 1, 9, 69, 1075, 11860} || zones != 9 {
		t.Errorf("%d divisions, by level %v, %d zones of county rank", len(rows), levels, zones)
	}
	if d := JilinDirectory(); d.Len() != len(rows) || len(d.Within(MustParse("22"))) != len(rows) {
		t.Error("the directory is not whole")
	}
}

func TestNames(t *testing.T) {
	d := JilinDirectory()
	nanguan := MustParse("220102")
	if d.Name(nanguan) != "南关区" || d.FullName(nanguan) != "吉林省长春市南关区" || d.Name(MustParse("11")) != "" || d.FullName(MustParse("11")) != "" {
		t.Errorf("%q %q", d.Name(nanguan), d.FullName(nanguan))
	}
	if got := d.FullName(MustParse("220102001001")); got != "吉林省长春市南关区南岭街道华阳社区" {
		t.Errorf("%q", got)
	}
	if path := d.Path(nanguan); len(path) != 3 || path[0].Code.Level() != Province || path[2].Code != nanguan {
		t.Errorf("%v", path)
	}
	if top := d.Children(Code{}); len(top) != 1 || len(d.Children(top[0].Code)) != 9 || len(d.Children(MustParse("2224"))) != 8 {
		t.Error("children are wrong")
	}
	for _, r := range d.Within(nanguan) {
		if !nanguan.Contains(r.Code) {
			t.Errorf("%s is not within", r.Code)
		}
	}
	if d.Within(Code{}) != nil || len(d.Within(MustParse("11"))) != 0 {
		t.Error("something lies within nothing")
	}
}

func TestFind(t *testing.T) {
	d := JilinDirectory()
	for text, want := range map[string]string{
		"南关": "220102000000", "长春 南关": "220102000000", "220102": "220102000000", "延边": "222400000000", "四平 铁西": "220302000000", "吉林省": "220000000000",
	} {
		found := d.Find(text, 5)
		if len(found) == 0 || found[0].Code.String() != want {
			t.Errorf("Find(%q) = %v, want %s first", text, found, want)
		}
	}
	if len(d.Find("村", 7)) != 7 || len(d.Find("  ", 7)) != 0 || len(d.Find("不存在的地方", 7)) != 0 {
		t.Error("limit or nothing found")
	}
}

func TestHistory(t *testing.T) {
	d := JilinDirectory()
	for _, c := range []struct{ code, day, name, full string }{
		{"220113", "2014-10-19", "九台市", "吉林省长春市九台市"},
		{"220113", "2014-10-20", "九台区", "吉林省长春市九台区"},
		{"220181", "2026-01-01", "九台区", "吉林省长春市九台区"},
		{"220181", "2010-01-01", "九台市", "吉林省长春市九台市"},
		{"220184", "2015-01-01", "公主岭市", "吉林省四平市公主岭市"},
		{"220381", "2021-01-01", "公主岭市", "吉林省长春市公主岭市"},
		{"220602", "2005-01-01", "八道江区", "吉林省白山市八道江区"},
		{"220724", "2013-01-24", "扶余市", "吉林省松原市扶余市"},
		{"220781", "2013-01-23", "扶余县", "吉林省松原市扶余县"},
		{"220102", "1990-01-01", "南关区", "吉林省长春市南关区"},
	} {
		code, day := MustParse(c.code), civil.MustParse(c.day)
		if name, full := d.NameOn(code, day), d.FullNameOn(code, day); name != c.name || full != c.full {
			t.Errorf("%s on %s: %q %q, want %q %q", c.code, c.day, name, full, c.name, c.full)
		}
	}
	if now, ok := d.Current(MustParse("220381")); !ok || now != MustParse("220184") {
		t.Errorf("公主岭 is now %s", now)
	}
	if now, ok := d.Current(MustParse("220381100")); !ok || now != MustParse("220184100") || d.Name(MustParse("220381100")) == "" {
		t.Errorf("a town of 公主岭 is now %s", now)
	}
	if _, ok := d.Current(MustParse("220399")); ok || d.NameOn(MustParse("220399"), civil.MustParse("2020-01-01")) != "" || d.FullNameOn(MustParse("220399"), civil.Date{}) != "" {
		t.Error("a code that never was has a successor")
	}
	if list := d.Renamed(MustParse("220184")); len(list) != 1 || list[0].Old != MustParse("220381") || list[0].Source == "" {
		t.Errorf("%v", list)
	}
}

func TestHistoryLeadsToDivisionsOfToday(t *testing.T) {
	d := JilinDirectory()
	for _, ch := range JilinHistory() {
		if !d.Has(ch.New) || ch.Source == "" || ch.OldName == "" || ch.On.IsZero() || ch.Old != ch.New && d.Has(ch.Old) {
			t.Errorf("%+v", ch)
		}
	}
}

func TestNewDirectoryRefuses(t *testing.T) {
	a, b := MustParse("22"), MustParse("220102")
	for name, rows := range map[string][]Row{
		"twice":     {{a, "吉林省"}, {a, "吉林省"}},
		"no-name":   {{a, ""}},
		"no-code":   {{Code{}, "吉林省"}},
		"no-parent": {{a, "吉林省"}, {b, "南关区"}},
	} {
		if _, err := NewDirectory(rows, nil); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := NewDirectory([]Row{{b, "南关区"}}, nil); err != nil {
		t.Errorf("a directory of one county: %v", err)
	}
}
