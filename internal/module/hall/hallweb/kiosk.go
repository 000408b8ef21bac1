package hallweb

import (
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// kioskCookie holds the code a kiosk presents. It goes to the pages of its hall only.
const kioskCookie = "kiosk"

// kioskFor is how many seconds a machine stays a kiosk.
const kioskFor = 365 * 24 * 3600

// kioskCode is what a machine presents, "" for nothing.
func kioskCode(r *http.Request) string {
	if c, err := r.Cookie(kioskCookie); err == nil {
		return hall.CodeOf(c.Value)
	}
	return ""
}

// kiosk is GET /halls/{id}/kiosk. A code in the address makes the machine a kiosk, for one that starts with a fixed address; then the address is shown
// without it.
func (s *site) kiosk(w http.ResponseWriter, r *http.Request) error {
	code := r.URL.Query().Get("code")
	if code == "" {
		return s.showKiosk(w, r, http.StatusOK, nil)
	}
	return s.becomeKiosk(w, r, code)
}

// setKiosk is POST /halls/{id}/kiosk: the code as somebody typed it into the machine.
func (s *site) setKiosk(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `form:"code"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	return s.becomeKiosk(w, r, in.Code)
}

func (s *site) becomeKiosk(w http.ResponseWriter, r *http.Request, code string) error {
	id := r.PathValue("id")
	if err := s.codes.Allow(web.Address(r)); err != nil {
		return err
	}
	code = hall.CodeOf(strings.ToLower(code))
	if err := s.Halls.AtKiosk(r.Context(), by(r), id, code); err != nil {
		if fault.Is(err, fault.Forbidden) {
			return s.showKiosk(w, r, http.StatusForbidden, design.ErrorsOf(r.Context(), err))
		}
		return err
	}
	s.markKiosk(w, id, code)
	web.Redirect(w, r, hallAt(id, "kiosk"))
	return nil
}

func (s *site) markKiosk(w http.ResponseWriter, id, code string) {
	http.SetCookie(w, &http.Cookie{Name: kioskCookie, Value: code, Path: hallAt(id, ""), MaxAge: kioskFor, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: strings.HasPrefix(s.Address(), "https://")})
}

// openKiosk makes the machine at which an officer sits a kiosk of his hall.
func (s *site) openKiosk(w http.ResponseWriter, r *http.Request, id string) error {
	code, err := s.Halls.KioskCode(r.Context(), by(r), id)
	if err != nil {
		return err
	}
	s.markKiosk(w, id, code)
	web.Redirect(w, r, hallAt(id, "kiosk"))
	return nil
}
