package casefileweb

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
)

// The description of the API names every action that exists, and no other.
func TestEveryActionIsDescribed(t *testing.T) {
	body, _ := reflect.TypeFor[actionInput]().FieldByName("Body")
	field, _ := body.Type.FieldByName("Action")
	described := strings.Fields(field.Tag.Get("doc"))
	for _, a := range casefile.Actions {
		if !slices.Contains(described, string(a)) {
			t.Errorf("%s is not described", a)
		}
	}
	if len(described) != len(casefile.Actions) {
		t.Errorf("%d are described, there are %d", len(described), len(casefile.Actions))
	}
}
