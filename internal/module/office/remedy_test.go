package office_test

import (
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
)

func TestRemedies(t *testing.T) {
	d := region.JilinDirectory()
	for path, want := range map[string][2]string{
		"220102d31":       {"长春市南关区人民政府", "长春市南关区人民法院或者其他有管辖权的人民法院"},
		"222401d31":       {"延吉市人民政府", "延吉市人民法院或者其他有管辖权的人民法院"},
		"220102":          {"长春市人民政府", "有管辖权的人民法院"},
		"220102001":       {"长春市南关区人民政府", "长春市南关区人民法院或者其他有管辖权的人民法院"},
		"220102001001":    {"长春市南关区人民政府", "长春市南关区人民法院或者其他有管辖权的人民法院"},
		"2201d31":         {"长春市人民政府", "有管辖权的人民法院"},
		"22d31":           {"吉林省人民政府", "有管辖权的人民法院"},
		"22":              {"吉林省人民政府", "有管辖权的人民法院"},
		"220102d30":       {"上一级税务机关", "长春市南关区人民法院或者其他有管辖权的人民法院"},
		"nonsense":        {"有权的行政复议机关", "有管辖权的人民法院"},
		"220102d31/group": {"长春市南关区人民政府", "长春市南关区人民法院或者其他有管辖权的人民法院"},
	} {
		if government, court := office.Remedies(d, path); government != want[0] || court != want[1] {
			t.Errorf("%s: %s, %s", path, government, court)
		}
	}
}
