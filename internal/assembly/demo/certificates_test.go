package demo

import (
	"testing"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/module/cert"
)

// TestCertificateTypes counts what the province registers: 601 types, each with a name and a code of its own.
func TestCertificateTypes(t *testing.T) {
	list, err := registeredTypes()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if len(one.Doubts) == 0 {
			t.Errorf("%s: its code is the demonstration's and must say so", one.Key)
		}
	}
	leading, err := folder("certificates")
	if err != nil {
		t.Fatal(err)
	}
	drawn := 0
	for _, f := range leading {
		one, err := cert.ParseType(f.text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	names, codes, keys := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, one := range list {
		if names[one.Name] || codes[one.Code] || keys[one.Key] {
			t.Errorf("%s, %s, %s stands twice", one.Key, one.Code, one.Name)
		}
		names[one.Name], codes[one.Code], keys[one.Key] = true, true, true
		if _, err := certcode.ParseKind(one.Code); err != nil {
			t.Errorf("%s: %v", one.Code, err)
		}
		if one.Layout != nil {
			drawn++
		}
	}
	if len(list) != 601 || drawn != 19 {
		t.Errorf("%d types, %d drawn by hand", len(list), drawn)
	}
}
