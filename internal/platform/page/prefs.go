package page

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Prefs is how somebody wants pages shown. It lives in a cookie, so it works for strangers and says nothing about who they are.
type Prefs struct {
	Locale   string // zh, en, ko
	Elder    bool   // 长者模式: large type, fewer things
	Contrast bool   // high contrast
}

// Key tells apart the forms in which one page can be shown, for caches.
func (p Prefs) Key() string {
	return p.Locale + "." + strconv.FormatBool(p.Elder) + "." + strconv.FormatBool(p.Contrast)
}

type state struct {
	catalogue *Catalogue
	prefs     Prefs
}

type stateKey struct{}

func from(ctx context.Context) state {
	s, ok := ctx.Value(stateKey{}).(state)
	if !ok {
		s.prefs.Locale = Languages[0]
	}
	return s
}

// With returns a context in which [T] and [PrefsOf] answer.
func With(ctx context.Context, c *Catalogue, p Prefs) context.Context {
	if !slices.Contains(Languages, p.Locale) {
		p.Locale = Languages[0]
	}
	return context.WithValue(ctx, stateKey{}, state{c, p})
}

// PrefsOf returns the preferences of the request.
func PrefsOf(ctx context.Context) Prefs { return from(ctx).prefs }

const cookieName = "xiangyun_prefs"

// Middleware reads language and preferences of each request.
func (c *Catalogue) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(With(r.Context(), c, read(r))))
	})
}

func read(r *http.Request) Prefs {
	p := Prefs{}
	if cookie, err := r.Cookie(cookieName); err == nil {
		parts := strings.Split(cookie.Value, ".")
		if len(parts) == 3 && slices.Contains(Languages, parts[0]) {
			p = Prefs{Locale: parts[0], Elder: parts[1] == "true", Contrast: parts[2] == "true"}
		}
	}
	if p.Locale == "" {
		p.Locale = Accept(r.Header.Get("Accept-Language"))
	}
	return p
}

// Accept picks the language of an Accept-Language header we speak and the caller likes best; Chinese when there is none.
func Accept(header string) string {
	best, weight := Languages[0], 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, q, _ := strings.Cut(part, ";")
		w := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(q), "q="); ok {
			parsed, err := strconv.ParseFloat(v, 64)
			if err != nil || !(parsed >= 0 && parsed <= 1) {
				continue
			}
			w = parsed
		}
		language, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if slices.Contains(Languages, language) && w > weight {
			best, weight = language, w
		}
	}
	return best
}

// SetPrefs handles POST /preferences: fields locale, elder and contrast change what they name, back says where to return to. It
// only ever leads back to a page of ours.
func SetPrefs(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	p := read(r)
	if l := r.PostForm.Get("locale"); slices.Contains(Languages, l) {
		p.Locale = l
	}
	if v := r.PostForm.Get("elder"); v != "" {
		p.Elder = v == "true" || v == "on" || v == "1"
	}
	if v := r.PostForm.Get("contrast"); v != "" {
		p.Contrast = v == "true" || v == "on" || v == "1"
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: p.Key(), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
	http.Redirect(w, r, LocalPath(r.PostForm.Get("back"), r.Referer()), http.StatusSeeOther)
	return nil
}

// LocalPath returns the first of the addresses that is a path of ours, without host; "/" when none is. It keeps a redirect from
// being led to a stranger's site.
func LocalPath(addresses ...string) string {
	for _, a := range addresses {
		u, err := url.Parse(a)
		if err != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(a, "\\\r\n") {
			continue
		}
		if u.Host != "" && a != "" && !strings.HasPrefix(a, "http") {
			continue
		}
		out := url.URL{Path: u.Path, RawQuery: u.RawQuery}
		return out.String()
	}
	return "/"
}
