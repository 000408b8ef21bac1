package item

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"xiangyun/internal/platform/db"
)

func TestCodesInBothDirections(t *testing.T) {
	n := nationalTables()
	for name, words := range n.Codes {
		if len(words) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	basic := n.table("basic")
	audience := basic.Columns[basic.column("server_type")]
	for cell, want := range map[string]string{"1": "person", "2,3,4,5,9": "company", "1,2": "person,company", "6": "company", "1、3": "person,company"} {
		if got, ok := audience.read(cell); !ok || got != want {
			t.Errorf("audience %s: %s", cell, got)
		}
	}
	for _, cell := range []string{"7", "1,7", ",", "一"} {
		if got, ok := audience.read(cell); ok {
			t.Errorf("audience %s: %s", cell, got)
		}
	}
	for _, set := range n.Tables {
		for _, c := range set.Columns {
			if c.set == nil {
				continue
			}
			for word, code := range c.set.say {
				if got, ok := c.read(code); !ok || got != word {
					t.Errorf("%s.%s: %s is said %s and read %s", set.Name, c.Name, word, code, got)
				}
			}
		}
	}
	extend := n.table("extend")
	kinds := extend.Columns[extend.column("result_type")]
	if got, ok := kinds.read("10,99,10"); !ok || got != "certificate,other,certificate" {
		t.Errorf("the kinds of three results: %s", got)
	}
}

func TestBasisAsOfficesWriteIt(t *testing.T) {
	for text, want := range map[string]Basis{
		"《中华人民共和国建筑法》（2019年修正） 第七条、第八条：应当申请领取施工许可证。": {Law: "《中华人民共和国建筑法》（2019年修正）", Article: "第七条、第八条", Text: "应当申请领取施工许可证。"},
		"《食品安全法》第三十五条：国家对食品生产经营实行许可制度。":              {Law: "《食品安全法》", Article: "第三十五条", Text: "国家对食品生产经营实行许可制度。"},
		"依法实行许可制度。": {Law: "依法实行许可制度。", Article: "全文", Text: "依法实行许可制度。"},
	} {
		want.About = "power"
		var d Definition
		takeBasis(&d, text)
		if !reflect.DeepEqual(d.Guide.Basis, []Basis{want}) {
			t.Errorf("%s: %+v", text, d.Guide.Basis)
		}
	}
}

func FuzzTextsOfTables(f *testing.F) {
	f.Add("受理（综合窗口，1日，并联2）：检查→通知书\n决定")
	f.Add("《法》 第一条：说\n:")
	f.Add("现场核查（最长30个工作日）：《办法》")
	f.Add("长春市（窗口：3–8 号）")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // bytes that are no text are refused before they come here
		}
		once := stepsText(stepsOf(text))
		if again := stepsText(stepsOf(once)); again != once {
			t.Fatalf("steps %q become %q and then %q", text, once, again)
		}
		if n := len(lines(text)); n != len(stepsOf(text)) {
			t.Fatalf("%d lines, %d steps", n, len(stepsOf(text)))
		}
		var d Definition
		takeBasis(&d, text)
		takeSuspend(&d, text)
		takeResults(&d, text)
		takeResultKinds(&d, text)
		var x taken
		takeAddress(&x, text)
		if x.contact.Windows != "" && addressText(&exported{Override: overrideOf(x.contact)}) != text {
			t.Fatalf("address %q: %+v", text, x.contact)
		}
		for _, b := range d.Guide.Basis {
			if strings.ContainsAny(b.Text, "\n") {
				t.Fatalf("%q", b.Text)
			}
		}
	})
}

func overrideOf(c Contact) (o db.JSON[Override]) {
	o.V.Contact = c
	return o
}
