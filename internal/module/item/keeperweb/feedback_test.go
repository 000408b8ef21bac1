package keeperweb_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/item/keeperweb"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

const disputed = "000131104003"

// disputes is the keepers' pages over a library.
func disputes(t *testing.T) (*itemtest.Library, func(by actor.Actor) *webtest.Browser) {
	t.Helper()
	l := itemtest.Seeded(t)
	words, err := page.Load(page.Words, web.Words, design.Locale, itemweb.Locale, keeperweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	keeperweb.Routes(r, keeperweb.Deps{DB: l.DB, Items: l.Service, Directory: region.JilinDirectory})
	return l, func(by actor.Actor) *webtest.Browser {
		return webtest.New(t, words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			ctx := design.WithViewer(actor.WithContext(req.Context(), by), design.Viewer{SignedIn: true, Kind: string(by.Kind), Path: req.URL.RequestURI()})
			r.ServeHTTP(w, req.WithContext(ctx))
		})))
	}
}

func TestAKeeperAnswersAReader(t *testing.T) {
	l, as := disputes(t)
	ctx := context.Background()
	reader := actor.Actor{Kind: actor.Person, Account: "reader", Subject: "s-reader"}
	if err := l.SendFeedback(ctx, reader, item.Report{Object: disputed, Category: item.WrongTimeOrFee, Said: "收了十块钱"}); err != nil {
		t.Fatal(err)
	}
	b := as(itemtest.Keeper)
	b.Open("/desk/library").Wants(200, "指南有误", "时限或收费不对").Follow(disputed).Wants(200, "收了十块钱", "第 1 版")
	b.Press("答复并办结").Wants(422, "请写明情况")
	b.Fill("答复", "本事项不收费，已退还并提醒窗口。").Press("答复并办结").Wants(200, "已答复", "没有需要处理的纠错")
	b.Follow("已答复").Wants(200, "收了十块钱").Follow("时限或收费不对").Wants(200, "已退还并提醒窗口").Lacks("答复并办结")
	b.Open("/desk/library").Wants(200, "没有待办")
	as(reader).Open("/desk/library/feedback").Wants(403)
	b.Open("/desk/library/feedback/nothing").Wants(404)
	if len(l.Told) != 1 {
		t.Errorf("%d told", len(l.Told))
	}
}

// Fifty a page, by key, each once.
func TestFeedbackPages(t *testing.T) {
	l, as := disputes(t)
	for i := range 53 {
		sender := actor.Actor{Kind: actor.Person, Account: fmt.Sprint("sender-", i), Subject: fmt.Sprint("sender-", i)}
		if err := l.SendFeedback(context.Background(), sender, item.Report{Object: disputed, Category: item.WrongOther, Said: fmt.Sprintf("第%03d个不对", i)}); err != nil {
			t.Fatal(err)
		}
	}
	b := as(itemtest.Keeper)
	b.Open("/desk/library/feedback").Wants(200, "第000个不对", "第049个不对").Lacks("第050个不对").Follow("下一页").Wants(200, "第050个不对", "第052个不对").Lacks("第049个不对")
	if !strings.Contains(b.Path(), "after=") {
		t.Error(b.Path())
	}
	b.Open("/desk/library/feedback?item="+strings.Repeat("1", 12)).Wants(200, "没有需要处理的纠错")
	for _, language := range []string{"en", "ko"} {
		b.Language = language
		b.Open("/desk/library/feedback").Wants(200)
	}
}
