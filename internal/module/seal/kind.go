package seal

import (
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/seal/picture"
)

// Kind is what a seal is for.
type Kind string

// The kinds, with the codes the register of seals has for them.
const (
	Official       Kind = "official"       // 01 法定名称章
	Finance        Kind = "finance"        // 02 财务专用章
	Invoice        Kind = "invoice"        // 03 发票专用章
	Contract       Kind = "contract"       // 04 合同专用章
	Representative Kind = "representative" // 05 法定代表人名章
	Approval       Kind = "approval"       // 99 审批专用章
	Acceptance     Kind = "acceptance"     // 99 受理专用章
	Business       Kind = "business"       // 99 业务专用章
)

// model is how seals of a kind look.
type model struct {
	line          string // stands below the middle
	shape         picture.Shape
	width, height int // millimetres; 0: by the owner's level
	office        bool
	company       bool
}

var models = map[Kind]model{
	Official:       {"", picture.Star, 0, 0, true, true},
	Finance:        {"财务专用章", picture.Star, 38, 38, true, true},
	Invoice:        {"发票专用章", picture.Ellipse, 45, 30, false, true},
	Contract:       {"合同专用章", picture.Star, 38, 38, true, true},
	Representative: {"", picture.Square, 18, 18, false, true},
	Approval:       {"审批专用章", picture.Star, 38, 38, true, false},
	Acceptance:     {"受理专用章", picture.Star, 38, 38, true, false},
	Business:       {"业务专用章", picture.Star, 38, 38, true, true},
}

var allKinds = []Kind{Official, Approval, Acceptance, Business, Finance, Contract, Invoice, Representative}

// KindsOf returns the kinds an owner may have, in the order to offer them.
func KindsOf(o OwnerKind) (out []Kind) {
	for _, k := range allKinds {
		if m := models[k]; o == Office && m.office || o == Company && m.company {
			out = append(out, k)
		}
	}
	return out
}

// government ends the names of those whose seal has the national emblem.
const government = "人民政府"

// form is the shape and the size of a seal (国发〔1999〕25号): by whose it is and for what.
func form(k Kind, o Owner) (shape picture.Shape, width, height int, line string) {
	m := models[k]
	shape, width, height, line = m.shape, m.width, m.height, m.line
	if width > 0 {
		return shape, width, height, line
	}
	size := 42 // departments of counties, towns, and those below
	if o.Kind == Company {
		size = 40
	} else if r, err := region.Parse(o.Region); err == nil {
		governs, level := strings.HasSuffix(o.Name, government), r.Level()
		switch {
		case level == region.Province && governs:
			size = 50
		case level == region.Province, governs && level <= region.County:
			size = 45
		}
		if governs {
			shape = picture.Emblem
		}
	}
	return shape, size, size, line
}
