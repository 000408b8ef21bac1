package accountweb_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/adapter/realname"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/account/accountweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/office/officeweb"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sm/smtest"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

const (
	numberA  = "220102199003072318"
	numberB  = "22020319851112402X"
	numberC  = "222401197901011122"
	code     = "91220101MA1A000591"
	password = "long enough words"
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

// posts are what accounts hold, as the office module would tell.
type posts struct {
	mu    sync.Mutex
	roles map[string]string // account → role
}

func (p *posts) Holding(_ context.Context, _ *db.Tx, accountID string) (account.Holding, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	role, ok := p.roles[accountID]
	return account.Holding{Duties: []actor.Duty{{Role: role, OfficePath: "22"}}, OfficePath: "22", OfficeName: "吉林省人民政府"}, ok, nil
}

func (p *posts) Check(by actor.Actor, action string, _ actor.Target) error {
	for _, g := range account.Access() {
		for _, role := range g.Roles {
			if g.Action == action && by.Has(role) {
				return nil
			}
		}
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

func (p *posts) Held(_ context.Context, _ actor.Actor, accountID string) ([]office.Post, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if role, ok := p.roles[accountID]; ok {
		return []office.Post{{AccountID: accountID, Role: role, OfficePath: "22", OfficeName: "吉林省人民政府"}}, nil
	}
	return nil, nil
}

// building is the pages with everything they need; what other modules would show is a line of text that says who looks.
type building struct {
	t        *testing.T
	db       *db.DB
	accounts *account.Service
	sessions *accountweb.Sessions
	posts    *posts
	log      *leaves
	handler  http.Handler
}

// regions are Jilin's.
func regions(_ context.Context, parent string) (out []design.Option) {
	above, _ := region.Parse(parent) // none for the provinces
	for _, r := range region.JilinDirectory().Children(above) {
		out = append(out, design.Option{Value: r.Code.String(), Text: r.Name})
	}
	return out
}

func open(t *testing.T, perMinute int) *building {
	t.Helper()
	b := &building{t: t, log: &leaves{kinds: map[string]int{}}, posts: &posts{roles: map[string]string{}}}
	b.db = dbtest.Open(t, account.Schema, web.Schema)
	keys, quiet := smtest.Keyring(t), slog.New(slog.NewTextHandler(io.Discard, nil))
	b.accounts = account.New(b.db, account.Needs{Rights: b.posts, Posts: b.posts, Log: b.log, Keys: keys, RealName: realname.Simulator{}, Companies: realname.Simulator{}})
	b.sessions = accountweb.NewSessions(web.NewSessions(b.db, false), b.accounts, 30*time.Minute, quiet)
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, officeweb.Locale, account.Locale, accountweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: quiet, Catalogue: words, Enter: enter})
	accountweb.Routes(r, accountweb.Deps{Accounts: b.accounts, Sessions: b.sessions, Offices: b.posts, Keys: keys,
		Regions: regions, Place: func(code string) string { r, _ := region.Parse(code); return region.JilinDirectory().Name(r) },
		Limit: web.NewLimiter(perMinute, time.Minute, perMinute)})
	for _, path := range []string{"/{$}", "/desk", "/admin", "/cases"} {
		r.Page("GET "+path, web.Public, func(w http.ResponseWriter, r *http.Request) error {
			by := actor.FromContext(r.Context())
			fmt.Fprintf(w, "%s for %q", map[bool]string{true: "known", false: "stranger"}[by.SignedIn()], by.Company)
			return nil
		})
	}
	b.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx, err := b.sessions.Identify(w, req)
		if err != nil {
			r.Fail(w, req, err)
			return
		}
		if must := b.sessions.Current(ctx).Must; must != "" && req.URL.Path != accountweb.MustPath(must) {
			web.Redirect(w, req, accountweb.MustPath(must))
			return
		}
		v := design.Viewer{SignedIn: actor.FromContext(ctx).SignedIn(), Path: req.URL.RequestURI()}
		r.ServeHTTP(w, req.WithContext(design.WithViewer(ctx, v)))
	}))
	return b
}

func enter(ctx context.Context, a web.Access) error {
	by := actor.FromContext(ctx)
	switch {
	case !by.SignedIn():
		return fault.New(fault.Unauthenticated, "office.not_signed_in")
	case a == web.Admin && !by.Has(office.RoleAdmin):
		return fault.New(fault.Forbidden, "office.no_right")
	}
	return nil
}

// account makes an account; role is what it holds at work, "" for nothing.
func (b *building) account(login, number string, use account.Use, role string) account.Account {
	b.t.Helper()
	a, err := b.accounts.Create(b.t.Context(), actor.Program("test"), account.NewAccount{Login: login, Password: password, Use: use,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: number, Phone: "13843000001", Level: 2}})
	if err != nil {
		b.t.Fatal(err)
	}
	if role != "" {
		b.posts.mu.Lock()
		b.posts.roles[a.ID] = role
		b.posts.mu.Unlock()
	}
	return a
}

func (b *building) browser() *webtest.Browser { return webtest.New(b.t, b.handler) }

// signIn opens a browser and signs in, past the second factor where the account has none.
func (b *building) signIn(login, password string) *webtest.Browser {
	b.t.Helper()
	return b.browser().Open("/sign-in").Fill("账号", login).Fill("密码", password).Press("登录")
}

// appCode is what an authenticator app shows for the secret on the page.
func appCode(t *testing.T, p *webtest.Browser, at time.Time) string {
	t.Helper()
	return codeOf(secretOf(t, p), at)
}

// secretOf reads the secret a page shows.
func secretOf(t *testing.T, p *webtest.Browser) []byte {
	t.Helper()
	found := regexp.MustCompile(`name="secret" value="([A-Z2-7]{32})"`).FindStringSubmatch(p.Body())
	if found == nil {
		t.Fatalf("%s shows no secret", p)
	}
	return decode(t, found[1])
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// codeOf is RFC 6238.
func codeOf(secret []byte, at time.Time) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(at.Unix()/30))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[19]&0xf:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// many makes n accounts many000, many001 …, by rows: passwords would take minutes to hash.
func (b *building) many(n int) {
	b.t.Helper()
	err := b.db.Update(b.t.Context(), func(tx *db.Tx) error {
		subject, err := db.One[string](b.t.Context(), tx, `SELECT id FROM account_subject ORDER BY id LIMIT 1`)
		for i := range n {
			if err != nil {
				return err
			}
			_, err = tx.Exec(b.t.Context(), `INSERT INTO account_account (id, login, kind, subject_id, password, state, failures, totp_step, created_at) VALUES ($1, $2, 'officer', $3, '', 'active', 0, 0, $4)`,
				db.NewKey(), fmt.Sprintf("many%03d", i), subject, tx.Now)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
