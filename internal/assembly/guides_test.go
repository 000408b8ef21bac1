package assembly

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
)

// Invented people and a company of the demo province.
const (
	zhangNumber = "220102199303082083"
	liNumber    = "220102199308260045"
	firmNumber  = "91220102MA1P8Q9R4L"
	firmName    = "长春市南关区祥和餐饮有限公司"
)

// holding gives a subject a certificate that another register decided on.
func holding(t *testing.T, a *App, typeKey, office, kind, name, number, subject string, values map[string]any) string {
	t.Helper()
	values["number"], values["valid_until"] = number, "2040-01-01"
	identifier, err := a.Certificates.IssueRegistered(t.Context(), actor.Program("test"), cert.Registered{TypeKey: typeKey, OfficePath: office, Subject: subject, HolderKind: kind,
		Holder: name, HolderCode: number, Number: number, IssuedOn: civil.MustParse("2020-05-01"), Values: values})
	if err != nil {
		t.Fatal(err)
	}
	return identifier
}

// subjectOf returns the id of somebody the demo province has.
func subjectOf(t *testing.T, a *App, s account.NewSubject) string {
	t.Helper()
	id, err := a.Accounts.PutSubject(t.Context(), actor.Program("test"), s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// sparedBy returns the certificate that spares a material of an item in 南关区, "" where nothing does.
func sparedBy(t *testing.T, a *App, by actor.Actor, base, material string, situation map[string]string) string {
	t.Helper()
	list, err := a.Items.List(t.Context(), item.Query{Base: base, Region: region.MustParse("220102000000"), Limit: 1})
	if err != nil || len(list.Rows) != 1 {
		t.Fatalf("%s: %+v, %v", base, list.Rows, err)
	}
	p, err := a.Cases.Prepare(t.Context(), by, casefile.Application{Item: list.Rows[0].Code, Situation: situation})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range p.Offers {
		if o.Rule.Code != material {
			continue
		}
		for _, w := range o.Ways {
			if w.Way.Kind == item.WayCertificate {
				if w.Ready != (w.Evidence != "") {
					t.Errorf("%s: %+v", material, w)
				}
				return w.Evidence
			}
		}
	}
	t.Fatalf("%s does not ask %s of a certificate", base, material)
	return ""
}

// TestCertificatesSpare: in the demo province who holds an identity card or a business licence hands in neither, and an agent is spared his own card.
func TestCertificatesSpare(t *testing.T) {
	c := config.Default()
	c.Demo = true
	a, _ := appOf(t, c)
	if err := a.LoadDemo(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	tenAreEverywhere(t, a)
	const (
		person  = "220514231001" // asks a person's identity card
		company = "001030205001" // asks the licence, and of an agent his card
	)
	zhang := subjectOf(t, a, account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: zhangNumber})
	li := subjectOf(t, a, account.NewSubject{Kind: account.Person, Name: "李静", Number: liNumber})
	firm := subjectOf(t, a, account.NewSubject{Kind: account.Company, Name: firmName, Number: firmNumber})
	self := actor.Actor{Kind: actor.Person, Account: "zhang", Subject: zhang, Level: 3}
	agent := actor.Actor{Kind: actor.Person, Account: "li", Subject: li, Company: firm, Level: 3}
	byAgent := map[string]string{"agent": "agent"}
	ask := func() map[string]string {
		return map[string]string{"identity card": sparedBy(t, a, self, person, "M000014", nil), "licence": sparedBy(t, a, agent, company, "M000002", byAgent),
			"agent's card": sparedBy(t, a, agent, company, "M000015", byAgent)}
	}
	for what, by := range ask() {
		if by != "" {
			t.Errorf("%s is spared by %s, which nobody has", what, by)
		}
	}
	face := func() map[string]any {
		return map[string]any{"sex": "女", "nation": "汉族", "born": "1993-03-08", "address": "长春市南关区"}
	}
	want := map[string]string{"identity card": holding(t, a, "police-001", "220102d09", "person", "张晓琳", zhangNumber, zhang, face()),
		"licence": holding(t, a, "market-001", "220102d31", "company", firmName, firmNumber, firm, map[string]any{"address": "长春市南关区", "kind": "有限责任公司",
			"representative": "王建国", "capital": "50万元", "founded": "2020-05-01", "scope": "餐饮服务"}),
		"agent's card": holding(t, a, "police-001", "220102d09", "person", "李静", liNumber, li, face())}
	for what, by := range ask() {
		if by == "" || by != want[what] {
			t.Errorf("%s is spared by %q, held is %q", what, by, want[what])
		}
	}
}

// fullItems are the ten items worked out in full, and which certificate each leads to.
var fullItems = map[string]string{"000131104003": "food-operation", "000131128000": "individual-business-licence", "000123008000": "public-hygiene", "000511001000": "low-income",
	"000778001000": "disability", "000117003001": "construction-permit", "221031001000": "", "221017001000": "", "221023001000": "", "002014001002": ""}

// tenAreEverywhere: the ten items have their entries in sixty counties, and six of them lead to a certificate, which is what is said of them.
func tenAreEverywhere(t *testing.T, a *App) {
	t.Helper()
	type row struct {
		Entries int
		Places  int
	}
	entries := 0
	err := a.DB.View(t.Context(), func(tx *db.Tx) error {
		for code, want := range fullItems {
			b, err := a.Items.Base(t.Context(), tx, code)
			if err != nil {
				return err
			}
			r, err := db.One[row](t.Context(), tx, `SELECT count(*) AS entries, count(DISTINCT region) AS places FROM item_entry WHERE base_code = $1`, code)
			if err != nil {
				return err
			}
			if entries += r.Entries; r.Places < 60 || b.Guide.CertType != want {
				t.Errorf("%s is offered in %d places and leads to %q", b.Name, r.Places, b.Guide.CertType)
			}
		}
		return nil
	})
	if err != nil || entries < 600 {
		t.Errorf("%d entries, %v", entries, err)
	}
}
