package seal

import (
	"testing"

	"xiangyun/internal/module/seal/picture"
)

// TestSizes are those of 国发〔1999〕25号.
func TestSizes(t *testing.T) {
	office := func(name, region string) Owner { return Owner{Kind: Office, Name: name, Region: region} }
	for _, c := range []struct {
		owner         Owner
		kind          Kind
		shape         picture.Shape
		width, height int
	}{
		{office("吉林省人民政府", "220000000000"), Official, picture.Emblem, 50, 50},
		{office("吉林省市场监督管理厅", "220000000000"), Official, picture.Star, 45, 45},
		{office("长春市人民政府", "220100000000"), Official, picture.Emblem, 45, 45},
		{office("农安县人民政府", "220122000000"), Official, picture.Emblem, 45, 45},
		{office("长春市民政局", "220100000000"), Official, picture.Star, 42, 42},
		{office("长春市南关区民政局", "220102000000"), Official, picture.Star, 42, 42},
		{office("农安县农安镇人民政府", "220122100000"), Official, picture.Emblem, 42, 42},
		{office("长春市南关区民政局", "220102000000"), Approval, picture.Star, 38, 38},
		{Owner{Kind: Company, Region: "220102001001"}, Official, picture.Star, 40, 40},
		{Owner{Kind: Company, Region: "220102001001"}, Invoice, picture.Ellipse, 45, 30},
		{Owner{Kind: Company, Region: "220102001001"}, Representative, picture.Square, 18, 18},
	} {
		if shape, w, h, _ := form(c.kind, c.owner); shape != c.shape || w != c.width || h != c.height {
			t.Errorf("%s of %s: %s %d × %d", c.kind, c.owner.Name, shape, w, h)
		}
	}
}
