package certweb

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"sync"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
	assets "xiangyun/web"
)

const (
	offlineHome = "/verify/offline/"
	offlineFile = offlineHome + "list.json"
)

// offlineCache keeps the list for a minute: everybody gets the same.
type offlineCache struct {
	mu    sync.Mutex
	text  []byte
	until time.Time
}

const listLife = time.Minute

type offlineView struct {
	cert.Cert
	Days    string
	Errors  design.Errors
	Path    string // of the code; "" while it is asked for how long
	Size    int
	Expires time.Time
	Text    string
}

// askOffline is GET /certificates/{identifier}/offline.
func (s *site) askOffline(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, offlinePresentPage(offlineView{Cert: v.Cert, Days: "1"}))
}

// presentOffline is POST /certificates/{identifier}/offline.
func (s *site) presentOffline(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	by := actor.FromContext(ctx)
	if err := s.presenting.Allow(by.Account); err != nil {
		return err
	}
	o := offlineView{Cert: v.Cert, Days: r.PostFormValue("days")}
	days, _ := strconv.Atoi(o.Days) // none is out of range
	c, err := s.Certs.PresentOffline(ctx, by, v.Identifier, days)
	if refusal(err) {
		o.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, offlinePresentPage(o))
	}
	if err != nil {
		return err
	}
	m, err := paper.QR(c.Link)
	if err != nil {
		return err
	}
	o.Path, o.Size, o.Expires, o.Text = m.Path(), m.Size(), c.Expires, c.Text
	w.Header().Set("Cache-Control", "private, no-store")
	return page.Render(w, r, http.StatusOK, offlinePresentPage(o))
}

// offlinePage is GET /verify/offline/: the same for everybody, for browsers keep it. Nobody's name stands on it.
func (s *site) offlinePage(w http.ResponseWriter, r *http.Request) error {
	key, err := s.offlineKey()
	if err != nil {
		return err
	}
	web.AllowCamera(w)
	return page.Render(w, r, http.StatusOK, offlineVerifyPage(offlineCheck(r.Context(), key)))
}

var errOfflineKey = errors.New("the key of offline codes is not Ed25519")

func (s *site) offlineKey() (string, error) {
	key, err := s.Certs.OfflineKey()
	if err != nil {
		return "", err
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return "", errOfflineKey
	}
	return base64.RawURLEncoding.EncodeToString(public), nil
}

// offlineList is GET /verify/offline/list.json.
func (s *site) offlineList(w http.ResponseWriter, r *http.Request) error {
	text, err := s.offline.get(r.Context(), s.Certs)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(text) // the reader may have gone
	return nil
}

func (c *offlineCache) get(ctx context.Context, certs *cert.Service) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.until) {
		return c.text, nil
	}
	list, err := certs.OfflineList(ctx)
	if err != nil {
		return nil, err
	}
	if c.text, err = json.Marshal(list); err != nil {
		return nil, err
	}
	c.until = time.Now().Add(listLife)
	return c.text, nil
}

// offlineWorker is GET /verify/offline/worker.js: what the browser keeps, and the script that keeps it. Its text changes with what it keeps, so that
// browsers take up a new version.
func (s *site) offlineWorker(w http.ResponseWriter, r *http.Request) error {
	script, err := fs.ReadFile(assets.Files(), "worker.js")
	if err != nil {
		return err
	}
	key, err := s.offlineKey()
	if err != nil {
		return err
	}
	files := []string{offlineHome, offlineHome + "manifest.webmanifest", assets.Href("app.css"), assets.Href("app.js"), assets.Href("offline.js"), assets.Href("reader.js"),
		assets.Href("mark.svg")}
	digest := sha256.New()
	for _, part := range append(files, key, string(script)) {
		digest.Write([]byte(part))
	}
	keep, err := json.Marshal(map[string]any{"version": hex.EncodeToString(digest.Sum(nil)[:6]), "files": files, "list": offlineFile})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(append([]byte("self.keep="+string(keep)+";\n"), script...)) // the reader may have gone
	return nil
}

// offlineManifest is GET /verify/offline/manifest.webmanifest: the page can be put beside a phone's programs.
func (s *site) offlineManifest(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	text, err := json.Marshal(map[string]any{"name": page.T(ctx, "cert.offline.title"), "short_name": page.T(ctx, "cert.offline.short"), "start_url": offlineHome,
		"scope": offlineHome, "display": "standalone", "background_color": "#ffffff", "theme_color": "#0b4a58",
		"icons": []map[string]string{{"src": assets.Href("mark.svg"), "sizes": "any", "type": "image/svg+xml"}}})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	_, _ = w.Write(text) // the reader may have gone
	return nil
}

// offlineCheck is the form with everything its script says.
func offlineCheck(ctx context.Context, key string) design.OfflineCheckParams {
	words := map[string]string{}
	for _, name := range []string{"good", "forged", "early", "expired", "ended", "recalled", "list", "no_list", "unknown_since", "unknown_all", "code_until"} {
		words[name] = said(ctx, "cert.offline.", name)
	}
	for name, line := range map[string]string{"name": "cert.name", "holder": "cert.holder", "number": "cert.number", "issuer": "cert.issuer", "until": "cert.valid_until",
		"endless": "cert.no_end"} {
		words[name] = page.T(ctx, line)
	}
	// The script fills these in.
	return design.OfflineCheckParams{Key: key, List: offlineFile, Label: page.T(ctx, "cert.offline.code"), Hint: page.T(ctx, "cert.offline.code_hint"),
		Go: page.T(ctx, "cert.verify.go"), Bare: page.T(ctx, "cert.offline.bare"), Words: words}
}
