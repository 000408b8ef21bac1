package supervisionweb_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/module/supervision/supervisiontest"
	"xiangyun/internal/module/supervision/supervisionweb"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

const number = "220102031261127000001"

// hall is the pages of supervision, used by whoever stands in by.
type hall struct {
	*supervisiontest.Hall
	by      actor.Actor
	handler http.Handler
}

func open(t *testing.T) *hall {
	t.Helper()
	h := &hall{Hall: supervisiontest.Open(t)}
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, supervision.Locale, supervisionweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	supervisionweb.Routes(r, supervisionweb.Deps{Supervision: h.Service})
	h.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), h.by), design.Viewer{SignedIn: true, Kind: string(h.by.Kind), Path: req.URL.RequestURI(), Supervises: true})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	today := civil.Of(time.Now())
	h.Step(t, casefile.Standing{ID: "a", Number: number, ItemName: "食品经营许可", OfficePath: "220102d31", State: casefile.Accepted, PromiseDue: today.Add(-3), YellowOn: today.Add(-5)}, casefile.Accept, true)
	if _, err := h.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Warn(t.Context(), actor.Program("supervision")); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hall) as(t *testing.T, by actor.Actor) *webtest.Browser {
	t.Helper()
	h.by = by
	return webtest.New(t, h.handler)
}

// From the province to one case: prefecture, county, office, case.
func TestFourStepsToACase(t *testing.T) {
	h := open(t)
	p := h.as(t, supervisiontest.Province)
	p.Open("/desk/supervision").Wants(200, "效能监督", "超期", "机构22")
	p.Follow("机构2201").Wants(200, "机构220102")
	p.Follow("机构220102").Wants(200, "机构220102d31", "上一级")
	p.Follow("机构220102d31").Wants(200, "查看本单位在办的办件")
	p.Follow("查看本单位在办的办件").Wants(200, number, "食品经营许可", "承诺办结")
	if !strings.Contains(p.Body(), `href="/desk/cases/`+number+`"`) {
		t.Error("the list does not lead to the case")
	}
	p.Open("/desk/supervision/cases?at=220102d31&kind=nothing").Wants(404)
}

func TestACardIsAnsweredAndClosed(t *testing.T) {
	h := open(t)
	p := h.as(t, supervisiontest.Chief)
	p.Open("/desk/supervision/cards").Wants(200, "红牌", number, "超过承诺期限未作决定")
	p.Follow("红牌").Wants(200, "待答复")
	p.Press("提交答复").Wants(422, "请写明内容")
	p.Fill("答复", "检测排队，三日内办结").Press("提交答复").Wants(200, "答复已提交", "检测排队")
	address := p.Path()
	p = h.as(t, supervisiontest.Supervisor)
	p.Open(address).Wants(200, "待核销").Fill("退回理由", "请写明日期").Press("退回重新答复").Wants(200, "请单位重新答复", "请写明日期")
	p = h.as(t, supervisiontest.Chief)
	p.Open(address).Wants(200).Fill("答复", "十二月一日办结").Press("提交答复").Wants(200)
	p = h.as(t, supervisiontest.Supervisor)
	p.Open(address).Wants(200).Press("核销").Wants(200, "已核销")
	p.Open("/desk/supervision/cards/new?number="+number).Wants(200).Fill("督办内容", "请今日说明进展").Press("发督办单").Wants(200, "督办单已发出")
	p.Open("/desk/supervision/report").Wants(200, "月报", "红牌")
	p.Open("/desk/supervision/report?month=x").Wants(422)
	p.Open("/desk/supervision/report.csv").Wants(200, "机构路径", "机构2201")
	p.Open("/api/v1/supervision/board?at=220102d31").Wants(200, `"red":1`)
	p.Open("/api/v1/supervision/report").Wants(200, `"path":"2201"`, `"accepted":1`, `"on_time":null`, `"days":["`, `"daily":{"accepted":[`)
	p.Open("/api/v1/supervision/report?month=2026-1").Wants(422)
}

func TestWhoMayNot(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/desk/supervision", "/desk/supervision/cards", "/desk/supervision/report", "/api/v1/supervision/report", "/desk/supervision/cases?at=220102d31"} {
		h.as(t, supervisiontest.Window).Open(path).Wants(403)
	}
	h.as(t, supervisiontest.Chief).Open("/desk/supervision?at=2201").Wants(403)
	h.as(t, supervisiontest.Chief).Open("/desk/supervision/cards/nothing").Wants(404)
}
