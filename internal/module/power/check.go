package power

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
)

// The longest texts and lists a definition may hold.
const (
	LongestName = 200
	LongestText = 4000
	LongestList = 100
)

// Check refuses a definition that may not stand in the list: fault.Invalid "power.bad_definition" with one error for each field.
func Check(d *Definition) error {
	refusal := fault.New(fault.Invalid, "power.bad_definition", d.Code)
	code, err := itemcode.ParseBase(d.Code)
	switch {
	case err != nil:
		refusal.Field("code", "power.bad_code")
	case code.Parts().Kind != string(d.Kind):
		refusal.Field("kind", "power.other_kind_than_code")
	}
	if !slices.Contains(Kinds(), d.Kind) {
		refusal.Field("kind", "power.unknown_value")
	}
	if office.DepartmentName(d.Department) == "" {
		refusal.Field("department", "power.unknown_value")
	}
	if len(d.Levels) == 0 || slices.ContainsFunc(d.Levels, func(l int) bool { return !slices.Contains(Levels(), l) }) ||
		!slices.IsSorted(d.Levels) || len(slices.Compact(slices.Clone(d.Levels))) != len(d.Levels) {
		refusal.Field("levels", "power.unknown_value")
	}
	checkLists(d, refusal)
	checkTexts(d, refusal)
	return refusal.OrNil()
}

// checkLists refuses what every power must say and a line that says only half.
func checkLists(d *Definition, refusal *fault.Error) {
	list := func(field string, n int, needed bool, whole func(i int) bool) {
		switch {
		case n == 0 && needed:
			refusal.Field(field, "power.nothing_said")
		case n > LongestList:
			refusal.Field(field, "power.too_many", LongestList)
		default:
			for i := range n {
				if !whole(i) {
					refusal.Field(field, "power.half_a_line", i+1)
					return
				}
			}
		}
	}
	list("basis", len(d.Basis), true, func(i int) bool { return d.Basis[i].Law != "" && d.Basis[i].Article != "" && d.Basis[i].Text != "" })
	list("duties", len(d.Duties), true, func(i int) bool { return d.Duties[i].Step != "" && d.Duties[i].Text != "" && d.Duties[i].Basis != "" })
	list("steps", len(d.Steps), true, func(i int) bool { return d.Steps[i].Name != "" && d.Steps[i].Who != "" })
	list("liabilities", len(d.Liabilities), true, func(i int) bool { return d.Liabilities[i].Text != "" && d.Liabilities[i].Basis != "" })
	list("risks", len(d.Risks), false, func(i int) bool { return d.Risks[i].Step != "" && d.Risks[i].Text != "" && d.Risks[i].Control != "" })
}

func checkTexts(d *Definition, refusal *fault.Error) {
	for _, t := range []struct {
		field, text string
		longest     int
		needed      bool
	}{
		{"name", d.Name, LongestName, true}, {"main", d.Main, LongestName, false}, {"unit", d.Unit, LongestName, false}, {"division", d.Division, LongestText, true},
		{"supervision", d.Supervision, LongestText, true}, {"discretion", d.Discretion, LongestText, false}, {"note", d.Note, LongestText, false},
	} {
		switch n := utf8.RuneCountInString(t.text); {
		case n == 0 && t.needed:
			refusal.Field(t.field, "power.nothing_said")
		case n > t.longest:
			refusal.Field(t.field, "power.too_long", t.longest)
		}
	}
}

func digestOf(d *Definition) (string, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encoding a power: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
