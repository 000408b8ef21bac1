package accountweb

import (
	"context"
	"encoding/json"
	"hash/crc32"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// Entry is what a signed-in browser holds.
type Entry struct {
	Session account.Session
	Use     account.Use
	Must    string // the one thing to do before all others: [MustRenew], [MustEnrol], "" for none
}

// What an account may have to do before anything else.
const (
	MustRenew = "renew" // replace a password somebody else chose
	MustEnrol = "enrol" // set up a second factor
)

// MustPath is the page on which that is done.
func MustPath(must string) string {
	if must == MustRenew {
		return "/me/password"
	}
	return "/me/second-factor"
}

// seenEach is how often a session that is used is written: an idle limit is as exact as that, and a page costs no write.
const seenEach = time.Minute

// citizenIdle is how many times longer than staff a citizen may stay idle: forms are filled at home, with papers to be found.
const citizenIdle = 4

// held is what a session holds, kept as JSON. It names accounts by their keys and holds no personal data.
type held struct {
	Entry
	Seen int64 // Unix seconds of the last request that was written down
}

// Sessions keep who is signed in, over package web's store. No response is wrapped: a session is written when somebody signs in, changes
// it or used it for a minute, and a stranger, who has no cookie, costs nothing and gets none.
type Sessions struct {
	manager  *scs.SessionManager
	accounts *account.Service
	log      *slog.Logger
	idle     map[account.Use]time.Duration
	now      func() time.Time
	locks    [64]sync.Mutex // a session is read, changed and written by one at a time, so that signing out is not undone
}

// NewSessions returns the sessions. An officer's that nobody used for the time staff ends, a citizen's after four times as long.
func NewSessions(m *scs.SessionManager, accounts *account.Service, staff time.Duration, log *slog.Logger) *Sessions {
	return &Sessions{manager: m, accounts: accounts, log: log, now: time.Now,
		idle: map[account.Use]time.Duration{account.Citizen: citizenIdle * staff, account.Officer: staff, account.Administrator: staff}}
}

const heldKey = "held"

type currentKey struct{}

// lock is the lock of a session; two sessions share one now and then.
func (s *Sessions) lock(token string) *sync.Mutex {
	return &s.locks[crc32.ChecksumIEEE([]byte(token))%uint32(len(s.locks))]
}

// Current returns what the browser of this request holds; the zero Entry without a session.
func (s *Sessions) Current(ctx context.Context) Entry {
	h, _ := ctx.Value(currentKey{}).(held)
	return h.Entry
}

// Begin starts a session under a fresh token; what the browser held before is void.
func (s *Sessions) Begin(w http.ResponseWriter, r *http.Request, e Entry) error {
	l := s.lock(s.token(r))
	l.Lock()
	defer l.Unlock()
	ctx, err := s.manager.Load(r.Context(), s.token(r))
	if err != nil {
		return err
	}
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	token, err := s.put(ctx, held{Entry: e})
	if err != nil {
		return err
	}
	s.cookie(w, token)
	return nil
}

// Change replaces what the browser's session holds: fault.Unauthenticated "account.token_expired" when it has none.
func (s *Sessions) Change(r *http.Request, e Entry) error {
	ok, err := s.rewrite(r, func(h *held) { h.Entry = e })
	if err == nil && !ok {
		return fault.New(fault.Unauthenticated, "account.token_expired")
	}
	return err
}

// End ends the browser's session, if it has one.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request) error {
	token := s.token(r)
	if token == "" {
		return nil
	}
	l := s.lock(s.token(r))
	l.Lock()
	defer l.Unlock()
	ctx, err := s.manager.Load(r.Context(), token)
	if err != nil {
		return err
	}
	if s.manager.Token(ctx) != "" { // nothing is to be deleted where nothing was found
		if err := s.manager.Destroy(ctx); err != nil {
			return err
		}
	}
	s.cookie(w, "")
	return nil
}

// Identify tells who asks, by a bearer token or else by the browser's session, and returns a context that carries both. A session that
// has ended is cleared, and the browser's owner a stranger again; one that may no longer act for its company acts for the person.
func (s *Sessions) Identify(w http.ResponseWriter, req *http.Request) (context.Context, error) {
	by, h, err := s.who(w, req)
	return context.WithValue(actor.WithContext(req.Context(), by), currentKey{}, h), err
}

func (s *Sessions) who(w http.ResponseWriter, req *http.Request) (by actor.Actor, h held, err error) {
	ctx := req.Context()
	if token := web.Bearer(req); token != "" {
		by, err = s.accounts.ByToken(ctx, token)
		return by, h, err
	}
	if s.token(req) == "" {
		return by, h, nil
	}
	h, ok, err := s.read(req)
	if err != nil {
		return by, held{}, err
	}
	if !ok {
		return by, held{}, s.End(w, req)
	}
	by, err = s.accounts.ActorOf(ctx, h.Session)
	if fault.HasKey(err, "account.not_agent") {
		h.Session.Company = ""
		if err = s.Change(req, h.Entry); err == nil {
			by, err = s.accounts.ActorOf(ctx, h.Session)
		}
	}
	if fault.Is(err, fault.Unauthenticated) {
		return actor.Actor{}, held{}, s.End(w, req)
	}
	if err != nil {
		return by, h, err
	}
	if err := s.touch(req, h); err != nil {
		s.log.WarnContext(ctx, "writing down that a session is used", "error", err) // the page matters more
	}
	return by, h, nil
}

// read returns what the browser's session holds; ok is false where there is none, or nobody used it for too long.
func (s *Sessions) read(r *http.Request) (h held, ok bool, err error) {
	_, h, ok, err = s.load(r)
	return h, ok, err
}

func (s *Sessions) load(r *http.Request) (ctx context.Context, h held, ok bool, err error) {
	if ctx, err = s.manager.Load(r.Context(), s.token(r)); err != nil {
		return ctx, h, false, err
	}
	text := s.manager.GetString(ctx, heldKey)
	if text == "" || json.Unmarshal([]byte(text), &h) != nil {
		return ctx, h, false, nil
	}
	return ctx, h, s.now().Sub(time.Unix(h.Seen, 0)) <= s.idle[h.Use], nil
}

// touch writes down that a session is used, when that was last done a minute ago.
func (s *Sessions) touch(r *http.Request, h held) error {
	if s.now().Sub(time.Unix(h.Seen, 0)) < seenEach {
		return nil
	}
	_, err := s.rewrite(r, func(*held) {})
	return err
}

// rewrite changes a session that is still there, under its token and its end.
func (s *Sessions) rewrite(r *http.Request, change func(*held)) (ok bool, err error) {
	l := s.lock(s.token(r))
	l.Lock()
	defer l.Unlock()
	ctx, h, ok, err := s.load(r)
	if err != nil || !ok {
		return false, err
	}
	change(&h)
	_, err = s.put(ctx, h)
	return err == nil, err
}

func (s *Sessions) put(ctx context.Context, h held) (token string, err error) {
	h.Seen = s.now().Unix()
	text, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	s.manager.Put(ctx, heldKey, string(text))
	token, _, err = s.manager.Commit(ctx)
	return token, err
}

// token returns the browser's session token, "" when it has none.
func (s *Sessions) token(r *http.Request) string {
	c, err := r.Cookie(s.manager.Cookie.Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie hands the browser its token, and takes it away when that is "". It ends with the browser.
func (s *Sessions) cookie(w http.ResponseWriter, token string) {
	m := s.manager.Cookie
	c := &http.Cookie{Name: m.Name, Value: token, Path: m.Path, HttpOnly: m.HttpOnly, SameSite: m.SameSite, Secure: m.Secure}
	if token == "" {
		c.MaxAge = -1
	}
	// An ended session may have been cleared in this very answer.
	w.Header()["Set-Cookie"] = slices.DeleteFunc(w.Header()["Set-Cookie"], func(line string) bool { return strings.HasPrefix(line, m.Name+"=") })
	http.SetCookie(w, c)
}
