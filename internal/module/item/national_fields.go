package item

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// line is what one row of a national table is about.
type line struct {
	base  *Base
	state State     // of the base item
	entry *exported // nil in the directory
	part  int       // which material, fee or question
	batch string    // what the export is called
	site  string    // address of this platform
}

// taken is what was read from rows so far: a definition, or what an entry says.
type taken struct {
	d        *Definition
	material *Material
	fee      *Fee
	question *FAQ

	guid, task, organ, variant string
	level                      int
	organNature                string
	state                      State
	promise, visits            int
	contact                    Contact
	order                      int
	handling                   string
	charges                    bool
}

// nationalField is one field of ours: what an export says and how an import takes it, telling the kind of mistake or "".
type nationalField struct {
	own  bool // differs from entry to entry of one base version
	say  func(v *line) string
	take func(t *taken, text string) string
}

// Mistakes of a single value.
const (
	badCode   = "bad_code"
	badNumber = "bad_number"
	badRegion = "bad_region"
)

func number(to *int) func(text string) string {
	return func(text string) string {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 100_000 {
			return badNumber
		}
		*to = n
		return ""
	}
}

// common is a field of the definition.
func common(say func(d *Definition) string, take func(d *Definition, text string) string) *nationalField {
	f := &nationalField{say: func(v *line) string { return say(&v.base.Definition) }}
	if take != nil {
		f.take = func(t *taken, text string) string { return take(t.d, text) }
	}
	return f
}

// own is a field of the entry.
func own(say func(e *exported) string, take func(t *taken, text string) string) *nationalField {
	return &nationalField{own: true, say: func(v *line) string { return say(v.entry) }, take: take}
}

// text is a field that is a plain text of the definition.
func text(of func(d *Definition) *string) *nationalField {
	return common(func(d *Definition) string { return *of(d) }, func(d *Definition, s string) string { *of(d) = s; return "" })
}

func ownText(say func(e *exported) string, of func(t *taken) *string) *nationalField {
	return own(say, func(t *taken, s string) string { *of(t) = s; return "" })
}

// nationalFields are the fields national.toml may name.
var nationalFields = joined(baseFields, entryFields, partFields)

func joined(all ...map[string]*nationalField) map[string]*nationalField {
	m := map[string]*nationalField{}
	for _, fields := range all {
		for name, f := range fields {
			m[name] = f
		}
	}
	return m
}

var baseFields = map[string]*nationalField{
	"base_guid":      {say: func(v *line) string { return guidOf("base/" + v.base.Code()) }},
	"base_version":   {say: func(v *line) string { return strconv.Itoa(v.base.Version) }},
	"base_state":     {say: func(v *line) string { return string(v.state) }, take: func(t *taken, s string) string { t.state = State(s); return "" }},
	"base_since":     {say: func(v *line) string { return beijing(v.base.PublishedAt) }},
	"base_time":      {say: func(v *line) string { return beijing(v.base.PublishedAt) }},
	"base_operation": {say: func(v *line) string { return operation(v.base.Version) }},
	"batch":          {say: func(v *line) string { return v.batch }},
	"code":           text(func(d *Definition) *string { return &d.Code }),
	"name":           text(func(d *Definition) *string { return &d.Name }),
	"kind":           common(func(d *Definition) string { return string(d.Kind) }, func(d *Definition, s string) string { d.Kind = Kind(s); return "" }),
	"basis":          common(func(d *Definition) string { return basisLine(d.Guide.Basis) }, takeBasis),
	"levels":         common(func(d *Definition) string { return numbers(d.Levels) }, func(d *Definition, s string) string { return takeNumbers(&d.Levels, s) }),
	"audience":       common(audienceWords, takeAudience),
	"legal_days":     common(func(d *Definition) string { return strconv.Itoa(d.LegalDays) }, func(d *Definition, s string) string { return number(&d.LegalDays)(s) }),
	"legal_unit":     common(func(d *Definition) string { return string(d.LegalUnit) }, func(d *Definition, s string) string { d.LegalUnit = Unit(s); return "" }),
	"legal_note":     text(func(d *Definition) *string { return &d.LegalNote }),
	"promise_unit":   common(func(d *Definition) string { return string(d.PromiseUnit) }, func(d *Definition, s string) string { d.PromiseUnit = Unit(s); return "" }),
	"conditions":     common(func(d *Definition) string { return strings.Join(d.Guide.Conditions, "\n") }, func(d *Definition, s string) string { d.Guide.Conditions = lines(s); return "" }),
	"steps":          common(func(d *Definition) string { return stepsText(d.Guide.Steps) }, func(d *Definition, s string) string { d.Guide.Steps = stepsOf(s); return "" }),
	"suspend":        common(func(d *Definition) string { return suspendText(d.Guide.Suspend) }, takeSuspend),
	"charges":        common(func(d *Definition) string { return yes(len(d.Guide.Fees) > 0) }, nil),
	"fee_basis":      common(func(d *Definition) string { return feeBasis(d.Guide.Fees) }, nil),
	"online":         common(func(d *Definition) string { return yes(d.Online) }, nil),
	"is_online":      common(func(d *Definition) string { return yes(d.Online) }, func(d *Definition, s string) string { d.Online = s == "yes"; return "" }),
	"ways": common(waysOf, func(d *Definition, s string) string {
		d.Online = strings.Contains(s, "online") || strings.Contains(s, "mobile")
		return ""
	}),
	"scope":        text(func(d *Definition) *string { return &d.Guide.Scope }),
	"visit_reason": text(func(d *Definition) *string { return &d.VisitReason }),
	"depth":        common(func(d *Definition) string { return numbers(d.Depth) }, func(d *Definition, s string) string { return takeNumbers(&d.Depth, s) }),
	"opinions":     common(opinionsText, nil),
	"short":        text(func(d *Definition) *string { return &d.Short }),
	"department":   text(func(d *Definition) *string { return &d.Department }),
	"materials":    common(materialNames, nil),
	"themes":       common(func(d *Definition) string { return strings.Join(d.Themes, ",") }, nil),
	"life_events":  common(func(d *Definition) string { return strings.Join(d.LifeEvents, ",") }, nil),
	"results":      common(resultNames, takeResults),
	"result_kinds": common(resultKinds, takeResultKinds),
}

var entryFields = map[string]*nationalField{
	"guid":           ownText(func(e *exported) string { return guidOf(e.Code) }, func(t *taken) *string { return &t.guid }),
	"extend_guid":    own(func(e *exported) string { return guidOf(e.Code + "/extend") }, nil),
	"task":           ownText(func(e *exported) string { return e.Code }, func(t *taken) *string { return &t.task }),
	"variant":        ownText(func(*exported) string { return "" }, func(t *taken) *string { return &t.variant }),
	"version":        own(func(e *exported) string { return strconv.Itoa(e.Version) }, nil),
	"state":          own(func(e *exported) string { return string(e.State) }, func(t *taken, s string) string { t.state = State(s); return "" }),
	"level":          own(func(e *exported) string { return e.Code[18:19] }, func(t *taken, s string) string { return number(&t.level)(s) }),
	"office":         own(func(e *exported) string { return e.OfficeName }, nil),
	"organ":          ownText(func(e *exported) string { return e.Code[:18] }, func(t *taken) *string { return &t.organ }),
	"organ_nature":   {say: func(*line) string { return "" }, take: func(t *taken, s string) string { t.organNature = s; return "" }},
	"handling":       {own: true, say: func(v *line) string { return handlingOf(v) }, take: func(t *taken, s string) string { t.handling = s; return "" }},
	"promise_days":   {own: true, say: func(v *line) string { return strconv.Itoa(v.entry.promise(v.base)) }, take: func(t *taken, s string) string { return number(&t.promise)(s) }},
	"visits":         {own: true, say: func(v *line) string { return strconv.Itoa(v.entry.visits(v.base)) }, take: func(t *taken, s string) string { return number(&t.visits)(s) }},
	"address":        own(addressText, takeAddress),
	"hours":          ownText(func(e *exported) string { return e.Override.V.Contact.Hours }, func(t *taken) *string { return &t.contact.Hours }),
	"phone":          ownText(func(e *exported) string { return e.Override.V.Contact.Phone }, func(t *taken) *string { return &t.contact.Phone }),
	"supervise":      ownText(func(e *exported) string { return e.Override.V.Contact.Supervise }, func(t *taken) *string { return &t.contact.Supervise }),
	"address_online": {own: true, say: func(v *line) string { return onlineAt(v) }},
	"region":         own(func(e *exported) string { return e.Region.String() }, nil),
	"page":           {own: true, say: func(v *line) string { return v.site + "/items/" + v.entry.Code }},
	"place":          {say: func(*line) string { return "" }, take: takeRegion},
	"since":          own(func(e *exported) string { return beijing(e.PublishedAt) }, nil),
	"time":           own(func(e *exported) string { return beijing(e.PublishedAt) }, nil),
	"operation":      own(func(e *exported) string { return operation(e.Version) }, nil),
}

// exported is an entry as exports need it.
type exported struct {
	Code          string
	Version       int
	BaseVersionID string
	OfficeName    string
	Region        region.Code
	State         State
	Override      db.JSON[Override]
	PublishedAt   time.Time
	Said          string // the override as it is stored: the entries of one office mostly say the same, one after the other
}

func (e *exported) promise(b *Base) int {
	n, u, _ := e.Override.V.promise(&b.Definition)
	return within(n, u, b.PromiseUnit) // the table has the unit of the base
}

func (e *exported) visits(b *Base) int {
	if o := e.Override.V.Visits; o != nil && *o < b.Visits {
		return *o
	}
	return b.Visits
}

func handlingOf(v *line) string {
	if v.entry.promise(v.base) == 0 {
		return "instant"
	}
	return "promised"
}

func onlineAt(v *line) string {
	if !v.base.Online {
		return ""
	}
	return v.site + "/items/" + v.entry.Code
}

// guidOf names a record for ever: the same entry has the same in every export.
func guidOf(name string) string {
	sum := sha256.Sum256([]byte("item/" + name))
	var out [36]byte
	hex.Encode(out[:8], sum[:4])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	hex.Encode(out[9:13], sum[4:6])
	hex.Encode(out[14:18], sum[6:8])
	hex.Encode(out[19:23], sum[8:10])
	hex.Encode(out[24:], sum[10:16])
	return string(out[:])
}

// beijing is an instant as the national tables write it: without a zone, as clocks in China show it.
func beijing(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(civil.Shanghai).Format("2006-01-02 15:04:05")
}

// operation is the kind of change a record brings (同步类型).
func operation(version int) string {
	if version > 1 {
		return "U"
	}
	return "I"
}

// places are the divisions of the province.
var places = sync.OnceValue(region.JilinDirectory)

func takeRegion(_ *taken, text string) string {
	c, err := region.Parse(text)
	if err != nil || !places().Has(c) {
		return badRegion
	}
	return ""
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
