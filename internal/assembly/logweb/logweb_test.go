package logweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/assembly/logweb"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/office/officeweb"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

// building is the log with its pages, used by whoever stands in by.
type building struct {
	t       *testing.T
	by      actor.Actor
	db      *db.DB
	log     *audit.Log
	offices *office.Service
	handler http.Handler
	keys    *sm.Keyring
	erased  bool // certificates the log does not know were erased
}

const (
	caseNumber  = "220102000020261120001"
	otherNumber = "220102000020261120002"
)

func open(t *testing.T) *building {
	t.Helper()
	b := &building{t: t, db: dbtest.Open(t, office.Schema, audit.Schema), keys: smtest.Keyring(t)}
	var err error
	if b.log, err = audit.New(b.db, b.keys, audit.Params{Origin: "xiangyun.test/log"}); err != nil {
		t.Fatal(err)
	}
	if b.offices, err = office.New(b.db, office.Needs{Log: b.log, Grants: office.Access()}); err != nil {
		t.Fatal(err)
	}
	b.handler = b.pages()
	return b
}

// pages serves the log as it is now.
func (b *building) pages() http.Handler {
	t := b.t
	t.Helper()
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, officeweb.Locale, logweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words, Enter: func(ctx context.Context, a web.Access) error {
		if a != web.Public && !actor.FromContext(ctx).SignedIn() {
			return fault.New(fault.Unauthenticated, "office.not_signed_in")
		}
		return nil
	}})
	logweb.Routes(r, logweb.Deps{DB: b.db, Log: b.log, Offices: b.offices, MaySee: func(_ context.Context, by actor.Actor, number string) error {
		if by.Subject == "zhang" && by.Company == "" && number == caseNumber || by.Kind == actor.Officer {
			return nil
		}
		return fault.New(fault.NotFound, "office.no_right")
	}, Erased: func(context.Context, *db.Tx, string) (bool, error) { return b.erased, nil }, CertificateKey: "a key\n", Address: func() string { return "https://xiangyun.test" }})
	return words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), b.by), design.Viewer{SignedIn: b.by.SignedIn(), Kind: string(b.by.Kind), Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
}

// settle gives the province its offices and the reviewer a post.
func (b *building) settle() {
	b.t.Helper()
	if err := b.offices.LoadReference(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.offices.SeedProvince(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	security := actor.Actor{Kind: actor.Officer, Account: "security", Duties: []actor.Duty{{Role: office.RoleSecurity, OfficePath: "22"}}}
	if err := b.offices.Appoint(b.t.Context(), security, office.Appointment{AccountID: "reviewer", Role: office.RoleReviewer, OfficePath: "220102d31"}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *building) append(entries ...audit.Entry) {
	b.t.Helper()
	err := b.db.Update(b.t.Context(), func(tx *db.Tx) error {
		for _, e := range entries {
			if err := b.log.Append(b.t.Context(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *building) sequence() {
	b.t.Helper()
	if _, err := b.log.Sequence(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// leaves returns what the log says of a query, without leaving a trace.
func (b *building) leaves(q audit.Query) (out []audit.Leaf) {
	b.t.Helper()
	err := b.db.View(b.t.Context(), func(tx *db.Tx) (err error) {
		out, err = b.log.Search(b.t.Context(), tx, q, "", 100)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

var (
	zhang   = actor.Actor{Kind: actor.Person, Account: "citizen", Subject: "zhang"}
	agent   = actor.Actor{Kind: actor.Person, Account: "agent", Subject: "li", Company: "a company"}
	auditor = actor.Actor{Kind: actor.Officer, Account: "auditor", Duties: []actor.Duty{{Role: office.RoleAuditor, OfficePath: "22"}}}
	officer = actor.Actor{Kind: actor.Officer, Account: "reviewer", OfficePath: "220102d31", Duties: []actor.Duty{{Role: office.RoleReviewer, OfficePath: "220102d31"}}}
)

func history() []audit.Entry {
	about := func(kind, by, officePath string) audit.Entry {
		return audit.Entry{Kind: kind, Actor: by, Office: officePath, Subject: "zhang", Object: "case:" + caseNumber, Basis: "食品经营许可", Data: map[string]string{"state": "accepted"}}
	}
	return []audit.Entry{about("case.submitted", "citizen", ""), about("case.accepted", "reviewer", "220102d31"), about("case.read", "gone", "220102d31"),
		about("case.approved", "system:silence", ""), about("cert.lost_and_found", "reviewer", "22zz")}
}

func TestTheLogsPage(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	p.Open("/log").Wants(200, "公开日志", "还没有签过检查点", "xiangyun.test/log", "Ed25519", "SM2")
	p.Open("/api/v1/log/checkpoint").Wants(404)
	b.append(history()...)
	b.sequence()
	p.Open("/log").Wants(200, "xiangyun.test/log", "/api/v1/log/tile/0/000.p/5", "/api/v1/log/tile/entries/000.p/5", "SM3").Lacks("食品经营许可", "zhang")
	p.Follow("/api/v1/log/tile/0/000.p/5").Wants(200)
	if len(p.Body()) != 5*32 || p.Header("Content-Type") != "application/octet-stream" || strings.Contains(p.Header("Cache-Control"), "immutable") {
		t.Errorf("the tile has %d bytes, %q, %q", len(p.Body()), p.Header("Content-Type"), p.Header("Cache-Control"))
	}
	p.Open("/log").Fill("记录编号", "2").Press("查看证明").Wants(200, "第 2 号记录")
	p.Open("/log").Fill("记录编号", "77").Press("查看证明")
	p.Lenient = true
	p.Wants(404)
}

func TestTheMachinesAddresses(t *testing.T) {
	b := open(t)
	b.append(make260()...)
	b.sequence()
	p := webtest.New(t, b.handler)
	note := p.Open("/api/v1/log/checkpoint").Wants(200).Body()
	if p.Header("Content-Type") != "text/plain; charset=utf-8" || p.Header("Cache-Control") != "no-cache" {
		t.Errorf("the checkpoint is %q, %q", p.Header("Content-Type"), p.Header("Cache-Control"))
	}
	var keys []audit.Key
	for line := range strings.Lines(p.Open("/api/v1/log/keys").Wants(200).Body()) {
		k, err := audit.ParseKey(line)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	c, err := audit.VerifyCheckpoint(note, keys)
	if err != nil || c.Size != 260 || len(keys) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	p.Open("/api/v1/log/tile/0/000").Wants(200)
	if len(p.Body()) != 256*32 || !strings.Contains(p.Header("Cache-Control"), "immutable") {
		t.Errorf("the full tile has %d bytes, %q", len(p.Body()), p.Header("Cache-Control"))
	}
	if n := len(p.Open("/api/v1/log/tile/entries/001.p/4").Wants(200).Body()); n != 4*34 {
		t.Errorf("the bundle has %d bytes", n)
	}
	for _, path := range []string{"0/001", "0/001.p/5", "0/1", "1/000.p/2", "entries/002", "x", "0/000.p/0"} {
		p.Open("/api/v1/log/tile/"+path).Wants(404, "log.not_found")
	}
}

func make260() []audit.Entry {
	out := make([]audit.Entry, 260)
	for i := range out {
		out[i] = audit.Entry{Kind: "case.accepted", Object: fmt.Sprintf("case:%d", i), Subject: "many"}
	}
	return out
}

func TestMyData(t *testing.T) {
	b := open(t)
	b.settle()
	b.append(history()...)
	b.append(audit.Entry{Kind: "agent.added", Actor: "agent", Subject: "a company", Object: "subject:a company", Basis: "法人授权经办"},
		audit.Entry{Kind: "data.read", Actor: "reviewer", Office: "220102d31", Subject: "a company", Object: "subject:a company", Basis: "窗口代为申请时核对身份"})
	p := webtest.New(t, b.handler)
	p.Lenient = true
	p.Open("/me/data").Wants(404) // the test has no page to sign in
	p.Lenient = false
	b.by = zhang
	p.Open("/me/data").Wants(200, "我的数据", "提交申请", "您本人", "受理申请", "长春市南关区市场监督管理局", "审查", "查看办件", "工作人员", "系统自动处理", "其他操作（cert.lost_and_found）",
		"办件 "+caseNumber, "食品经营许可", "几秒内写入").Lacks("reviewer", "法人授权经办")
	p.Open("/me/data?show=read").Wants(200, "查看办件").Lacks("受理申请", "提交申请")
	b.sequence()
	p.Open("/me/data").Wants(200).Lacks("几秒内写入")
	p.Follow("第 1 号记录").Wants(200, "核验一致", "食品经营许可", "提交申请")
	b.by = agent
	p.Open("/me/data").Wants(200, "添加经办人", "您本人", "查看身份信息", "长春市南关区市场监督管理局", "窗口代为申请时核对身份").Lacks("提交申请")
	b.by = officer
	p.Open("/me/data").Wants(200, "还没有与您有关的记录").Lacks("提交申请")
	p.Open("/me/data?show=read").Wants(200, "还没有别人看过您的数据")
}

func TestMyDataPages(t *testing.T) {
	b := open(t)
	b.append(make260()[:45]...)
	b.by = actor.Actor{Kind: actor.Person, Account: "x", Subject: "many"}
	p := webtest.New(t, b.handler)
	p.Open("/me/data").Wants(200, "办件 44", "办件 25").Lacks("办件 24")
	p.Follow("下一页").Wants(200, "办件 24", "办件 5").Lacks("办件 25")
	p.Follow("下一页").Wants(200, "办件 4", "办件 0").Lacks("办件 5", "下一页")
}

// TestALeafsPage: the content is for its subject and the auditor only, and the auditor's look is recorded.
func TestALeafsPage(t *testing.T) {
	b := open(t)
	b.append(history()...)
	b.sequence()
	p := webtest.New(t, b.handler)
	for name, by := range map[string]actor.Actor{"stranger": {}, "agent": agent, "officer": officer} {
		b.by = by
		p.Open("/log/leaves/1")
		if p.Wants(200, "核验一致", "只有本人登录后和审计人员看得到"); strings.Contains(p.Body(), "受理申请") || strings.Contains(p.Body(), "食品经营许可") || strings.Contains(p.Body(), "zhang") ||
			strings.Contains(p.Body(), caseNumber) {
			t.Errorf("%s reads what the leaf says", name)
		}
	}
	if got := b.leaves(audit.Query{Kind: "log.read"}); len(got) != 0 {
		t.Errorf("looks at the public part were recorded: %v", got)
	}
	b.by = zhang
	p.Open("/log/leaves/1").Wants(200, "受理申请", "食品经营许可", caseNumber, "随机盐")
	b.by = auditor
	p.Open("/log/leaves/1").Wants(200, "受理申请", "食品经营许可")
	if got := b.leaves(audit.Query{Kind: "log.read"}); len(got) != 1 || got[0].Actor != "auditor" || !bytes.Contains(got[0].Data, []byte(`"position":"1"`)) {
		t.Errorf("the auditor's look left %v", got)
	}
	err := b.db.Update(t.Context(), func(tx *db.Tx) error {
		_, err := b.log.Erase(t.Context(), tx, "zhang")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.by = zhang
	p.Open("/log/leaves/1").Wants(200, "核验一致", "已经依法删除").Lacks("食品经营许可", "随机盐")
	p.Lenient = true
	for _, path := range []string{"/log/leaves/99", "/log/leaves/-1", "/log/leaves/x", "/log/leaves?position="} {
		p.Open(path).Wants(404)
	}
}

func TestProofOfACase(t *testing.T) {
	b := open(t)
	b.append(history()[:2]...)
	b.sequence()
	b.append(history()[2])
	type answer struct {
		Leaves []struct {
			Kind       string
			At         time.Time
			Position   *int64
			LeafHash   []byte `json:"leaf_hash"`
			Commitment []byte
			Proof      [][]byte
			TreeSize   int64 `json:"tree_size"`
			Root       []byte
			Checkpoint string
			Entry      *struct {
				ID, Actor, Office, Subject, Object, Basis string
				AtMilli                                   int64 `json:"at_milli"`
				Data                                      json.RawMessage
				Salt                                      []byte
			}
		}
		Next string
	}
	ask := func(path string) (out answer) {
		t.Helper()
		p := webtest.New(t, b.handler)
		if err := json.Unmarshal([]byte(p.Open(path).Wants(200).Body()), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	path := "/api/v1/cases/" + caseNumber + "/proof"
	webtest.New(t, b.handler).Open(path).Wants(401)
	b.by = agent
	webtest.New(t, b.handler).Open(path).Wants(404)
	b.by = zhang
	webtest.New(t, b.handler).Open("/api/v1/cases/" + otherNumber + "/proof").Wants(404)
	out := ask(path)
	if len(out.Leaves) != 3 || out.Next != "" {
		t.Fatalf("%d leaves, next %q", len(out.Leaves), out.Next)
	}
	for i, l := range out.Leaves {
		if l.Entry == nil {
			t.Fatalf("leaf %d does not open for its subject", i)
		}
		leaf := audit.Leaf{ID: l.Entry.ID, Kind: l.Kind, Actor: l.Entry.Actor, Office: l.Entry.Office, Subject: l.Entry.Subject, Object: l.Entry.Object, Basis: l.Entry.Basis,
			At: time.UnixMilli(l.Entry.AtMilli), Data: l.Entry.Data, Salt: l.Entry.Salt, Commitment: l.Commitment}
		if !leaf.Opens() || !l.At.Equal(leaf.At) || !bytes.Equal(l.LeafHash, audit.LeafHash(l.Commitment)) {
			t.Errorf("leaf %d can't be recomputed from the answer", i)
		}
		if i == 2 {
			if l.Position != nil || l.Proof == nil || len(l.Proof) != 0 || l.Checkpoint != "" {
				t.Errorf("a waiting leaf: %+v", l)
			}
			continue
		}
		c, err := audit.VerifyCheckpoint(l.Checkpoint, b.log.Keys())
		if err != nil {
			t.Fatal(err)
		}
		if c.Size != l.TreeSize || !bytes.Equal(c.Root, l.Root) {
			t.Error("the answer says another tree than the checkpoint")
		}
		if err := audit.VerifyInclusion(l.Commitment, *l.Position, c.Size, l.Proof, c.Root); err != nil {
			t.Errorf("leaf %d: %v", i, err)
		}
	}
	first := ask(path + "?limit=2")
	if len(first.Leaves) != 2 || first.Next == "" {
		t.Fatalf("%d leaves, next %q", len(first.Leaves), first.Next)
	}
	if rest := ask(path + "?limit=2&after=" + first.Next); len(rest.Leaves) != 1 || rest.Next != "" {
		t.Errorf("%d leaves, next %q", len(rest.Leaves), rest.Next)
	}
	b.by = officer
	for _, l := range ask(path).Leaves {
		if l.Entry != nil || l.Kind == "" {
			t.Errorf("an officer reads %+v", l)
		}
	}
	b.by = auditor
	if l := ask(path).Leaves; l[0].Entry == nil {
		t.Error("the auditor can't read")
	}
	if got := b.leaves(audit.Query{Kind: "log.read"}); len(got) != 1 {
		t.Errorf("the auditor's look left %v", got)
	}
}

func TestTheAuditorsSearch(t *testing.T) {
	b := open(t)
	b.append(history()...)
	b.sequence()
	p := webtest.New(t, b.handler)
	b.by = officer
	p.Lenient = true
	p.Open("/admin/audit").Wants(403)
	p.Lenient = false
	b.by = auditor
	p.Open("/admin/audit").Wants(200, "审计日志", "您的每一次查询都会记入日志").Lacks("查询结果")
	if len(b.leaves(audit.Query{Kind: "log.read"})) != 0 {
		t.Error("opening the form is recorded as a reading")
	}
	p.Fill("对象", "case:"+caseNumber).Press("查询").Wants(200, "查询结果", "受理申请", "reviewer", "zhang", "accepted")
	p.Fill("做了什么", "查看办件").Press("查询").Wants(200, "gone").Lacks("citizen", "没有符合条件的记录")
	p.Fill("操作账号标识", "nobody").Press("查询").Wants(200, "没有符合条件的记录")
	if got := b.leaves(audit.Query{Kind: "log.read", Actor: "auditor"}); len(got) != 3 || !bytes.Contains(got[2].Data, []byte(caseNumber)) {
		t.Errorf("the searches left %v", got)
	}
	for _, number := range []string{"220102199003072318", "91220102MA0Y1W2X3A", "13900001111"} {
		p.Open("/admin/audit").Fill("当事人标识", number).Press("查询").Wants(422, "不要填写身份证号")
	}
	p.Open("/admin/audit").Fill("对象", "张晓琳").Press("查询").Wants(422, "标识只能包含")
	p.Open("/admin/audit?asked=1&before=%E5%BC%A0").Wants(422)
	if got := b.leaves(audit.Query{Kind: "log.read"}); len(got) != 3 {
		t.Errorf("refused searches left %v", got)
	}
	b.append(make260()[:30]...)
	p.Open("/admin/audit?asked=1&subject=many").Wants(200, "case:29").Follow("下一页").Wants(200, "case:0").Lacks("case:29")
}

func TestEveryLanguage(t *testing.T) {
	b := open(t)
	b.append(history()...)
	b.sequence()
	for language, words := range map[string]string{"en": "Transparency log", "ko": "투명 로그"} {
		p := webtest.New(t, b.handler)
		p.Language = language
		b.by = zhang
		p.Open("/log").Wants(200, words)
		p.Open("/me/data").Wants(200)
		p.Open("/log/leaves/1").Wants(200)
		b.by = auditor
		p.Open("/admin/audit?asked=1").Wants(200, "case:"+caseNumber)
	}
}
