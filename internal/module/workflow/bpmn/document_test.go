package bpmn_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/process"
)

var (
	quoted   = regexp.MustCompile("`([^`]+)`")
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// TestDocumentIsTrue reads the table of docs/bpmn.md: every element the machine knows has a row, and every test a row names is there.
func TestDocumentIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/bpmn.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsBelow(t, "..")
	rows, told := 0, map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		rows++
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			told[name[1]] = true
		}
		names := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(names) == 0 {
			t.Errorf("no test is named for%s", cells[1])
		}
		test := ""
		for _, name := range names {
			part := name[1]
			if strings.HasPrefix(part, "Test") {
				test, part, _ = strings.Cut(part, "/")
				if tests[test] == "" {
					t.Errorf("%s: there is no %s", strings.TrimSpace(cells[1]), test)
				}
			}
			if sub, open := strings.CutSuffix(part, "*"); sub != "" && part != test && !strings.Contains(tests[test], `"`+sub+map[bool]string{false: `"`}[open]) {
				t.Errorf("%s: %s has no case %s", strings.TrimSpace(cells[1]), test, part)
			}
		}
	}
	if rows < 15 {
		t.Errorf("the table has %d rows", rows)
	}
	for _, k := range []process.Kind{process.StartEvent, process.EndEvent, process.IntermediateCatch, process.IntermediateThrow, process.BoundaryEvent, process.UserTask,
		process.ServiceTask, process.SendTask, process.ReceiveTask, process.ScriptTask, process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway,
		process.EventGateway, process.SubProcess, process.CallActivity} {
		if !told[string(k)] {
			t.Errorf("nothing is said of %s", k)
		}
	}
	for _, trigger := range []process.Trigger{process.Timer, process.Message, process.Signal, process.Error} {
		if !told[string(trigger)+"EventDefinition"] {
			t.Errorf("nothing is said of the trigger %s", trigger)
		}
	}
}

// testsBelow returns the text of the file each test stands in, by its name.
func testsBelow(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, f := range testFunc.FindAllStringSubmatch(string(text), -1) {
			out[f[1]] += string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
