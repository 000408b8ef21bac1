package keeperweb

import (
	"slices"

	"xiangyun/internal/module/item"
)

// fieldKind is how a value of a definition is asked for.
type fieldKind int

const (
	textKind  fieldKind = iota // one line
	longKind                   // several lines
	wholeKind                  // a whole number
	tickKind                   // yes or no
	oneKind                    // one of several words
	manyKind                   // any of several words or numbers
	linesKind                  // a list, one a line
	cellsKind                  // a list of rows, one a line, their parts between bars
)

// fieldSpec is one value of a definition or of a row in it.
type fieldSpec struct {
	name    string // its place: "promise_days", "guide.fee_note"; in a row the part's own name
	kind    fieldKind
	options []string // for oneKind and manyKind; a word for each stands in the locales
	empty   bool     // may stay empty
}

// section is a part of a definition edited by itself: some values, and rows of a list.
type section struct {
	key    string
	fields []fieldSpec
	list   string // place of the list; "" for a section without
	row    []fieldSpec
}

var days = []string{"working_days", "calendar_days"}

// sections are the whole of a definition, in the order of a guide. The code is not among them: it never changes.
var sections = []section{
	{key: "head", fields: []fieldSpec{{name: "name"}, {name: "short"}, {name: "kind", kind: oneKind, options: []string{"01", "05", "07", "08", "09", "10", "20"}},
		{name: "department"}, {name: "levels", kind: manyKind, options: []string{"2", "3", "4", "5", "6"}},
		{name: "audience", kind: manyKind, options: []string{"person", "company"}}, {name: "guide.summary", kind: longKind},
		{name: "legal_days", kind: wholeKind}, {name: "legal_unit", kind: oneKind, options: days}, {name: "legal_note"},
		{name: "promise_days", kind: wholeKind}, {name: "promise_unit", kind: oneKind, options: days}, {name: "instant", kind: tickKind},
		{name: "visits", kind: wholeKind}, {name: "visit_reason", empty: true}, {name: "online", kind: tickKind},
		{name: "depth", kind: manyKind, options: []string{"1", "2", "3", "4", "5", "6", "7", "8"}, empty: true}}},
	{key: "find", fields: []fieldSpec{{name: "themes", kind: linesKind, empty: true}, {name: "life_events", kind: linesKind, empty: true},
		{name: "zones", kind: linesKind, empty: true}, {name: "synonyms", kind: linesKind, empty: true}, {name: "rank", kind: wholeKind, empty: true}}},
	{key: "basis", list: "guide.basis", row: []fieldSpec{{name: "law"}, {name: "article"}, {name: "text", kind: longKind},
		{name: "about", kind: oneKind, options: []string{"power", "limit", "material", "fee"}}}},
	{key: "conditions", fields: []fieldSpec{{name: "guide.conditions", kind: linesKind}}},
	{key: "variants", list: "guide.variants", row: []fieldSpec{{name: "key"}, {name: "suffix"}, {name: "name"}, {name: "promise_days", kind: wholeKind, empty: true},
		{name: "note", empty: true}}},
	{key: "situations", list: "guide.situations", row: []fieldSpec{{name: "key"}, {name: "title"}, {name: "help", empty: true}, {name: "when", empty: true},
		{name: "options", kind: cellsKind}}},
	{key: "materials", list: "guide.materials", row: []fieldSpec{{name: "code"}, {name: "name"}, {name: "when", empty: true}, {name: "required", kind: tickKind},
		{name: "original", kind: oneKind, options: []string{"original", "copy", "both"}, empty: true}, {name: "copies", kind: wholeKind, empty: true},
		{name: "source", kind: oneKind, options: []string{"applicant", "government", "intermediary"}, empty: true}, {name: "issuer", empty: true},
		{name: "ways", kind: cellsKind}, {name: "standard", kind: longKind, empty: true}, {name: "blank", empty: true}, {name: "sample", empty: true},
		{name: "basis", empty: true}, {name: "paper", kind: oneKind, options: item.Papers(), empty: true}}},
	{key: "steps", list: "guide.steps", row: []fieldSpec{{name: "name"}, {name: "who"}, {name: "days", kind: wholeKind, empty: true}, {name: "does", kind: longKind, empty: true},
		{name: "result", empty: true}, {name: "with", kind: wholeKind, empty: true}}},
	{key: "suspend", list: "guide.suspend", row: []fieldSpec{{name: "kind", kind: oneKind,
		options: []string{"inspection", "assessment", "publicity", "hearing", "expert_review", "test"}}, {name: "name"}, {name: "days", kind: wholeKind, empty: true}, {name: "basis"}}},
	{key: "fees", fields: []fieldSpec{{name: "guide.fee_note"}}, list: "guide.fees", row: []fieldSpec{{name: "name"}, {name: "standard"},
		{name: "fen", kind: wholeKind, empty: true}, {name: "basis"}, {name: "relief", empty: true}}},
	{key: "results", fields: []fieldSpec{{name: "guide.form_key", empty: true}, {name: "guide.flow_key", empty: true}, {name: "guide.cert_type", empty: true}},
		list: "guide.results", row: []fieldSpec{{name: "name"}, {name: "kind", kind: oneKind, options: []string{"certificate", "document", "other"}}, {name: "valid", empty: true}}},
	{key: "reach", fields: []fieldSpec{{name: "guide.scope", empty: true}, {name: "guide.receivable", kind: manyKind, options: []string{"5", "6"}, empty: true},
		{name: "guide.pledge.text", kind: longKind, empty: true}, {name: "guide.pledge.basis", empty: true}, {name: "guide.pledge.check", empty: true}}},
	{key: "opinions", list: "departments", row: []fieldSpec{{name: "department"}, {name: "name"}, {name: "does", empty: true}}},
	{key: "faq", list: "guide.faq", row: []fieldSpec{{name: "question"}, {name: "answer", kind: longKind}}},
	{key: "doubt", list: "guide.doubt", row: []fieldSpec{{name: "about"}, {name: "text", kind: longKind}}},
}

// sectionOf returns a section by its key, the first for a key nobody knows.
func sectionOf(key string) section {
	i := slices.IndexFunc(sections, func(s section) bool { return s.key == key })
	return sections[max(i, 0)]
}

// holding returns the section that asks for a place: "promise_days", "guide.materials.3".
func holding(at string) section {
	for _, s := range sections {
		if s.list != "" && within(at, s.list) {
			return s
		}
		for _, f := range s.fields {
			if within(at, f.name) {
				return s
			}
		}
	}
	// Conditions of questions and materials are refused for the guide as a whole.
	return sectionOf("situations")
}

func within(at, place string) bool {
	return at == place || len(at) > len(place) && at[:len(place)] == place && at[len(place)] == '.'
}
