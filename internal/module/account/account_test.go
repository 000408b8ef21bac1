package account_test

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/adapter/realname"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

type leaves struct {
	mu    sync.Mutex
	kinds map[string]int
}

func (l *leaves) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds[e.Kind]++
	return nil
}

type everything struct{}

func (everything) Check(by actor.Actor, _ string, _ actor.Target) error {
	if by.Kind != actor.Officer {
		return fault.New(fault.Forbidden, "office.no_right")
	}
	return nil
}

type noPosts struct{}

func (noPosts) Holding(context.Context, *db.Tx, string) (account.Holding, bool, error) {
	return account.Holding{}, false, nil
}

func setup(t *testing.T) (*account.Service, *db.DB, *leaves) {
	t.Helper()
	keys, err := sm.NewKeyring()
	if err != nil {
		t.Fatal(err)
	}
	d, l := dbtest.Open(t, account.Schema), &leaves{kinds: map[string]int{}}
	return account.New(d, account.Needs{Rights: everything{}, Posts: noPosts{}, Log: l, Keys: keys,
		RealName: realname.Simulator{Deny: map[string]bool{"222401197901011122": true}}}), d, l
}

const (
	number   = "220102199003072318"
	password = "a long enough password"
)

func register(t *testing.T, s *account.Service) account.Account {
	t.Helper()
	a, err := s.Register(t.Context(), actor.Actor{}, account.Registration{Login: "zhang.san", Password: password, Name: "张晓三", Number: number, Phone: "13843000001"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRegister(t *testing.T) {
	s, d, _ := setup(t)
	a := register(t, s)
	bad := account.Registration{Login: "x", Password: "short", Name: "李", Number: "220102199003072319", Phone: "12"}
	_, err := s.Register(t.Context(), actor.Actor{}, bad)
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) != 5 {
		t.Errorf("all mistakes at once: %v", err)
	}
	again := account.Registration{Login: "zhang.si", Password: password, Name: "张晓三", Number: number, Phone: "13843000001"}
	if _, err := s.Register(t.Context(), actor.Actor{}, again); !fault.HasKey(err, "account.number_taken") {
		t.Errorf("a number registered twice: %v", err)
	}
	again.Login, again.Number = "zhang.san", "22020319851112402X"
	if _, err := s.Register(t.Context(), actor.Actor{}, again); !fault.HasKey(err, "account.login_taken") {
		t.Errorf("a login taken twice: %v", err)
	}
	again.Login, again.Number = "zhang.wu", "222401197901011122"
	if _, err := s.Register(t.Context(), actor.Actor{}, again); err == nil || !strings.Contains(err.Error(), "account.name_mismatch") {
		t.Errorf("the register denied it: %v", err)
	}
	err = d.View(t.Context(), func(tx *db.Tx) error {
		sub, err := s.Subject(t.Context(), tx, a.SubjectID)
		if sub.Name != "张*三" || sub.Number != "2201**********2318" || sub.Phone != "138****0001" {
			t.Errorf("masked: %+v", sub)
		}
		raw, err2 := db.One[[]byte](t.Context(), tx, `SELECT name FROM account_subject`)
		if strings.Contains(string(raw), "张") || err2 != nil {
			t.Errorf("the name rests in clear (%v)", err2)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSignInAndLockOut(t *testing.T) {
	s, _, l := setup(t)
	register(t, s)
	in := func(login, password string) error {
		_, err := s.SignIn(t.Context(), account.Credentials{Login: login, Password: password, Address: "127.0.0.1"})
		return err
	}
	if err := in("zhang.san", password); err != nil {
		t.Fatal(err)
	}
	unknown, wrong := in("nobody.here", password), in("zhang.san", "wrong")
	if unknown == nil || wrong == nil || unknown.Error() != wrong.Error() {
		t.Errorf("unknown says %v, wrong says %v", unknown, wrong)
	}
	var wg sync.WaitGroup
	for range 6 { // guesses at the same time are all counted
		wg.Go(func() { _ = in("zhang.san", "wrong") })
	}
	wg.Wait()
	if err := in("zhang.san", password); !fault.HasKey(err, "account.locked") {
		t.Errorf("after seven failures: %v", err)
	}
	if l.kinds["account.sign_in_failed"] != 5 {
		t.Errorf("failures logged: %v", l.kinds)
	}
}

// An administrator's lock ends what the account is signed in with, and for good; a stranger's guesses throw nobody out.
func TestLockEndsSessionsAndGuessesDoNot(t *testing.T) {
	s, _, _ := setup(t)
	a := register(t, s)
	ctx, admin := t.Context(), actor.Actor{Kind: actor.Officer, Account: "admin"}
	in, err := s.SignIn(ctx, account.Credentials{Login: "zhang.san", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.NewToken(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	goesOn := func(when string, want bool) {
		t.Helper()
		s.Forget()
		_, session := s.ActorOf(ctx, in.Session)
		_, bearer := s.ByToken(ctx, token)
		if (session == nil) != want || (bearer == nil) != want {
			t.Errorf("%s: session %v, token %v", when, session, bearer)
		}
	}
	for range 5 {
		_, _ = s.SignIn(ctx, account.Credentials{Login: "zhang.san", Password: "wrong"}) // refused, which is the point
	}
	if _, err := s.SignIn(ctx, account.Credentials{Login: "zhang.san", Password: password}); !fault.HasKey(err, "account.locked") {
		t.Errorf("after five guesses: %v", err)
	}
	goesOn("after somebody's guesses", true)
	if err := s.Lock(ctx, admin, a.ID); err != nil {
		t.Fatal(err)
	}
	goesOn("locked", false)
	if err := s.Unlock(ctx, admin, a.ID); err != nil {
		t.Fatal(err)
	}
	goesOn("unlocked again", false)
}

func TestTokensAndAgents(t *testing.T) {
	s, _, _ := setup(t)
	a := register(t, s)
	program := actor.Program("test")
	firm, err := s.PutSubject(t.Context(), program, account.NewSubject{Kind: account.Company, Name: "长春市南关区测试餐饮有限公司", Number: "91220101MA1A000591", Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ActorOf(t.Context(), account.Session{Account: a.ID, Company: firm}); !fault.HasKey(err, "account.not_agent") {
		t.Errorf("a stranger acted for the company: %v", err)
	}
	if err := s.AddAgent(t.Context(), actor.Actor{Kind: actor.Person, Subject: a.SubjectID}, firm, a.SubjectID, "agent"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("made himself an agent: %v", err)
	}
	for range 2 {
		if err := s.AddAgent(t.Context(), program, firm, a.SubjectID, "agent"); err != nil {
			t.Fatal(err)
		}
	}
	in, err := s.SignIn(t.Context(), account.Credentials{Login: "zhang.san", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	token, expires, err := s.NewToken(t.Context(), in)
	if err != nil || !expires.After(time.Now()) {
		t.Fatal(err)
	}
	by, err := s.ByToken(t.Context(), token)
	if err != nil || by.For() != firm || by.Subject != a.SubjectID {
		t.Errorf("acts as %+v, %v", by, err)
	}
	if err := s.EndToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ByToken(t.Context(), token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an ended token: %v", err)
	}
}

func TestSecondFactor(t *testing.T) {
	s, _, _ := setup(t)
	admin, err := s.Create(t.Context(), actor.Program("test"), account.NewAccount{Login: "admin", Password: password, Use: account.Administrator,
		Subject: account.NewSubject{Kind: account.Person, Name: "王管理", Number: number}})
	if err != nil {
		t.Fatal(err)
	}
	by := actor.Actor{Kind: actor.Officer, Account: admin.ID}
	e, err := s.BeginTOTP(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	if err != nil {
		t.Fatal(err)
	}
	code := account.CodeForTest(secret, time.Now())
	if err := s.ConfirmTOTP(t.Context(), by, e.Secret, "000000"); err == nil {
		t.Error("a wrong code was taken")
	}
	if err := s.ConfirmTOTP(t.Context(), by, e.Secret, code); err != nil {
		t.Fatal(err)
	}
	sign := func(code string) error {
		_, err := s.SignIn(t.Context(), account.Credentials{Login: "admin", Password: password, Code: code})
		return err
	}
	if err := sign(""); !fault.HasKey(err, "account.totp_required") {
		t.Errorf("without a code: %v", err)
	}
	if err := sign(code); !fault.HasKey(err, "account.totp_required") {
		t.Errorf("the step of the enrolment was used again: %v", err)
	}
	if err := sign(account.CodeForTest(secret, time.Now().Add(30*time.Second))); err != nil {
		t.Errorf("the next step: %v", err)
	}
}

// RFC 6238 appendix B, the SHA-1 rows, last six digits.
func TestCodesOfTheStandard(t *testing.T) {
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if got := account.CodeForTest([]byte("12345678901234567890"), time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestMasks(t *testing.T) {
	for _, c := range [][2]string{{account.MaskName("张三"), "张*"}, {account.MaskName("欧阳晓琳"), "欧**琳"}, {account.MaskName(""), ""},
		{account.MaskPhone("13843000001"), "138****0001"}, {account.MaskPhone("12"), "**"}, {account.MaskNumber(number), "2201**********2318"}} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
	if fmt.Sprint(account.MaskNumber("x")) != "*" {
		t.Error("a short number shows")
	}
}
