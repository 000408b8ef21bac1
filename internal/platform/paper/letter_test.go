package paper_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/platform/paper"
)

// letter is a decision of an office of Yanbian, its words rare where they may be.
func letter() paper.Letter {
	l := paper.Letter{Office: paper.Pair{Text: "延吉市市场监督管理局", Beside: "연길시 시장감독관리국"}, Title: paper.Pair{Text: "准予行政许可决定书", Beside: "행정허가결정서"},
		Number: "延吉市市场监督管理局准字〔2026〕第0001号", Signer: "延吉市市场监督管理局", Date: "2026年11月27日", Seal: "（盖章处）",
		Code: "https://xiangyun.test/papers/verify?number=1", Scan: "扫码核验", Notes: []string{"联系地址：延吉市长白山西路1号", "查询码：123456"}}
	l.Blocks = []paper.Block{{Kind: paper.Addressee, Text: "王𬱖、" + onlySans + "氏餐饮有限公司："},
		{Text: "你（单位）于2026年11月20日提出的“食品经营许可”申请（办件编号222401031261120000001），经审查，符合法定条件、标准，根据《中华人民共和国行政许可法》第三十八条第一款的规定，决定准予行政许可。"},
		{Kind: paper.Heading, Text: "一、许可内容"},
		{Kind: paper.Table, Widths: []int{1, 4, 3}, Head: []string{"序号", "材料名称", "提交方式"}, Rows: [][]string{{"1", "食品经营许可申请书", "在线填表"}, {"2", "A & B <c> \"d\"", "上传"}}}}
	return l
}

const (
	onlySans = "𰻝"          // of the faces, the sans has it alone
	nobody   = "\U00031350" // no face has it
)

func lay(t testing.TB, l paper.Letter) (*paper.Document, error) {
	t.Helper()
	once.Do(func() { writer, broken = paper.New() })
	if broken != nil {
		t.Fatal(broken)
	}
	d, err := writer.Lay(l)
	if d == nil {
		t.Fatal(err)
	}
	return d, err
}

func mustLay(t testing.TB, l paper.Letter) *paper.Document {
	t.Helper()
	d, err := lay(t, l)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ofdOf(t testing.TB, d *paper.Document) []byte {
	t.Helper()
	b, err := d.OFD()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// flat is a text without the ends of its lines.
func flat(text string) string {
	return strings.NewReplacer("\n", "", "\f", "", " ", "", "　", "").Replace(text)
}

// TestLetterSaysAll reads every word back from both formats.
func TestLetterSaysAll(t *testing.T) {
	l := letter()
	d := mustLay(t, l)
	pdf := flat(string(tool(t, "pdftotext", d.PDF(), "-raw")))
	r, err := paper.ReadOFD(ofdOf(t, d))
	if err != nil {
		t.Fatal(err)
	}
	if r.Title != l.Title.Text || r.Fonts != 4 {
		t.Errorf("read %q with %d fonts", r.Title, r.Fonts)
	}
	ofd := flat(strings.Join(r.Pages, "\n"))
	for _, want := range append(l.Lines(), l.Office.Text, l.Office.Beside, l.Title.Beside, l.Number, l.Signer, l.Date, l.Seal, l.Scan, l.Notes[0], l.Notes[1], "第 1 页　共 1 页", "序号材料名称提交方式") {
		if want = flat(want); !strings.Contains(pdf, want) {
			t.Errorf("the PDF does not say %q: %s", want, pdf)
		}
		if !strings.Contains(ofd, want) {
			t.Errorf("the OFD does not say %q: %s", want, ofd)
		}
	}
	svg := d.SVG()
	wellFormed(t, "SVG", svg[0])
	if len(svg) != 1 || !strings.Contains(string(svg[0]), `font-weight="700"`) || !strings.Contains(string(svg[0]), "연길시") {
		t.Errorf("%d pages on the screen", len(svg))
	}
}

// TestNothingVanishes draws a character no face has, reports it, and lets readers of PDF copy it.
func TestNothingVanishes(t *testing.T) {
	l := letter()
	l.Blocks[0].Text = "王" + nobody + "🙂："
	d, err := lay(t, l)
	e, ok := errors.AsType[*paper.NoGlyph](err)
	if !ok || !slices.Equal(e.Runes, []rune{'🙂', []rune(nobody)[0]}) || e.Error() != "paper: no face has U+1F642, U+31350" {
		t.Fatal(err)
	}
	boxes := len(d.Pages[0].Boxes)
	if without := mustLay(t, letter()); boxes != len(without.Pages[0].Boxes)+2 {
		t.Errorf("%d boxes", boxes)
	}
	if text := string(tool(t, "pdftotext", d.PDF())); !strings.Contains(text, nobody) {
		t.Errorf("the PDF lets nobody copy it: %s", text)
	}
	r, err := paper.ReadOFD(ofdOf(t, d))
	if err != nil || !strings.Contains(r.Pages[0], "31350") {
		t.Error(r, err)
	}
}

// TestSameBytes sets the same letter twice, kept as JSON in between, by another writer.
func TestSameBytes(t *testing.T) {
	l := letter()
	kept, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	other, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	first := mustLay(t, l)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			var again paper.Letter
			if err := json.Unmarshal(kept, &again); err != nil {
				t.Error(err)
				return
			}
			d, err := other.Lay(again)
			if err != nil {
				t.Error(err)
				return
			}
			ofd, err := d.OFD()
			if err != nil || !bytes.Equal(d.PDF(), first.PDF()) || !bytes.Equal(ofd, ofdOf(t, first)) {
				t.Error("other bytes", err)
			}
		})
	}
	wait.Wait()
}

// TestLines looks at every line of a long text: none begins with what closes, none ends with what opens, none leaves its column, and nothing is lost.
func TestLines(t *testing.T) {
	sentence := "本机关依照《中华人民共和国行政许可法》（2019年修正）第三十二条、第三十八条，“食品经营许可”〔JY22201020000019〕准予：A1；B2。"
	for shift := range 40 {
		l := paper.Letter{Title: paper.Pair{Text: "题"}}
		l.Blocks = []paper.Block{{Text: strings.Repeat("字", shift) + strings.Repeat(sentence, 30)}}
		d := mustLay(t, l)
		var all strings.Builder
		for _, p := range d.Pages {
			lines, order := map[float64]string{}, []float64{}
			for _, x := range p.Texts {
				if x.Y < 50 && p == d.Pages[0] || x.Y > 270 {
					continue
				}
				if _, known := lines[x.Y]; !known {
					order = append(order, x.Y)
				}
				lines[x.Y] += x.Text
				if x.X < 28 || x.Y > 262 {
					t.Fatalf("%q stands at %v, %v", x.Text, x.X, x.Y)
				}
			}
			for _, y := range order {
				line := []rune(lines[y])
				if strings.ContainsRune("，。、；：）》”〕", line[0]) || strings.ContainsRune("（《“〔", line[len(line)-1]) {
					t.Fatalf("a line says %q", lines[y])
				}
				if len(line) > 60 {
					t.Fatalf("a line of %d characters", len(line))
				}
				all.WriteString(lines[y])
			}
		}
		if all.String() != l.Blocks[0].Text {
			t.Fatalf("moved by %d the text is another", shift)
		}
		if len(d.Pages) < 3 {
			t.Fatalf("%d pages", len(d.Pages))
		}
	}
}

// TestLongest sets what no office would write: nothing is lost, no page is left, no loop is endless.
func TestLongest(t *testing.T) {
	l := letter()
	l.Watermark = "预览"
	l.Office.Text = strings.Repeat("长春市南关区", 20)
	l.Title.Text = strings.Repeat("很长的标题", 30)
	l.Signer = strings.Repeat("长春市南关区市场监督管理局", 3)
	for i := range 60 {
		l.Blocks = append(l.Blocks, paper.Block{Kind: paper.Table, Widths: []int{1, 9}, Head: []string{"序号", "内容"}, Rows: [][]string{{fmt.Sprint(i), strings.Repeat("内容很长，", 20*i)}}})
	}
	l.Blocks = append(l.Blocks, paper.Block{Text: strings.Repeat("A", 5000)}, paper.Block{Text: ""}, paper.Block{Kind: paper.Table})
	d := mustLay(t, l)
	r, err := paper.ReadOFD(ofdOf(t, d))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Pages) != len(d.Pages) || len(d.Pages) < 10 {
		t.Errorf("%d pages, %d read", len(d.Pages), len(r.Pages))
	}
	if text := flat(strings.Join(r.Pages, "")); strings.Count(text, "，") < 20*59*60/2 || strings.Count(text, "A") != 5001 {
		t.Errorf("%d, %d", strings.Count(text, "，"), strings.Count(text, "A"))
	}
	for i, p := range d.Pages {
		for _, b := range p.Boxes {
			if b.Y+b.H > 264 || b.X+b.W > 184.01 {
				t.Fatalf("page %d: a box ends at %v, %v", i, b.X+b.W, b.Y+b.H)
			}
		}
	}
}
