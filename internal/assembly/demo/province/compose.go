package province

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/module/item"
)

// firstMain is the number of a file's first matter; those below it belong to guides that were written one by one.
const firstMain = 501

// Definitions composes the whole catalogue, by department and number. Every one passes [item.Check].
func Definitions() ([]item.Definition, error) {
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var list []item.Definition
	for _, n := range names {
		if path.Ext(n.Name()) != ".toml" {
			continue
		}
		d, err := read(n.Name())
		if err != nil {
			return nil, err
		}
		papers, err := d.papers()
		if err != nil {
			return nil, err
		}
		for i := range d.Items {
			more, err := compose(d, &d.Items[i], i, papers)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", n.Name(), d.Items[i].Name, err)
			}
			list = append(list, more...)
		}
	}
	return list, nil
}

// levelNames are how the catalogue says who exercises a sub-item.
var levelNames = map[int]string{2: "省级权限", 3: "市级权限", 4: "县级权限"}

// sub is one sub-item: a part as some levels exercise it.
type sub struct {
	part   string
	levels []int
	said   string // in brackets behind the name
}

// subs decomposes a matter. What is decided is a sub-item of each level, since each level's power has its bounds; what is only a service is the same
// everywhere, and so is what townships and villages take in.
func (m *mainItem) subs() []sub {
	parts := m.Parts
	if len(parts) == 0 {
		parts = []string{""}
	}
	var list []sub
	for _, p := range parts {
		name, own, ok := strings.Cut(p, "@")
		levels := digits(m.Levels)
		if ok {
			levels = digits(own)
		}
		if m.Kind == string(item.Public) || levels[0] > 4 || len(m.Levels) == 1 {
			list = append(list, sub{name, levels, name})
			continue
		}
		for _, l := range levels {
			said := levelNames[l]
			if name != "" {
				said = name + "，" + said
			}
			list = append(list, sub{name, []int{l}, said})
		}
	}
	return list
}

func digits(text string) []int {
	list := make([]int, len(text))
	for i, c := range text {
		list[i] = int(c - '0')
	}
	return list
}

func compose(d *department, m *mainItem, number int, papers map[string]paper) ([]item.Definition, error) {
	if len(m.Levels) == 0 || !slices.Contains(item.Kinds(), item.Kind(m.Kind)) {
		return nil, fmt.Errorf("it lacks levels or a kind")
	}
	g, err := guide(d, m, number, papers)
	if err != nil {
		return nil, err
	}
	region := "00"
	if m.Local {
		region = "22"
	}
	subs := m.subs()
	list := make([]item.Definition, len(subs))
	for i, s := range subs {
		last := fmt.Sprintf("%03d", i+1)
		if len(subs) == 1 {
			last = "000"
		}
		code, err := itemcode.NewBase(itemcode.Parts{Region: region, Kind: m.Kind, Department: d.Code, Main: fmt.Sprintf("%03d", firstMain+number), Sub: last})
		if err != nil {
			return nil, err
		}
		list[i] = definition(d, m, s, g)
		list[i].Code = code.String()
	}
	return list, nil
}

func definition(d *department, m *mainItem, s sub, g item.Guide) item.Definition {
	theme := m.Theme
	if theme == "" {
		theme = d.Theme
	}
	one := item.Definition{
		Name: m.Name, Short: m.Name, Kind: item.Kind(m.Kind), Department: d.Code, Levels: s.levels, Audience: audience(m.For),
		LegalDays: m.Days[0], LegalUnit: item.WorkingDays, LegalNote: limitNote(d, m), PromiseDays: m.Days[1], PromiseUnit: item.WorkingDays,
		Instant: m.Days[1] == 0, Visits: 1, VisitReason: "尚未开通网上申请，需到窗口提交材料、核对原件。",
		Themes: strings.Fields(theme), LifeEvents: []string{}, Synonyms: m.Words, Depth: []int{1}, Guide: g,
	}
	if s.said != "" {
		one.Name += "（" + s.said + "）"
	}
	if s.part != "" {
		one.Short += "（" + s.part + "）"
	}
	if s.levels[0] > 4 {
		one.VisitReason = "由本人或者家人到村（社区）、乡镇（街道）便民服务窗口提出，也可以请工作人员上门代办。"
	}
	return one
}

func audience(text string) []item.Audience {
	var list []item.Audience
	if strings.Contains(text, "p") {
		list = append(list, item.Person)
	}
	if strings.Contains(text, "c") {
		list = append(list, item.Company)
	}
	return list
}

// limitNote says where the limit is written.
func limitNote(d *department, m *mainItem) string {
	switch {
	case m.Days[0] == 20 && m.Kind == string(item.Licence):
		return "自受理之日起20个工作日（《中华人民共和国行政许可法》第四十二条）"
	case m.Kind == string(item.Public) || m.Days[0] == 0:
		return fmt.Sprintf("法律、法规对单件申请没有规定办理时限，本事项按%d个工作日设定上限", m.Days[0])
	}
	law, article := d.law(strings.Split(m.Law, " + ")[0])
	return fmt.Sprintf("自受理之日起%d个工作日（%s%s及其配套规定）", m.Days[0], law, article)
}

// law turns "forest 第三十七条" into the title and the article. A key that is not in the file is the title itself.
func (d *department) law(text string) (title, article string) {
	key, article, _ := strings.Cut(text, " ")
	title, ok := d.Laws[key]
	if !ok {
		title = key
	}
	if article == "" {
		article = "有关规定"
	}
	return title, article
}
