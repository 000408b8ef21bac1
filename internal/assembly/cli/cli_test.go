package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangyun/internal/assembly/cli"
)

// run runs one command and returns its exit code and what it said.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestWrongUsageIsTwo(t *testing.T) {
	for _, args := range [][]string{
		{"nonsense"}, {"serve", "extra"}, {"serve", "--nope"}, {"calendar", "add"}, {"calendar", "add", "2026-02-30", "5"}, {"calendar", "add", "2026-01-01", "x"},
		{"calendar", "add", "2026-01-01", "5", "--region", "zzz"}, {"calendar", "add", "0000-01-01", "5"}, {"calendar", "add", "9999-12-25", "100"},
		{"calendar", "add", "2026-01-01", "10001"}, {"cert", "verify"}, {"case", "recompute"}, {"backup"}, {"admin", "create"}, {"admin", "create", "--login", "x"},
	} {
		args = append(args, "--data", filepath.Join(t.TempDir(), "none"))
		if code, out, errs := run(t, args...); code != 2 || out != "" || errs == "" {
			t.Errorf("%v: %d %q %q", args, code, out, errs)
		}
	}
}

// A folder named by mistake holds nothing: nothing in it is whole, and it is not made one by being asked.
func TestAskingNeverMakesAnInstallation(t *testing.T) {
	data := filepath.Join(t.TempDir(), "mistyped")
	file := filepath.Join(t.TempDir(), "some.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"audit", "verify"}, {"cert", "verify", file}, {"item", "census"}, {"case", "recompute", "220102031261127000001"}, {"case", "warning", "left <= 2"}, {"backup", filepath.Join(t.TempDir(), "b")}} {
		code, out, errs := run(t, append(args, "--data", data)...)
		if code != 1 || out != "" || !strings.Contains(errs, "no installation") {
			t.Errorf("%v: %d %q %q", args, code, out, errs)
		}
	}
	if code, out, _ := run(t, "calendar", "add", "2025-12-31", "5", "--region", "220102", "--data", data); code != 0 || out != "2026-01-08\n" {
		t.Errorf("calendar add: %d %q", code, out)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// Whoever starts the program on a database with other keys must not get a second set of them.
func TestOtherKeysAreRefused(t *testing.T) {
	data := t.TempDir()
	if code, _, errs := run(t, "admin", "create", "--login", "keeper", "--name", "王建国", "--number", "11010519491231002X", "--phone", "13904310000", "--role", "admin",
		"--data", data); code != 0 {
		t.Fatal(errs)
	}
	if err := os.RemoveAll(filepath.Join(data, "keys")); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "audit", "verify", "--data", data); code != 1 || !strings.Contains(errs, "do not open what the database holds") {
		t.Errorf("%d %q", code, errs)
	}
}

// A province's list of powers is loaded from a file; loading it again changes nothing, and a power that may not stand in it is named.
func TestLoadPowers(t *testing.T) {
	data, folder := t.TempDir(), t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.json", `[{"code":"000131104003","name":"食品经营许可","kind":"01","department":"31","levels":[3,4],"division":"市县两级按管辖实施",
		"basis":[{"law":"《食品安全法》","article":"第三十五条","text":"许可制度"}],"duties":[{"step":"受理","text":"一次告知","basis":"《行政许可法》第三十二条"}],
		"steps":[{"name":"受理","who":"综合窗口","does":"核对材料"}],"liabilities":[{"text":"不予受理的","basis":"《行政许可法》第七十二条"}],"supervision":"12345"}]`)
	for _, want := range []string{`{"loaded":1,"read":1}`, `{"loaded":0,"read":1}`} {
		if code, out, errs := run(t, "power", "load", good, "--json", "--data", data); code != 0 || strings.TrimSpace(out) != want {
			t.Errorf("%d %q %q, want %s", code, out, errs, want)
		}
	}
	for text, want := range map[string]string{`[{"code":"000131104004"}]`: "000131104004", `[{"kode":"1"}]`: "kode", `{`: "reading a list"} {
		if code, out, errs := run(t, "power", "load", write("bad.json", text), "--data", data); code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %q %q", text, code, out, errs)
		}
	}
}
