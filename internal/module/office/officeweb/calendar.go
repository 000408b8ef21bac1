package officeweb

import (
	"io"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// noticeLimit bounds a notice's file: a year's is about 10 KB.
const noticeLimit = 256 << 10

type calendarView struct {
	Notices   []office.Imported
	CanImport bool
	Done      bool
	Errors    design.Errors
}

// calendar is GET /admin/calendar.
func (s *site) calendar(w http.ResponseWriter, r *http.Request) error {
	return s.showCalendar(w, r, http.StatusOK, nil)
}

func (s *site) showCalendar(w http.ResponseWriter, r *http.Request, status int, errs design.Errors) error {
	list, err := s.Offices.NoticesInForce(r.Context(), actor.FromContext(r.Context()))
	if err != nil {
		return err
	}
	return page.Render(w, r, status, calendarPage(calendarView{Notices: list, CanImport: s.may(r, office.ActManage, ""), Done: r.URL.Query().Get("done") != "", Errors: errs}))
}

// importNotice is POST /admin/calendar.
func (s *site) importNotice(w http.ResponseWriter, r *http.Request) error {
	text, err := upload(r)
	if err == nil {
		_, err = s.Offices.ImportNotice(r.Context(), actor.FromContext(r.Context()), text)
	}
	if fault.Is(err, fault.Invalid) {
		return s.showCalendar(w, r, http.StatusUnprocessableEntity, design.ErrorsOf(r.Context(), err))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/calendar?done=imported")
	return nil
}

func upload(r *http.Request) ([]byte, error) {
	f, _, err := r.FormFile("notice")
	if err != nil {
		return nil, fault.New(fault.Invalid, "office.bad_notice").Field("notice", "office.notice_missing").Because(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, noticeLimit+1))
	if err != nil {
		return nil, err
	}
	if len(text) > noticeLimit {
		return nil, fault.New(fault.Invalid, "office.bad_notice").Field("notice", "office.notice_large")
	}
	return text, nil
}
