package cert

import (
	"encoding/json"
	"testing"

	"xiangyun/internal/gov/civil"
)

// Programs that know no more of a record than that its keys are sorted and nothing stands between them must come to the same bytes.
func TestCanonicalRecordIsSorted(t *testing.T) {
	r := record{Basis: "《食品安全法》<第三十五条>", Fields: []Line{{"number", "许可证编号", "JY12201020000013"}, {"scope", "经营项目", "热食 & 冷食"}}, Format: 1,
		Holder: holder{"company", "长春市𬱖记餐饮有限公司", "91220102MA0000000X"}, Issuer: issuedBy{Code: "11220102MB1A00263K", Name: "长春市南关区市场监督管理局"},
		Documents: digests{OFD: "o", PDF: "p"}, TypeVersion: 3, ValidFrom: civil.MustParse("2026-11-27")}
	text, err := r.canonical()
	if err != nil {
		t.Fatal(err)
	}
	var any map[string]any
	if err := json.Unmarshal(text, &any); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(any)
	if err != nil {
		t.Fatal(err)
	}
	if string(sorted) != string(text) {
		t.Errorf("its fields are not in the order of their names:\n%s\n%s", text, sorted)
	}
}
