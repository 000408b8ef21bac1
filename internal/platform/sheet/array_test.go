package sheet_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"xiangyun/internal/platform/sheet"
)

func TestJSONArrays(t *testing.T) {
	want := [][]string{{"食[品]{\"\\", "12"}, {"婚姻", ""}}
	for name, file := range map[string]string{
		"on one line":   `[{"Name":"食[品]{\"\\","n":12},{"name":"婚姻","more":"x"}]`,
		"on many lines": "\r\n[\n  {\n    \"Name\" : \"食[品]{\\\"\\\\\",\n    \"n\": 12\n  } ,\n {\"name\":\"婚姻\"}\n]\n",
		"lines":         "{\"name\":\"食[品]{\\\"\\\\\",\"n\":12}\n{\"name\":\"婚姻\"}\n",
	} {
		for _, b := range [][]byte{[]byte(file), gb(t, file), append([]byte(sheet.Mark), file...)} {
			rows, problems := all(t, b, sheet.JSON, "name", "n")
			if len(rows) != 2 || len(problems) > 0 || !reflect.DeepEqual([][]string{rows[0].Cells, rows[1].Cells}, want) || rows[1].Number != 2 || b[rows[1].Offset] != '{' {
				t.Errorf("%s: %v %v", name, rows, problems)
			}
		}
	}
	// In GBK the second byte of a character may look like a backslash or a bracket.
	file := `[{"name":"` + strings.Repeat("誠乗亅俓㎎", 3) + `"},{"name":"x"}]`
	if rows, problems := all(t, gb(t, file), sheet.JSON, "name"); len(rows) != 2 || len(problems) > 0 {
		t.Errorf("%v %v", rows, problems)
	}
	for file, want := range map[string]struct {
		rows     int
		problems []string
	}{
		"":                                     {0, nil},
		"[]":                                   {0, nil},
		" [ ] ":                                {0, nil},
		`[{"n":1},5,[1],"x",{"n":{}},{"n":2}]`: {2, []string{"row 2, byte 9: object", "row 3, byte 11: object", "row 4, byte 15: object", "row 5, byte 19: object"}},
		`[{"n":1}`:                             {1, []string{"row 2, byte 8: object"}},
		`[{"n":1},{"n":`:                       {1, []string{"row 2, byte 9: object"}},
		`[{"n":1} {"n":2}]`:                    {1, []string{"row 2, byte 9: object"}},
		`[{"n":1}] {"n":2}`:                    {1, []string{"row 2, byte 10: object"}},
		"[{\"n\":\"\xff\"},{\"n\":2}]":         {1, []string{"row 1, byte 7: encoding"}},
	} {
		rows, problems := all(t, []byte(file), sheet.JSON, "n")
		if len(rows) != want.rows || !reflect.DeepEqual(problems, want.problems) {
			t.Errorf("%s: %d rows, %q", file, len(rows), problems)
		}
	}
}

// A value that never ends is given up before it fills the memory, and an array of any length needs the memory of one row.
func TestArraysStayBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`[{"n":"`), &repeated{line: bytes.Repeat([]byte("x"), 1<<10), left: 1 << 20})
	r, err := sheet.NewReader(endless, sheet.JSON, sheet.UTF8, []string{"n"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err == nil || !strings.HasSuffix(err.Error(), sheet.TooLong) {
		t.Errorf("a value without end: %v", err)
	}
	if _, err := r.Next(); err != io.EOF { //nolint:errorlint // it is the end itself
		t.Errorf("after it: %v", err)
	}
	long := io.MultiReader(strings.NewReader(`[{"n":0}`), &repeated{line: []byte(",\n{\"n\":1}"), left: 100_000}, strings.NewReader("]"))
	if r, err = sheet.NewReader(iotest.DataErrReader(long), sheet.JSON, sheet.UTF8, []string{"n"}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		if _, err := r.Next(); err != nil {
			if err != io.EOF { //nolint:errorlint // it is the end itself
				t.Fatal(err)
			}
			break
		}
	}
	if n != 100_001 {
		t.Errorf("%d rows", n)
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{`[{"n":1},{"n":"a\"]"}]`, `[`, "{\"n\":1}\n[", `[,]`, "[\xff"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, problems := all(t, b, sheet.JSON, "n")
		var whole []map[string]any
		if json.Unmarshal(b, &whole) != nil || bytes.HasPrefix(b, []byte("null")) {
			return
		}
		if len(rows)+len(problems) != len(whole) {
			t.Fatalf("%q: %d rows and %d problems of %d", b, len(rows), len(problems), len(whole))
		}
	})
}
