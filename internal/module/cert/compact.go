package cert

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A word of the vocabulary is a field many types have.
type word struct {
	label, as string
	private   bool
}

//go:embed vocabulary.tsv
var vocabularyText string

var vocabulary = readVocabulary(vocabularyText)

func readVocabulary(text string) map[string]word {
	out := map[string]word{}
	for line := range strings.Lines(text) {
		if cells := strings.Split(strings.TrimRight(line, "\n"), "\t"); len(cells) == 4 {
			out[cells[0]] = word{cells[1], cells[2], cells[3] == "private"}
		}
	}
	return out
}

// compactColumns are those of the table [ParseTypes] reads.
const compactColumns = "key\tcode\tname\tdepartment\tholder\tlevels\tvalidity\tbasis\tfields\tdoubt"

var doubtWords = map[string]string{"code": "类型代码中主管部门的统一社会信用代码是示例。", "basis": "依据未与法规原文逐条核对。"}

// ParseTypes reads types written as one row each of tab-separated cells: what most types need, since they differ in little more than name, department
// and a few fields. Lines that begin with # say something to people. Such a type is numbered by the office that issues it. All mistakes are told, each
// with its line.
func ParseTypes(text []byte) ([]Type, error) {
	var out []Type
	var errs []error
	seen, headed, n := map[string]int{}, false, 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case !headed:
			if line != compactColumns {
				return nil, fmt.Errorf("certificate types: line %d does not name the columns", n)
			}
			headed = true
			continue
		}
		t, err := parseRow(line)
		if err == nil {
			err = t.check()
		}
		for _, unique := range []string{"key " + t.Key, "code " + t.Code, "name " + t.Name} {
			if before := seen[unique]; err == nil && before > 0 {
				err = fmt.Errorf("%s stands in line %d already", unique, before)
			}
			seen[unique] = n
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("certificate types: line %d: %w", n, err))
			continue
		}
		out = append(out, t)
	}
	return out, errors.Join(errs...)
}

func parseRow(line string) (Type, error) {
	c := strings.Split(line, "\t")
	if want := strings.Count(compactColumns, "\t") + 1; len(c) != want {
		return Type{}, fmt.Errorf("%d cells instead of %d", len(c), want)
	}
	t := Type{Key: c[0], Code: c[1], Name: c[2], Department: c[3], Holder: c[4], Levels: list(c[5]), Basis: c[7], Issuer: "deciding", Signatory: "发证机关负责人",
		Seal: "official", Number: Number{Parts: []Part{{From: "answers.number"}}}}
	if t.Department == "" || t.Holder == "" || len(t.Levels) == 0 {
		return t, errors.New("department, holder and levels are required")
	}
	years, err := strconv.Atoi(c[6])
	switch {
	case c[6] == validLong:
		t.Term = "长期"
	case c[6] == validStated:
		t.Term = statedTerm
	case err != nil || years < 1 || years > 99:
		return t, fmt.Errorf("validity %q is neither years nor long nor stated", c[6])
	default:
		t.Years = years
	}
	if err := t.fill(list(c[8]), c[6]); err != nil {
		return t, err
	}
	for _, d := range list(c[9]) {
		said, ok := doubtWords[d]
		if !ok {
			return t, fmt.Errorf("doubt %q is unknown", d)
		}
		t.Doubts = append(t.Doubts, said)
	}
	return t, nil
}

// fill makes the face: who holds it, what is its own, who issued it and until when it is good.
func (t *Type) fill(own []string, validity string) error {
	name, number := "姓名", "公民身份号码"
	switch t.Holder {
	case VerifierCompany:
		name, number = "单位名称", "统一社会信用代码"
	case "either":
		name, number = "持证主体", "持证主体代码"
	}
	t.Fields = []Field{{Key: "holder", Label: name, From: []string{"applicant.name"}, Required: true},
		{Key: "holder_number", Label: number, From: []string{"applicant.number"}}}
	hidden := []string{"holder_number"}
	for _, key := range own {
		w, ok := vocabulary[key]
		if !ok {
			return fmt.Errorf("there is no field %q", key)
		}
		t.Fields = append(t.Fields, Field{Key: key, Label: w.label, From: []string{"answers." + key}, As: w.as})
		if w.private {
			hidden = append(hidden, key)
		}
	}
	until := Field{Key: "until", Label: "有效期至", From: []string{"valid.until"}}
	if validity == validStated {
		until.From, until.As = []string{"answers.valid_until"}, "date"
	}
	t.Fields = append(t.Fields, Field{Key: "issuer", Label: "发证机关", From: []string{"issuer.name"}, Required: true},
		Field{Key: "issued", Label: "发证日期", From: []string{"decision.date"}, Required: true}, until)
	if t.Holder == VerifierCompany {
		return nil // what must hang on the wall is no secret
	}
	var shown []string
	for _, f := range t.Fields {
		if !slices.Contains(hidden, f.Key) {
			shown = append(shown, f.Key)
		}
	}
	t.Shows = map[string][]string{VerifierStranger: shown, VerifierPerson: shown, VerifierCompany: shown}
	return nil
}

// list takes a cell apart at its commas.
func list(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, ",")
}
