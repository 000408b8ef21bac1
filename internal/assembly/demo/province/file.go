package province

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed *.toml
var files embed.FS

// Files are what the catalogue is composed from, for who keeps digests.
func Files() fs.FS { return files }

// department is one file.
type department struct {
	Code   string            // two digits
	Name   string            // 林草
	Office string            // who decides: 林业和草原主管部门
	Theme  string            // of matters that say none
	Laws   map[string]string // title by key
	Papers []string          // "key source name", in the order of their numbers; see paper
	Items  []mainItem
}

// mainItem is one main item (主项).
type mainItem struct {
	Name    string   // 采集国家重点保护野生植物许可
	Kind    string   // 01, 05, 07, 08, 09, 10, 20
	Law     string   // "key 第十六条", several with " + " between
	What    string   // one sentence: what it is, who needs it
	Days    [2]int   // statutory and promised, working days
	For     string   // "p" people, "c" companies, "pc" both
	Levels  string   // digits of the levels that exercise it: "234"; "56" is townships and villages
	Parts   []string // by class or grade; "国家一级@2" is exercised at level 2 only
	Actions string   // which variants; "" is the usual of the kind
	Needs   string   // keys of papers
	Theme   string
	Words   []string // everyday words
	Gives   string   // what one gets; "" is the usual of the kind
	Fee     string   // what it costs and by which rule; "" is nothing
	Local   bool     // set by the province, not by the state
	Doubt   string   // what is known to be unsure, beyond what every guide says
}

// paper is one document of the vocabulary.
type paper struct {
	code, name, source, issuer string
}

// commonPapers are asked for by many departments.
var commonPapers = map[string]paper{
	"id":       {"M000014", "居民身份证", "government", "公安机关"},
	"licence":  {"M000002", "营业执照", "government", "市场监督管理部门等登记机关"},
	"hukou":    {"M000504", "居民户口簿", "government", "公安机关"},
	"mandate":  {"M000011", "授权委托书", "applicant", ""},
	"bank":     {"M000506", "社会保障卡或者银行账户信息", "applicant", ""},
	"estate":   {"M000507", "不动产权证书或者其他场地使用权证明", "government", "不动产登记机构"},
	"previous": {"M000508", "原批准文件、证书", "government", "原发证机关"},
}

func read(name string) (*department, error) {
	text, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var d department
	meta, err := toml.Decode(string(text), &d)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("reading %s: unknown key %s", name, unknown[0])
	}
	return &d, nil
}

// papers returns the department's vocabulary by key. A source is "a" for the applicant's own, "m" for an intermediary's, "g:OFFICE" for what OFFICE
// issues.
func (d *department) papers() (map[string]paper, error) {
	all := map[string]paper{}
	for k, p := range commonPapers {
		all[k] = p
	}
	for i, line := range d.Papers {
		parts := strings.SplitN(line, " ", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("department %s: paper %q is not \"key source name\"", d.Code, line)
		}
		p := paper{code: fmt.Sprintf("M%s5%03d", d.Code, i+1), name: parts[2], source: "applicant"}
		switch source, issuer, _ := strings.Cut(parts[1], ":"); source {
		case "a":
		case "m":
			p.source = "intermediary"
		case "g":
			p.source, p.issuer = "government", issuer
		default:
			return nil, fmt.Errorf("department %s: paper %q has no source", d.Code, line)
		}
		if _, twice := all[parts[0]]; twice {
			return nil, fmt.Errorf("department %s: paper %q is there twice", d.Code, parts[0])
		}
		all[parts[0]] = p
	}
	return all, nil
}
