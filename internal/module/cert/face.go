package cert

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/paper"
)

// facts are what a type's sources may name.
type facts struct {
	granted casefile.Granted
	issuer  Issuer
	named   map[string]string
	place   func(region string) string
}

// factNames lists the sources besides answers and situation.
var factNames = map[string]bool{
	"applicant.name": true, "applicant.number": true, "applicant.representative": true, "applicant.address": true,
	"case.number": true, "decision.number": true, "decision.date": true, "issuer.name": true, "issuer.code": true, "issuer.region": true,
	"signatory": true, "number": true, "valid.from": true, "valid.until": true, "valid.term": true, "year": true, "day": true,
}

func newFacts(g casefile.Granted, t Type, issuer Issuer, from, until civil.Date, place func(string) string) facts {
	a := g.Applicant
	last, term := t.Term, t.Term
	if !until.IsZero() {
		last = until.Chinese()
		term = "自" + from.Chinese() + "至" + until.Chinese()
	}
	return facts{granted: g, issuer: issuer, place: place, named: map[string]string{
		"applicant.name": a.Name, "applicant.number": a.Number, "applicant.representative": a.Representative, "applicant.address": a.Address,
		"case.number": g.Case.Number, "decision.number": g.DecisionNumber, "decision.date": g.DecidedOn.Chinese(),
		"issuer.name": issuer.Name, "issuer.code": issuer.Code, "issuer.region": issuer.Region.County6(),
		"signatory": t.Signatory, "valid.from": from.Chinese(), "valid.until": last, "valid.term": term,
		"year": strconv.Itoa(from.Year()), "day": from.Compact(),
	}}
}

// of returns what a source says, in words; nothing when it says nothing.
func (f facts) of(source string) []string {
	if inner, ok := strings.CutPrefix(source, "region:"); ok {
		var out []string
		for _, code := range f.of(inner) {
			if name := f.place(code); name != "" {
				out = append(out, name)
			}
		}
		return out
	}
	return words(f.raw(source))
}

// raw returns what a source says as the form keeps it.
func (f facts) raw(source string) any {
	if path, ok := strings.CutPrefix(source, "answers."); ok {
		var at any = f.granted.Content.Answers
		for key := range strings.SplitSeq(path, ".") {
			group, _ := at.(map[string]any)
			at = group[key]
		}
		return at
	}
	if key, ok := strings.CutPrefix(source, "situation."); ok {
		return f.granted.Content.Situation[key]
	}
	return f.named[source]
}

// words flattens an answer into texts.
func words(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v = strings.TrimSpace(v); v == "" {
			return nil
		}
		return []string{v}
	case bool:
		if v {
			return []string{"是"}
		}
		return []string{"否"}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case []string:
		return v
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, words(e)...)
		}
		return out
	case map[string]any:
		return nil
	}
	return []string{fmt.Sprint(v)}
}

// line makes a field's line; ok is false when there is nothing to say.
func (f facts) line(field Field) (l Line, ok bool) {
	var text []string
	for _, source := range field.From {
		values := f.of(source)
		if list, isList := f.raw(source).([]any); isList {
			values = field.picked(list, values)
		}
		values = slices.Clone(values)
		for i, v := range values {
			if word, named := field.Words[v]; named {
				values[i] = word
			}
			if day, err := civil.Parse(v); field.As == "date" && err == nil {
				values[i] = day.Chinese()
			}
		}
		text = append(text, strings.Join(values, "、"))
	}
	value := strings.Join(text, "")
	if value == "" {
		return l, false
	}
	return Line{field.Key, field.Label, field.Before + value + field.After}, true
}

// picked chooses of a list of groups.
func (field Field) picked(list []any, plain []string) []string {
	if field.As == "count" {
		return []string{strconv.Itoa(len(list))}
	}
	if field.Pick == "" {
		return plain
	}
	key, want, filtered := strings.Cut(field.Where, "=")
	var out []string
	for _, e := range list {
		group, _ := e.(map[string]any)
		if filtered && group[key] != want {
			continue
		}
		out = append(out, words(group[field.Pick])...)
	}
	return out
}

// lines makes the face's lines, or says which required field the case leaves empty.
func (f facts) lines(t Type) ([]Line, error) {
	var out []Line
	for _, field := range t.Fields {
		l, ok := f.line(field)
		switch {
		case ok:
			out = append(out, l)
		case field.Required:
			return nil, fmt.Errorf("filling in a %s: the case does not say %s", t.Key, field.Key)
		}
	}
	return out, nil
}

// equality is said on every document (国务院令第716号第十条).
const equality = "本电子证照与纸质证照具有同等法律效力（国务院令第716号）。"

// sheet is the face as a document. Its language is the law's, whatever language a page is read in.
func (r record) sheet(base string) paper.Sheet {
	s := paper.Sheet{Title: r.Name, Caption: "编号：" + r.Number, Office: r.Issuer.Name, Date: r.IssuedOn.Chinese(), Scan: "扫码核验",
		Notes: []string{"电子证照标识：" + r.Identifier, equality}}
	if base != "" {
		s.Code = base + "/verify?identifier=" + r.Identifier
	}
	for _, l := range r.Fields {
		s.Fields = append(s.Fields, paper.Field{Label: l.Label, Value: l.Value})
	}
	r.layout.on(&s, r)
	return s
}
