package sheet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangyun/internal/platform/sheet"
)

const table = "name,said\n食品经营许可,\"一行,\n\"\"二行\"\"\"\n\n婚姻登记,\n"

func gb(t testing.TB, text string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// all reads a file to its end; problems are told as text.
func all(t testing.TB, b []byte, form sheet.Form, asked ...string) (rows []sheet.Row, problems []string) {
	t.Helper()
	f, err := sheet.Examine(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r, err := sheet.NewReader(iotest.HalfReader(bytes.NewReader(b)), form, f.Encoding, asked)
	if err != nil {
		return nil, []string{err.Error()}
	}
	for {
		row, err := r.Next()
		var p *sheet.Problem
		switch {
		case errors.Is(err, io.EOF):
			return rows, problems
		case errors.As(err, &p):
			problems = append(problems, p.Error())
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, row)
		}
	}
}

func TestEncodingsAndLineEnds(t *testing.T) {
	want := [][]string{{"食品经营许可", "一行,\n\"二行\""}, {"婚姻登记", ""}}
	for name, file := range map[string][]byte{
		"utf-8": []byte(table), "with a mark": []byte(sheet.Mark + table), "gbk": gb(t, table),
		"without a last line end": []byte(strings.TrimSuffix(table, "\n")),
	} {
		rows, problems := all(t, file, sheet.CSV)
		if len(rows) != 2 || len(problems) > 0 || !reflect.DeepEqual([][]string{rows[0].Cells, rows[1].Cells}, want) || rows[1].Number != 4 {
			t.Errorf("%s: %v %v", name, rows, problems)
		}
	}
	rows, problems := all(t, []byte(strings.ReplaceAll(table, "\n", "\r\n")), sheet.CSV)
	if len(rows) != 2 || len(problems) > 0 || rows[0].Cells[1] != "一行,\r\n\"二行\"" {
		t.Errorf("CRLF: %v %v", rows, problems)
	}
	if rows, problems := all(t, nil, sheet.CSV); len(rows)+len(problems) > 0 {
		t.Error("an empty file has rows")
	}
}

func TestProblemsAreToldWithTheirPlaceAndPassedOver(t *testing.T) {
	good := strings.Repeat("事项,名称\n", 20)
	file := "a,b\n" + good + "\xFF坏,x\n" + "一,二,三\n" + "\"甲\"乙,x\n" + "丙,丁\n\"开\n" + "戊,己\n"
	rows, problems := all(t, []byte(file), sheet.CSV)
	want := []string{fmt.Sprintf("row 22, byte %d: encoding", 4+len(good)), "row 23", "row 24", "row 26"}
	if len(problems) != 4 || len(rows) != 22 {
		t.Fatalf("%d rows, problems %q", len(rows), problems)
	}
	for i, w := range want {
		if !strings.HasPrefix(problems[i], w) {
			t.Errorf("problem %d is %q, want %q", i, problems[i], w)
		}
	}
	if last := rows[len(rows)-1]; last.Cells[0] != "戊" || last.Number != 27 {
		t.Errorf("after an open quote: %v", last)
	}
	// In GBK a damaged character is found too.
	b := gb(t, "a\n"+good[:0]+"事项\n")
	if _, problems := all(t, append(b, 0xC4, '\n', 'x', '\n'), sheet.CSV); len(problems) != 1 || !strings.Contains(problems[0], "encoding") {
		t.Errorf("GBK: %q", problems)
	}
}

func TestJSONLines(t *testing.T) {
	file := `{"Name":"食品","n":12,"yes":true,"none":null,"more":1}` + "\n[1]\n" + `{"name":{"a":1}}` + "\n"
	for _, b := range [][]byte{[]byte(file), gb(t, file)} {
		rows, problems := all(t, b, sheet.Lines, "name", "n", "yes", "none")
		if len(rows) != 1 || !reflect.DeepEqual(rows[0].Cells, []string{"食品", "12", "1", ""}) || len(problems) != 2 {
			t.Errorf("%v %v", rows, problems)
		}
	}
}

func TestARowNeverClosedStaysBounded(t *testing.T) {
	line := []byte("甲,乙\n")
	file := io.MultiReader(strings.NewReader("a,b\n\"开,\n"), &repeated{line: line, left: 4 << 20})
	r, err := sheet.NewReader(file, sheet.CSV, sheet.UTF8, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err == nil {
		t.Fatal("a quote that is never closed was read")
	}
	row, err := r.Next()
	if err != nil || row.Cells[0] != "甲" || row.Number != 3 {
		t.Errorf("after it: %v %v", row, err)
	}
}

// repeated gives a line again and again.
type repeated struct {
	line []byte
	left int
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.line[r.at:])
	if r.at = (r.at + n) % len(r.line); r.at == 0 {
		r.left--
	}
	return n, nil
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(table))
	f.Add([]byte("\xEF\xBB\xBFa,b\r\n\"x\"\"\n,y"))
	f.Add(gb(f, table))
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, err := sheet.Examine(iotest.OneByteReader(bytes.NewReader(b)))
		if err != nil || facts.Size != int64(len(b)) {
			t.Fatal(facts, err)
		}
		rows, _ := all(t, b, sheet.CSV)
		number := 0
		for _, row := range rows {
			if row.Number <= number || row.Offset > int64(len(b)) {
				t.Fatalf("row %d at %d after %d", row.Number, row.Offset, number)
			}
			number = row.Number
			for _, c := range row.Cells {
				if !utf8.ValidString(c) || strings.ContainsRune(c, 0) {
					t.Fatalf("%q", c)
				}
			}
		}
	})
}

func TestNoTextForPeopleIsAFormula(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+86": "'+86", "-1": "'-1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "": "", "a=1": "a=1", "'a": "'a"} {
		if got := sheet.Harmless(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzWriting(f *testing.F) {
	f.Add("a,\"b\"\n", " c")
	f.Add("\x00\xff\u2028", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		var text string
		if err := json.Unmarshal(sheet.AppendJSON(nil, a), &text); err != nil || text != strings.ToValidUTF8(a, "\uFFFD") && utf8.ValidString(a) {
			t.Fatalf("JSON of %q: %q %v", a, text, err)
		}
		line := append(sheet.AppendCSV(append(sheet.AppendCSV(nil, a), ','), b), '\n')
		if strings.Contains(a+b, "\r") {
			return // encoding/csv turns CRLF into LF
		}
		got, err := csv.NewReader(bytes.NewReader(line)).Read()
		if a == "" && b == "" {
			return
		}
		if err != nil || !reflect.DeepEqual(got, []string{a, b}) {
			t.Fatalf("CSV of %q, %q: %q %v", a, b, got, err)
		}
	})
}
