package office

import (
	"regexp"
	"strings"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/fault"
)

// Secrecy asks that a reading be told to who was read only later: an investigation that the law keeps secret. It is the exception of 《个人信息保护法》
// 第十八条、第三十五条: not to be told, because the telling would defeat the duty. The reading is listed at once; what is withheld is what it was.
type Secrecy struct {
	Ground   string     // one of SecrecyGrounds
	Document string     // number of the authority's order, 《调查文书》
	Until    civil.Date // the day on which it is told, within a year
}

// The grounds on which a reading may be kept secret.
const (
	GroundSupervision = "supervision" // 监察调查
	GroundCriminal    = "criminal"    // 刑事侦查
)

// SecrecyGrounds lists them in the order pages show them.
var SecrecyGrounds = []string{GroundSupervision, GroundCriminal}

var secrecyLaws = map[string]string{
	GroundSupervision: "《个人信息保护法》第三十五条、《监察法》第十八条",
	GroundCriminal:    "《个人信息保护法》第三十五条、《刑事诉讼法》第一百五十二条",
}

// orderNumber is how authorities number their documents: 吉监调〔2026〕12号. Names and personal numbers do not fit.
var orderNumber = regexp.MustCompile(`^\p{Han}{1,12}[〔\[(（]\d{4}[〕\])）]\p{Han}{0,4}\d{1,6}号$`)

// withholding checks the conditions and returns what the leaf says. The day begins at midnight in Beijing.
func (s Secrecy) withholding(now time.Time, subject string) (*audit.Withholding, error) {
	f := fault.New(fault.Invalid, "office.secrecy_bad")
	law, known := secrecyLaws[s.Ground]
	if !known {
		f.Field("ground", "office.secrecy_ground")
	}
	if subject == "" {
		f.Field("subject", "office.secrecy_subject")
	}
	s.Document = strings.TrimSpace(s.Document)
	if !orderNumber.MatchString(s.Document) {
		f.Field("document", "office.secrecy_document")
	}
	today := civil.Of(now)
	if s.Until.IsZero() || !today.Before(s.Until) || today.Add(365).Before(s.Until) {
		f.Field("until", "office.secrecy_until")
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	return &audit.Withholding{Until: s.Until.Start(), Law: law}, nil
}
