package casefile_test

import (
	"reflect"
	"slices"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
)

// What a form says comes to what the draft held; nothing else of it changes.
func TestMerge(t *testing.T) {
	offers := []casefile.Offer{{Rule: item.Material{Code: "01"}}, {Rule: item.Material{Code: "02"}}}
	held := []casefile.Given{{Code: "01", Way: item.WayUpload, Files: []string{"a", "b", "gone"}}, {Code: "03", Way: item.WayUpload, Files: []string{"c"}}}
	there := map[string]material.File{"a": {}, "b": {}, "c": {}}
	for name, c := range map[string]struct {
		in      casefile.Sent
		want    []casefile.Given
		dropped []string
	}{
		"nothing": {casefile.Sent{}, []casefile.Given{{Code: "01", Way: item.WayUpload, Files: []string{"a", "b"}}}, []string{"gone", "c"}},
		"new": {casefile.Sent{Files: map[string][]string{"01": {"d"}, "02": {"e"}}}, []casefile.Given{{Code: "01", Way: item.WayUpload, Files: []string{"a", "b", "d"}},
			{Code: "02", Way: item.WayUpload, Files: []string{"e"}}}, []string{"gone", "c"}},
		"removed":       {casefile.Sent{Remove: "01/a"}, []casefile.Given{{Code: "01", Way: item.WayUpload, Files: []string{"b"}}}, []string{"a", "gone", "c"}},
		"another's":     {casefile.Sent{Remove: "02/a"}, []casefile.Given{{Code: "01", Way: item.WayUpload, Files: []string{"a", "b"}}}, []string{"gone", "c"}},
		"another-way":   {casefile.Sent{Ways: map[string][]string{"way.01": {item.WayReuse}}}, []casefile.Given{{Code: "01", Way: item.WayReuse}}, []string{"a", "b", "gone", "c"}},
		"way-and-files": {casefile.Sent{Ways: map[string][]string{"way.02": {item.WayReuse}}, Files: map[string][]string{"02": {"d"}}}, []casefile.Given{{Code: "01", Way: item.WayUpload, Files: []string{"a", "b"}}, {Code: "02", Way: item.WayUpload, Files: []string{"d"}}}, []string{"gone", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := casefile.Merge(offers, held, there, c.in)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("gave %+v, want %+v", got, c.want)
			}
			if dropped := casefile.Dropped(held, got); !slices.Equal(dropped, c.dropped) {
				t.Errorf("dropped %v, want %v", dropped, c.dropped)
			}
		})
	}
}
