package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One item of one office of the province, as another system would hand it over.
var handed = map[string]string{
	"up_task_directory.csv": "row_guid,catalog_code,task_name,task_type,task_version,task_state,by_law,use_level,cd_operation,cd_time\n" +
		"d1,000104201001,企业投资项目核准,01,1,1,《企业投资项目核准和备案管理条例》第三条：实行核准管理。,2,I,2026-01-01 00:00:00\n",
	"up_task_general_basic.csv": "row_guid,catalog_code,task_code,task_name,task_type,task_version,task_state,by_law,use_level,power_source,dept_name,dept_code,dept_type,server_type," +
		"project_type,anticipate_day,anticipate_type,promise_day,promise_type,accept_condition,handle_flow,is_fee,limit_scene_num,transact_addr,transact_time,link_way,supervise_way,cd_operation,cd_time\n" +
		"b1,000104201001,11220000MB1A00028H2000104201001,企业投资项目核准,01,1,1,《企业投资项目核准和备案管理条例》第三条：实行核准管理。,2,1,发展和改革委员会,11220000MB1A00028H,1,\"2,3\"," +
		"2,20,1,10,1,项目列入核准目录。,受理：收件。,0,0,长春市,工作日,12345,12345,I,2026-01-01 00:00:00\n",
	"up_task_general_extend.csv": "row_guid,task_guid,task_code,is_online,result_name,result_type,cd_operation,cd_time\n" +
		"e1,b1,11220000MB1A00028H2000104201001,1,核准批复,20,I,2026-01-01 00:00:00\n",
	"up_task_general_material.csv": "row_guid,task_guid,task_code,material_name,is_need,order_num,cd_operation,cd_time\n" +
		"m1,b1,11220000MB1A00028H2000104201001,项目申请书,1,1,I,2026-01-01 00:00:00\n",
}

func TestItemsComeInAndGoOut(t *testing.T) {
	t.Setenv("LANG", "en_US.UTF-8")
	data, in, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "out")
	for name, text := range handed {
		if err := os.WriteFile(filepath.Join(in, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	item := func(args ...string) (int, string, string) {
		return run(t, append([]string{"item"}, append(args, "--data", data)...)...)
	}
	if code, _, errs := run(t, "migrate", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	if code, said, errs := item("import", in, "--dry-run"); code != 1 || !strings.Contains(said+errs, "000104201001") {
		t.Fatalf("an item without a power: %d %q %q", code, said, errs)
	}
	powers := filepath.Join(t.TempDir(), "powers.json")
	err := os.WriteFile(powers, []byte(`[{"code":"000104201001","name":"企业投资项目核准","kind":"01","department":"04","levels":[2],"division":"省级实施",
		"basis":[{"law":"《企业投资项目核准和备案管理条例》","article":"第三条","text":"实行核准管理"}],"duties":[{"step":"受理","text":"一次告知","basis":"《行政许可法》第三十二条"}],
		"steps":[{"name":"受理","who":"窗口","does":"核对材料"}],"liabilities":[{"text":"不予受理的","basis":"《行政许可法》第七十二条"}],"supervision":"12345"}]`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if code, said, errs := run(t, "power", "load", powers, "--data", data); code != 0 {
		t.Fatal(said, errs)
	}
	if code, said, errs := item("import", in, "--dry-run"); code != 0 || !strings.Contains(said, "would import 4 rows: base items 1, entries 1") {
		t.Fatalf("%d %q %q", code, said, errs)
	}
	if code, said, _ := item("census"); code != 0 || !strings.HasPrefix(said, "base items 0, entries 0") {
		t.Fatalf("after a dry run: %q", said)
	}
	for range 2 {
		if code, said, errs := item("import", in, "--json"); code != 0 || !strings.Contains(said, `"entries":1`) || !strings.Contains(said, `"mistakes":0`) {
			t.Fatalf("%d %q %q", code, said, errs)
		}
	}
	if code, said, errs := item("census", "--recount"); code != 0 || !strings.HasPrefix(said, "base items 1, entries 1,") || !strings.Contains(said, "did not agree: 0") {
		t.Fatalf("counting anew: %d %q %q", code, said, errs)
	}
	if code, _, errs := item("export", "--out", out); code != 0 || !strings.Contains(errs, "exported 1 entries") {
		t.Fatal(errs)
	}
	if code, said, errs := item("import", out, "--json"); code != 0 || !strings.Contains(said, `"same":1`) || !strings.Contains(said, `"entries":0`) {
		t.Fatalf("our own export again: %d %q %q", code, said, errs)
	}
	for format, holds := range map[string]string{"open-csv": "企业投资项目核准", "turtle": "cpsv:PublicService", "jsonld": `"@graph"`} {
		if code, said, errs := item("export", "--format", format); code != 0 || !strings.Contains(said, holds) {
			t.Errorf("%s: %d %q", format, code, errs)
		}
	}
	if code, said, _ := item("export", "--format", "national-json", "--table", "up_task_general_basic"); code != 0 || strings.Count(said, "\n") != 1 {
		t.Errorf("one table: %d %q", code, said)
	}
}

func TestMistakesOfAnImportAreListed(t *testing.T) {
	t.Setenv("LANG", "en_US.UTF-8")
	data, in := t.TempDir(), t.TempDir()
	if code, _, errs := run(t, "migrate", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	name, list := filepath.Join(in, "up_task_general_basic.csv"), filepath.Join(t.TempDir(), "mistakes.csv")
	text := strings.Replace(handed["up_task_general_basic.csv"], "12345,12345", ",12345", 1)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := run(t, "item", "import", name, "--dry-run", "--mistakes", list, "--data", data)
	if code != 1 || !strings.Contains(errs, "up_task_general_basic.csv:2 catalog_code: There is no base item 000104201001") {
		t.Errorf("%d %q", code, errs)
	}
	if text, err := os.ReadFile(list); err != nil || !strings.Contains(string(text), "up_task_general_basic.csv,2,") {
		t.Error(string(text), err)
	}
	for _, args := range [][]string{{"item", "export"}, {"item", "export", "--format", "nonsense"}, {"item", "import"}} {
		if code, _, _ := run(t, append(args, "--data", data)...); code != 2 {
			t.Errorf("%v: %d", args, code)
		}
	}
}
