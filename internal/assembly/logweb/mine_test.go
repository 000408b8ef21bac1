package logweb_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/webtest"
)

// TestASecretReading: an auditor looks somebody up for an investigation. The person sees at once that there was a reading, by which law it is withheld and
// when it opens, and nothing else; when the day has come, everything.
func TestASecretReading(t *testing.T) {
	b := open(t)
	b.settle()
	b.append(history()...)
	tomorrow := civil.Of(time.Now()).Add(30)
	secret := func(ground, subject, document string, until civil.Date) error {
		return b.offices.ReadLog(t.Context(), auditor, office.LogReading{Asked: map[string]string{"kind": "case.accepted", "subject": subject}, Subject: subject,
			Secret: &office.Secrecy{Ground: ground, Document: document, Until: until}})
	}
	const order = "吉监调〔2026〕12号"
	for name, err := range map[string]error{"ground": secret("whim", "zhang", order, tomorrow), "subject": secret(office.GroundCriminal, "", order, tomorrow),
		"document": secret(office.GroundCriminal, "zhang", "张晓琳", tomorrow), "today": secret(office.GroundCriminal, "zhang", order, civil.Of(time.Now())),
		"too-long": secret(office.GroundCriminal, "zhang", order, civil.Of(time.Now()).Add(400)), "never": secret(office.GroundCriminal, "zhang", order, civil.Date{})} {
		if !fault.HasKey(err, "office.secrecy_bad") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.offices.ReadLog(t.Context(), officer, office.LogReading{Subject: "zhang"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer reads the log: %v", err)
	}
	p := webtest.New(t, b.handler)
	b.by = auditor
	p.Open("/admin/audit").Fill("当事人标识", "zhang").Fill("保密依据", "监察调查").Fill("调查文书编号", "?").Fill("公开日期", tomorrow.String()).Press("查询")
	p.Lenient = true
	p.Wants(422, "请填写调查文书编号")
	p.Fill("调查文书编号", order).Press("查询").Wants(200, "受理申请")
	p.Lenient = false
	// An ordinary search for somebody is a reading they see at once.
	p.Open("/admin/audit?asked=1&subject=zhang").Wants(200)
	b.sequence()
	b.by = zhang
	p.Open("/me/data?show=read").Wants(200, "一次依法暂不公开的查看", "《监察法》第十八条", tomorrow.Chinese()+" 公开", "审计人员查看日志").Lacks(order)
	var hidden audit.Leaf
	for _, l := range b.leaves(audit.Query{Kind: "log.read", Subject: "zhang"}) {
		if strings.Contains(string(l.Data), "withheld_until") {
			hidden = l
		}
	}
	if hidden.Position < 0 || hidden.Basis == "" {
		t.Fatalf("the leaf is %+v", hidden)
	}
	leaf := "/log/leaves/" + string('0'+rune(hidden.Position))
	p.Open(leaf).Wants(200, "核验一致", "一次依法暂不公开的查看", "《监察法》第十八条").Lacks(order, "随机盐", "case.accepted")
	p.Open("/me/data/export?format=json").Wants(200, `"kind":"withheld"`).Lacks(order)
	p.Open("/me/data/export?format=csv").Wants(200, "一次依法暂不公开的查看").Lacks(order)
	// Somebody in the database lengthens it: what was committed to counts. Then the day comes.
	w := &watched{building: b}
	w.exec(`UPDATE audit_withheld SET until_at = (SELECT at FROM audit_leaf WHERE position = 0)`)
	p.Open(leaf).Wants(200, order, "随机盐")
	p.Open("/me/data?show=read").Wants(200, "审计人员查看日志").Lacks("依法暂不公开的查看 ")
	if r, err := b.log.Verify(t.Context()); err != nil || !r.OK() {
		t.Errorf("%v, %v", r, err)
	}
}

// TestTakingOnesDataAway: both forms hold every leaf once, and the JSON all that is needed to open each commitment.
func TestTakingOnesDataAway(t *testing.T) {
	b := open(t)
	b.settle()
	many := make([]audit.Entry, 205)
	for i := range many {
		many[i] = audit.Entry{Kind: "case.read", Actor: "reviewer", Office: "220102d31", Subject: "zhang", Object: "case:" + caseNumber, Basis: "=1+1", Data: map[string]int{"n": i}}
	}
	b.append(many...)
	b.append(audit.Entry{Kind: "case.read", Subject: "another", Object: "case:" + otherNumber})
	b.sequence()
	b.by = zhang
	p := webtest.New(t, b.handler)
	var out struct {
		Data []struct {
			Kind, Office, Commitment string
			Position                 *int64
			Entry                    *struct {
				ID, Actor, Office, Subject, Object, Basis string
				AtMilli                                   int64 `json:"at_milli"`
				Data                                      json.RawMessage
				Salt                                      []byte
			}
		}
	}
	if err := json.Unmarshal([]byte(p.Open("/me/data/export?format=json").Wants(200).Body()), &out); err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	for _, l := range out.Data {
		e := l.Entry
		leaf := audit.Leaf{ID: e.ID, Kind: l.Kind, Actor: e.Actor, Office: e.Office, Subject: e.Subject, Object: e.Object, Basis: e.Basis, At: time.UnixMilli(e.AtMilli).UTC(),
			Data: e.Data, Salt: e.Salt}
		at := b.leaves(audit.Query{Subject: "zhang"})[0]
		if leaf.Commitment = at.Commitment; seen[*l.Position] {
			t.Errorf("leaf %d comes twice", *l.Position)
		}
		seen[*l.Position] = true
		if *l.Position == at.Position && !leaf.Opens() {
			t.Error("what is taken away does not open the commitment")
		}
	}
	if len(seen) != 205 {
		t.Errorf("%d leaves are taken away", len(seen))
	}
	text := p.Open("/me/data/export?format=csv").Wants(200).Body()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 206 || rows[1][4] != "'=1+1" || !strings.Contains(rows[1][2], "长春市南关区市场监督管理局") {
		t.Errorf("%d rows, %v, %q", len(rows), err, rows[min(1, len(rows)-1)])
	}
	p.Lenient = true
	p.Open("/me/data/export?format=xml").Wants(422)
	b.by = actor.Actor{}
	p.Open("/me/data/export?format=csv")
	if strings.Contains(p.Body(), "case.read") {
		t.Error("a stranger takes data away")
	}
}

// TestTheLogShowsItsWitnesses: signed, silent and refusing ones, and that those of the demo prove nothing.
func TestTheLogShowsItsWitnesses(t *testing.T) {
	w := watch(t)
	p := webtest.New(t, w.handler)
	w.write(3)
	p.Open("/log").Wants(200, "还没有见证方", "xiangyun log monitor https://xiangyun.test --keys keys --state log.json --once").Lacks("这是演示")
	w.log.SetWitnesses([]audit.Witness{openWitness(t, w, "demo.witness/one"), openWitness(t, w, "two.example")})
	p.Open("/log").Wants(200, "还没有签过名", "这是演示")
	if err := w.log.AskWitnesses(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Open("/log").Wants(200, "demo.witness/one", "two.example", "已签名", "刚刚", "共 2 个见证方").Lacks("拒绝")
	if p.Open("/log/leaves/2").Wants(200, "下载证明"); !strings.Contains(p.Body(), `data-proof="`) || !strings.Contains(p.Body(), `data-root="`) {
		t.Error("the browser has nothing to check the proof with")
	}
	p.Follow("下载证明，用程序核对：").Wants(200, "c2sp.org/tlog-proof@v1", "two.example")
	proof, err := audit.ParseProof(p.Body())
	if err != nil || proof.Verify() != nil || proof.Position != 2 || proof.Text() != p.Body() {
		t.Errorf("the proof is %+v, %v", proof, err)
	}
	w.exec(`UPDATE audit_witness SET refusal = 'conflict', size = 9`)
	p.Open("/log").Wants(200, "拒绝：它见过的日志和现在的不一样", "它见过 9 条记录")
	p.Open("/log/leaves/7/proof")
	p.Lenient = true
	p.Wants(404)
}

// TestTheProofsOfACase: who may see the case sees its leaves with their proofs, page by page.
func TestTheProofsOfACase(t *testing.T) {
	b := open(t)
	for range 5 {
		b.append(history()...)
	}
	b.sequence()
	b.append(history()[0])
	b.by = zhang
	p := webtest.New(t, b.handler)
	p.Open("/cases/"+caseNumber+"/proof").Wants(200, "办件的日志证明", "受理申请", "核验一致", "下载证明").Lacks("食品经营许可", "等待编号")
	p.Follow("下一页").Wants(200, "等待编号").Lacks("下一页")
	p.Lenient = true
	p.Open("/cases/" + otherNumber + "/proof").Wants(404)
}
