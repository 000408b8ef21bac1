package demo

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/cert"
)

// mill invents certificates, the same for the same block.
type mill struct {
	types    []cert.Type
	persons  wheel // over the types a person may hold
	company  wheel
	offices  map[string]string // "31/220102" → path; "/220102" the government's
	counties []county
}

type county struct{ region, place string }

// invented is a certificate and whose it is, by the number of the holder in its block.
type invented struct {
	stock  cert.Stock
	holder int
}

// departmentOf names the department that issues a type; who has none among the offices of the demo province, such as the customs, is stood in for by
// the government of the place.
var departmentOf = map[string]string{"交通运输部门": "18", "人力资源和社会保障部门": "14", "人民防空部门": "38", "住房和城乡建设部门": "17", "体育部门": "33", "公安机关": "09", "农业农村部门": "20",
	"卫生健康部门": "23", "发展改革（能源）部门": "04", "司法行政部门": "12", "商务部门": "21", "工业和信息化（通信）部门": "07", "市场监督管理部门": "31", "广播电视部门": "32", "应急管理部门": "25",
	"教育部门": "05", "文化和旅游部门": "22", "文物主管部门": "22", "林业和草原部门": "37", "残疾人联合会": "78", "民政部门": "11", "民族宗教事务部门": "08", "水行政部门": "19", "生态环境部门": "16",
	"科学技术部门": "06", "税务机关": "30", "自然资源部门": "15", "药品监督管理部门": "39", "财政部门": "13", "退役军人事务部门": "24",
	"food-operation": "31", "individual-business-licence": "31", "public-hygiene": "23", "low-income": "11", "disability": "78", "construction-permit": "17", "lawyer": "12"}

// stockUntil is the last day on which anything invented was issued: it must not depend on the day of loading.
var stockUntil = civil.MustParse("2026-10-31")

const (
	stockSince = 2006  // the first year anything was issued in
	birthdays  = 24000 // days from 1940 on people were born on
)

// common are the types most people or companies have, with how many times as often as others.
var common = map[string]int{"police-001": 300, "police-002": 120, "police-006": 160, "police-007": 150, "civil-001": 90, "resources-001": 120, "hr-001": 280, "health-012": 60,
	"education-007": 60, "education-010": 40, "market-001": 260, "market-005": 20, "food-operation": 60, "individual-business-licence": 80, "public-hygiene": 20, "disability": 10,
	"low-income": 10, "construction-permit": 2, "lawyer": 2}

// wheel draws by weight.
type wheel struct {
	of   []int // indexes of types
	upTo []int
	all  int
}

func (w *wheel) add(i, weight int) {
	w.all += weight
	w.of, w.upTo = append(w.of, i), append(w.upTo, w.all)
}

func (w *wheel) turn(r *rand.Rand) int {
	at, _ := slices.BinarySearch(w.upTo, r.IntN(w.all)+1)
	return w.of[at]
}

func newMill(types []cert.Type) *mill {
	m := &mill{types: types, offices: map[string]string{}}
	for i, t := range types {
		weight := max(common[t.Key], 1)
		if holderOf(t) != "company" {
			m.persons.add(i, weight)
		}
		if holderOf(t) != "person" {
			m.company.add(i, weight)
		}
	}
	return m
}

// holderOf is who holds a type; those drawn by hand do not all say it.
func holderOf(t cert.Type) string {
	switch t.Key {
	case "food-operation", "public-hygiene", "construction-permit":
		return "company"
	case "individual-business-licence", "low-income", "disability", "lawyer":
		return "person"
	}
	return t.Holder
}

// block invents a block of certificates and their holders, all of one county. The first block has one of every type.
func (m *mill) block(n int) (list []invented, holders []account.NewSubject) {
	r := rand.New(rand.NewPCG(20211231, uint64(n))) //nolint:gosec // what is invented must come out alike every time
	where := m.counties[n%len(m.counties)]
	round := n / len(m.counties)
	for len(list) < stockBlock {
		i := round*stockBlock + len(holders)
		first := -1 // a type that must come
		if n == 0 && len(list) < len(m.types) {
			first = len(list)
		}
		h := newHolder(r, where, i, first >= 0 && holderOf(m.types[first]) == "company" || first < 0 && r.IntN(5) == 0)
		seen := map[int]bool{}
		for more := 1 + r.IntN(5); more > 0 && len(list) < stockBlock; more-- {
			at := first
			if first < 0 {
				at = h.wheel(m).turn(r)
			}
			first = -1
			if seen[at] {
				continue
			}
			seen[at] = true
			list = append(list, invented{m.certificate(r, h, m.types[at], n*stockBlock+len(list)), len(holders)})
			if n == 0 && len(list) < len(m.types) {
				break
			}
		}
		holders = append(holders, h.subject)
	}
	return list, holders
}

// holder is an invented person or company.
type holder struct {
	subject account.NewSubject
	county  county
	born    civil.Date // of a company: when it was founded
	male    bool
}

func (h holder) wheel(m *mill) *wheel {
	if h.subject.Kind == account.Company {
		return &m.company
	}
	return &m.persons
}

const (
	surnames = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙段"
	givens   = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文辉鹏飞宇浩然梓涵欣怡子轩雨桐思远嘉诚晓东春梅海燕立新志远凤琴淑珍德胜永福长林"
	trades   = "商贸餐饮食品农业建筑运输物业医药科技文化机电纺织木业粮油"
)

func name(r *rand.Rand) string {
	s, g := []rune(surnames), []rune(givens)
	out := string(s[r.IntN(len(s))]) + string(g[r.IntN(len(g))])
	if r.IntN(4) > 0 {
		out += string(g[r.IntN(len(g))])
	}
	return out
}

// newHolder invents the i-th holder of a county. No two have one number: birthday and sequence, or organisation, say which it is.
func newHolder(r *rand.Rand, where county, i int, company bool) holder {
	if company {
		t := []rune(trades)
		k := r.IntN(len(t)/2) * 2
		code, err := uscc.Make("91", where.region, "MA"+strconv.Itoa(1_000_000 + i)[1:])
		if err != nil {
			panic("demo: inventing a company: " + err.Error()) // digits and MA are always valid
		}
		g := []rune(givens)
		called := where.place + string(g[r.IntN(len(g))]) + string(g[r.IntN(len(g))]) + string(t[k:k+2]) + "有限公司"
		return holder{subject: account.NewSubject{Kind: account.Company, Name: called, Number: code.String(), Representative: name(r), Level: 1, Region: where.region + "000000"},
			county: where, born: civil.MustParse("2004-01-05").Add(r.IntN(7000))}
	}
	born := civil.MustParse("1940-01-01").Add(i * 7919 % birthdays) // 7919 and the days have no divisor in common: every day comes once in a round
	sequence := 500 + 2*(i/birthdays) + i%2
	id, err := personid.Make(where.region, born, sequence)
	if err != nil {
		panic("demo: inventing a person: " + err.Error())
	}
	return holder{subject: account.NewSubject{Kind: account.Person, Name: name(r), Number: id.Reveal(), Level: 1, Region: where.region + "000000"},
		county: where, born: born, male: sequence%2 == 1}
}
