package item

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Lists and small structures stand in one column as lines people can read; what is written here is read back as it was.

func lines(text string) []string {
	var list []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// oneLine keeps a text from ending the line it stands in.
func oneLine(text string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text))
}

// basisLine writes what sets the item, a line for each source: law, article, and after a colon what it says.
func basisLine(list []Basis) string {
	var out []string
	for _, b := range list {
		if b.About == "power" {
			out = append(out, oneLine(b.Law)+" "+strings.ReplaceAll(oneLine(b.Article), " ", "")+"："+oneLine(b.Text))
		}
	}
	return strings.Join(out, "\n")
}

// takeBasis reads what offices write: the title of a law in its marks, an article, and the text; where only a text stands, that.
func takeBasis(d *Definition, text string) string {
	others := slices.DeleteFunc(slices.Clone(d.Guide.Basis), func(b Basis) bool { return b.About == "power" })
	var list []Basis
	for _, l := range lines(text) {
		head, said, ok := strings.Cut(l, "：")
		if !ok {
			head, said, ok = strings.Cut(l, ":")
		}
		if !ok {
			said = l
		}
		b := Basis{Law: head, Article: "全文", Text: strings.TrimSpace(said), About: "power"}
		if i := strings.LastIndexAny(head, " \u3000"); i > 0 {
			b.Law, b.Article = head[:i], strings.TrimLeft(head[i:], " \u3000")
		} else if i := strings.LastIndex(head, "》"); i > 0 && i+len("》") < len(head) {
			b.Law, b.Article = head[:i+len("》")], head[i+len("》"):]
		}
		list = append(list, b)
	}
	d.Guide.Basis = append(list, others...)
	return ""
}

// stepsText writes one stage a line: 名称（办理人，1日，并联1）：做什么→结果.
func stepsText(list []Step) string {
	out := make([]string, len(list))
	for i, s := range list {
		var about []string
		if s.Who != "" {
			about = append(about, oneLine(s.Who))
		}
		if s.Days > 0 {
			about = append(about, strconv.Itoa(s.Days)+"日")
		}
		if s.With > 0 {
			about = append(about, "并联"+strconv.Itoa(s.With))
		}
		l := oneLine(s.Name)
		if len(about) > 0 {
			l += "（" + strings.Join(about, "，") + "）"
		}
		if s.Does != "" {
			l += "：" + oneLine(s.Does)
		}
		if s.Result != "" {
			l += "→" + oneLine(s.Result)
		}
		out[i] = l
	}
	return strings.Join(out, "\n")
}

var (
	stepDays = regexp.MustCompile(`^(\d{1,4})日$`)
	stepWith = regexp.MustCompile(`^并联(\d{1,3})$`)
)

func stepsOf(text string) []Step {
	var list []Step
	for _, l := range lines(text) {
		var s Step
		if i := strings.LastIndex(l, "→"); i > 0 {
			l, s.Result = l[:i], l[i+len("→"):]
		}
		head := l
		if i := headEnd(l); i >= 0 {
			head, s.Does = l[:i], strings.TrimPrefix(l[i:], "：")
		}
		if i := strings.Index(head, "（"); i > 0 && strings.HasSuffix(head, "）") {
			var who []string
			for _, part := range strings.Split(strings.TrimSuffix(head[i+len("（"):], "）"), "，") {
				if m := stepDays.FindStringSubmatch(part); m != nil {
					s.Days, _ = strconv.Atoi(m[1]) // digits only
				} else if m := stepWith.FindStringSubmatch(part); m != nil {
					s.With, _ = strconv.Atoi(m[1]) // digits only
				} else {
					who = append(who, part)
				}
			}
			head, s.Who = head[:i], strings.Join(who, "，")
		}
		s.Name = head
		list = append(list, s)
	}
	return list
}

// headEnd finds the colon behind the name, not one inside its brackets.
func headEnd(l string) int {
	depth := 0
	for i, r := range l {
		switch r {
		case '（':
			depth++
		case '）':
			depth--
		case '：':
			if depth <= 0 {
				return i
			}
		}
	}
	return -1
}

func suspendText(list []Suspend) string {
	if len(list) == 0 {
		return "无"
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%s（最长%d个工作日）：%s", oneLine(s.Name), s.Days, oneLine(s.Basis))
	}
	return strings.Join(out, "\n")
}

var suspended = regexp.MustCompile(`^(.+?)（最长(\d{1,4})个工作日）：(.*)$`)

// suspendKinds are the special procedures by what their names hold.
var suspendKinds = []struct{ word, kind string }{{"听证", "hearing"}, {"专家", "expert_review"}, {"公示", "publicity"}, {"公告", "publicity"}, {"检验", "test"}, {"检测", "test"},
	{"检疫", "test"}, {"考试", "test"}, {"鉴定", "assessment"}, {"评估", "assessment"}, {"评定", "assessment"}, {"核查", "inspection"}, {"检查", "inspection"}, {"勘", "inspection"}}

// takeSuspend reads what an export of this platform writes. What others write is kept as a doubt, for a keeper to put in order: it stops clocks.
func takeSuspend(d *Definition, text string) string {
	if text == "无" {
		return ""
	}
	var list []Suspend
	for _, l := range lines(text) {
		m := suspended.FindStringSubmatch(l)
		kind := ""
		for _, k := range suspendKinds {
			if m != nil && kind == "" && strings.Contains(m[1], k.word) {
				kind = k.kind
			}
		}
		if kind == "" {
			d.Guide.Doubt = append(slices.Clone(d.Guide.Doubt), Doubt{About: "suspend", Text: text})
			return ""
		}
		n, _ := strconv.Atoi(m[2]) // digits only
		read := Suspend{Kind: kind, Name: m[1], Days: n, Basis: m[3]}
		for _, before := range d.Guide.Suspend {
			if before.Kind == kind && before.Name == read.Name {
				read.By = before.By // the exchange does not carry it
			}
		}
		list = append(list, read)
	}
	d.Guide.Suspend = list
	return ""
}

func feeBasis(list []Fee) string {
	var out []string
	for _, f := range list {
		if !slices.Contains(out, f.Basis) {
			out = append(out, f.Basis)
		}
	}
	return strings.Join(out, "\n")
}

func opinionsText(d *Definition) string {
	names := make([]string, len(d.Departments))
	for i, o := range d.Departments {
		names[i] = o.Name
	}
	return strings.Join(names, "、")
}

func materialNames(d *Definition) string {
	names := make([]string, len(d.Guide.Materials))
	for i, m := range d.Guide.Materials {
		names[i] = m.Name
	}
	return strings.Join(names, "\n")
}

func resultNames(d *Definition) string {
	names := make([]string, len(d.Guide.Results))
	for i, r := range d.Guide.Results {
		names[i] = r.Name
	}
	return strings.Join(names, "；")
}

func resultKinds(d *Definition) string {
	kinds := make([]string, len(d.Guide.Results))
	for i, r := range d.Guide.Results {
		kinds[i] = r.Kind
	}
	return strings.Join(kinds, ",")
}

// takeResults keeps what is known of a result whose name stays.
func takeResults(d *Definition, text string) string {
	old := d.Guide.Results
	d.Guide.Results = nil
	for i, name := range strings.FieldsFunc(text, func(r rune) bool { return r == '；' || r == ';' }) {
		r := Result{Name: strings.TrimSpace(name), Kind: "other"}
		if i < len(old) && old[i].Name == r.Name {
			r = old[i]
		}
		d.Guide.Results = append(d.Guide.Results, r)
	}
	return ""
}

// takeResultKinds gives the results their kinds; one kind is that of all.
func takeResultKinds(d *Definition, text string) string {
	kinds := strings.Split(text, ",")
	for i := range d.Guide.Results {
		d.Guide.Results[i].Kind = kinds[min(i, len(kinds)-1)]
	}
	return ""
}

func audienceWords(d *Definition) string {
	words := make([]string, len(d.Audience))
	for i, a := range d.Audience {
		words[i] = string(a)
	}
	return strings.Join(words, ",")
}

func takeAudience(d *Definition, text string) string {
	d.Audience = nil
	for _, w := range strings.Split(text, ",") {
		d.Audience = append(d.Audience, Audience(w))
	}
	return ""
}

func waysOf(d *Definition) string {
	if d.Online {
		return "window,online,mobile"
	}
	return "window"
}

func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ",")
}

func takeNumbers(to *[]int, text string) string {
	*to = nil
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		var n int
		if mistake := number(&n)(w); mistake != "" {
			return mistake
		}
		*to = append(*to, n)
	}
	return ""
}

const windows = "（窗口："

// addressText is where an office is and at which windows.
func addressText(e *exported) string {
	c := &e.Override.V.Contact
	if c.Windows == "" {
		return c.Address
	}
	return c.Address + windows + c.Windows + "）"
}

func takeAddress(t *taken, text string) string {
	t.contact.Address = text
	if i := strings.LastIndex(text, windows); i >= 0 && strings.HasSuffix(text, "）") {
		t.contact.Address, t.contact.Windows = text[:i], strings.TrimSuffix(text[i+len(windows):], "）")
	}
	return ""
}
