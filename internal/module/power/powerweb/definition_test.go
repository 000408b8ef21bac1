package powerweb

import (
	"reflect"
	"strings"
	"testing"

	"xiangyun/internal/module/power"
	"xiangyun/internal/module/power/powertest"
)

func TestDefinitionThroughItsForm(t *testing.T) {
	d := powertest.Definition("000131104003")
	d.Main, d.Note, d.Risks = "食品经营许可", "第一行\n第二行", []power.Risk{{Step: "审查", Text: "人情", Control: "留痕"}}
	f := formOf(&d)
	if got := f.definition(); !reflect.DeepEqual(got, d) {
		t.Errorf("got  %+v\nwant %+v", got, d)
	}
	f.Basis = "《甲法》｜第一条｜可以 | 应当\r\n\r\n  《乙法》 | 第二条  \n"
	got := f.definition().Basis
	want := []power.Basis{{Law: "《甲法》", Article: "第一条", Text: "可以 | 应当"}, {Law: "《乙法》", Article: "第二条"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("basis %+v", got)
	}
	f.Levels = []string{"4", "x", "3"}
	if got := f.definition().Levels; !reflect.DeepEqual(got, []int{0, 3, 4}) {
		t.Errorf("levels %v", got)
	}
}

// Whatever is typed, reading what was written from it gives the same again.
func FuzzTable(f *testing.F) {
	f.Add("《食品安全法》 | 第三十五条 | 许可")
	f.Add("a|b|c|d\n\n｜\r\n|")
	f.Add("\x00\xff|")
	f.Fuzz(func(t *testing.T, text string) {
		form := definitionForm{Basis: text, Liabilities: text}
		d := form.definition()
		for _, b := range d.Basis {
			if strings.ContainsAny(b.Law+b.Article, "|\n") {
				t.Fatalf("%q gave %+v", text, b)
			}
		}
		again := formOf(&d)
		e := again.definition()
		third := formOf(&e)
		if again.Basis != third.Basis || again.Liabilities != third.Liabilities {
			t.Fatalf("%q: %q, then %q", text, again.Basis, third.Basis)
		}
	})
}
