package item_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

// drifted says something else than the bases in every table, as another system might have it.
func drifted(t *testing.T, f folder) folder {
	t.Helper()
	out := folder{}
	for name, b := range f {
		out[name] = bytes.NewBuffer(bytes.Clone(b.Bytes()))
	}
	out.rows(t, basic, func(set func(int, string, string), get func(int, string) string) {
		set(2, "task_name", get(2, "task_name")+"（本地）")
		set(4, "dept_type", "2")
		set(5, "anticipate_day", "1000")
	})
	out.rows(t, "up_task_general_extend.csv", func(set func(int, string, string), _ func(int, string) string) {
		set(2, "result_name", "另一个结果")
	})
	out.rows(t, "up_task_general_material.csv", func(set func(int, string, string), _ func(int, string) string) {
		set(2, "material_name", "另一份材料")
	})
	out.rows(t, "up_task_general_fee_project.csv", func(set func(int, string, string), _ func(int, string) string) { set(2, "fee_stand", "每证 20 元") })
	return out
}

// What a table says again as the base says it is no deviation any more, whatever table it stands in.
func TestACorrectedTableTurnsTheMeterGreen(t *testing.T) {
	from, ctx := itemtest.Seeded(t), t.Context()
	charge(t, from)
	good := exported(t, from, sheet.CSV)
	l := library{itemtest.Open(t)}
	if run, mistakes := imported(t, l.Library, drifted(t, good), false); len(mistakes) > 0 || run.Stated != 6 {
		t.Fatalf("%+v %v", run, mistakes)
	}
	_, entries := contents(t, l.Library)
	var free item.Entry // of an item without fees: no table has a row that could say so again
	for code := range entries {
		if e := l.find(t, code); len(e.Guide.Fees) == 0 {
			free = *e
			break
		}
	}
	err := l.DB.Update(ctx, func(tx *db.Tx) error {
		return l.State(ctx, tx, itemtest.Loader, free.Code, map[string]string{"fee": "每证50元"}, "历史数据")
	})
	if err != nil || l.meter(t).Total.Deviating == 0 {
		t.Fatal(err)
	}
	dry, _ := imported(t, l.Library, good, true)
	if dry.Agreed != 7 || dry.Stated != 0 || dry.Entries != 0 || l.meter(t).Total.Deviating == 0 {
		t.Errorf("the dry run: %+v", dry)
	}
	p, err := l.ProposeImport(ctx, itemtest.Keeper, dry, nil, nil) // that nothing else changes is no reason to refuse it
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.ApproveProposal(ctx, itemtest.Reviewer, p.ID, ""); err != nil {
		t.Fatal(err)
	}
	run, err := l.ImportProposed(ctx, itemtest.Reviewer, p.ID, item.Import{Files: good.sources()})
	if err != nil || run.Agreed != 7 || run.Stated != 0 {
		t.Errorf("%+v, %v", run, err)
	}
	if c := l.meter(t); c.Total.Deviating != 0 || len(l.deviations(t, itemtest.Keeper, item.DeviationQuery{})) != 0 || l.waiting(t) != 0 {
		t.Errorf("the meter: %+v, %d wait", c.Total, l.waiting(t))
	}
	if again, _ := imported(t, l.Library, drifted(t, good), true); again.Stated != 6 || again.Agreed != 0 {
		t.Errorf("the drift again: %+v", again)
	}
}

// A table ends entries: deleted in the exchange or cancelled. One under which cases run is told.
func TestATableEndsEntries(t *testing.T) {
	l := library{itemtest.Seeded(t)}
	f := exported(t, l.Library, sheet.CSV)
	var gone [4]string
	f.rows(t, basic, func(set func(int, string, string), get func(int, string) string) {
		for i := range gone {
			gone[i] = get(i+2, "task_code")
		}
		set(2, "cd_operation", "D")
		set(2, "promise_day", "") // of what is over nothing else need be right
		set(3, "task_state", "3")
		set(4, "cd_operation", "D")
		set(5, "cd_operation", "D")
	})
	l.Library.Cases = map[string]int{gone[2]: 2}
	before := census(t, l)
	dry, mistakes := imported(t, l.Library, f, true)
	if dry.Ended != 3 || len(mistakes) != 1 || mistakes[0].Kind != "cases" || mistakes[0].Row != 4 || mistakes[0].Said != "2" {
		t.Fatalf("%+v %v", dry, mistakes)
	}
	if n := census(t, l); n.Entries != before.Entries {
		t.Errorf("a dry run ended something: %+v", n)
	}
	leaves := len(l.Leaves)
	run, _ := imported(t, l.Library, f, false)
	if run.Ended != 3 || run.Mistakes != 1 {
		t.Errorf("%+v", run)
	}
	for i, code := range gone {
		want := item.Cancelled
		if i == 2 {
			want = item.InUse
		}
		if e := l.find(t, code); e.State != want {
			t.Errorf("entry %d is %s", i, e.State)
		}
	}
	if n := census(t, l); n.Entries != before.Entries-3 {
		t.Errorf("%d entries of %d", n.Entries, before.Entries)
	}
	if kinds := l.kinds(leaves); len(slices.DeleteFunc(kinds, func(k string) bool { return k != "item.cancelled" })) != 3 {
		t.Errorf("leaves %v", kinds)
	}
	again, err := l.Import(t.Context(), itemtest.Loader, item.Import{Files: f.sources(), Again: true})
	if err != nil || again.Ended != 0 || again.Passed < 3 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// One variant that is over ends nothing as long as another of the entry is not.
func TestAVariantThatIsOverEndsNothing(t *testing.T) {
	l := library{itemtest.Seeded(t)}
	f := exported(t, l.Library, sheet.CSV)
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(f[basic].String(), sheet.Mark))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f[basic] = &bytes.Buffer{}
	if err := csv.NewWriter(f[basic]).WriteAll([][]string{all[0], all[1], all[1]}); err != nil {
		t.Fatal(err)
	}
	code := ""
	f.rows(t, basic, func(set func(int, string, string), get func(int, string) string) {
		code = get(2, "task_code")
		set(2, "cd_operation", "D")
		set(2, "row_guid", "another")
	})
	run, mistakes := imported(t, l.Library, f, false)
	if run.Ended != 0 || len(mistakes) > 0 || l.find(t, code).State != item.InUse {
		t.Errorf("%+v %v", run, mistakes)
	}
}

// A dry run tells of a base item that ended, as the import does.
func TestADryRunTellsOfEndedBases(t *testing.T) {
	l := library{itemtest.Seeded(t)}
	f := exported(t, l.Library, sheet.CSV)
	if err := l.SetState(t.Context(), itemtest.Loader, food, item.Cancelled, "国务院取消"); err != nil {
		t.Fatal(err)
	}
	dry, told := imported(t, l.Library, f, true)
	real, _ := imported(t, l.Library, f, false)
	if dry.Kinds.V["base"] == 0 || dry.Kinds.V["base"] != real.Kinds.V["base"] || dry.Bases != real.Bases || dry.Entries != real.Entries {
		t.Errorf("the dry run: %+v\nthe import: %+v", dry, real)
	}
	if !slices.ContainsFunc(told, func(m item.Mistake) bool {
		return m.Column == "catalog_code" && m.Said == food && m.File == item.DefinitionsFile
	}) {
		t.Errorf("it is not told: %v", told[:min(3, len(told))])
	}
}

// A table may be one JSON array as well as JSON lines.
func TestTablesAsJSONArrays(t *testing.T) {
	from := itemtest.Seeded(t)
	_, want := contents(t, from)
	lines, f := exported(t, from, sheet.Lines), folder{}
	for name, b := range lines {
		base, ok := strings.CutSuffix(name, ".jsonl")
		if name == item.DefinitionsFile || !ok {
			f[name] = b
			continue
		}
		rows := strings.Split(strings.TrimSpace(b.String()), "\n")
		f[base+".json"] = bytes.NewBufferString("[\n  " + strings.ReplaceAll(strings.Join(rows, ",\n  "), `","`, "\",\n    \"") + "\n]\n")
	}
	to := itemtest.Open(t)
	if run, mistakes := imported(t, to, f, false); len(mistakes) > 0 || run.Entries != int64(len(want)) {
		t.Fatalf("%+v %v", run, mistakes[:min(len(mistakes), 5)])
	}
	_, entries := contents(t, to)
	sameEntries(t, want, entries)
}
