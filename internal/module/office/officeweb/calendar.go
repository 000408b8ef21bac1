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
	Days      []design.Row
	CanImport bool
	Done      string
	Errors    design.Errors
	Day       dayForm // as typed
	Regions   func(parent string) []design.Option
}

// calendar is GET /admin/calendar.
func (s *site) calendar(w http.ResponseWriter, r *http.Request) error {
	return s.showCalendar(w, r, http.StatusOK, calendarView{Done: calendarDone(r.Context(), r.URL.Query().Get("done"))})
}

func (s *site) showCalendar(w http.ResponseWriter, r *http.Request, status int, v calendarView) (err error) {
	ctx := r.Context()
	if v.Notices, err = s.Offices.NoticesInForce(ctx, actor.FromContext(ctx)); err != nil {
		return err
	}
	days, err := s.Offices.LocalDays(ctx, actor.FromContext(ctx))
	if err != nil {
		return err
	}
	v.CanImport = s.may(r, office.ActManage, "")
	v.Days, v.Regions = s.dayRows(r, days, v.CanImport), func(parent string) []design.Option { return Regions(s.Offices)(ctx, parent) }
	return page.Render(w, r, status, calendarPage(v))
}

// importNotice is POST /admin/calendar.
func (s *site) importNotice(w http.ResponseWriter, r *http.Request) error {
	text, err := upload(r)
	if err == nil {
		_, err = s.Offices.ImportNotice(r.Context(), actor.FromContext(r.Context()), text)
	}
	if fault.Is(err, fault.Invalid) {
		return s.showCalendar(w, r, http.StatusUnprocessableEntity, calendarView{Errors: design.ErrorsOf(r.Context(), err)})
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
