package noticeweb_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/notice/noticeweb"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

type nobodysPhone struct{}

func (nobodysPhone) Phone(context.Context, *db.Tx, string) (string, error) { return "", nil }

// open returns the pages as the person sees them that *by names, and a way to send messages.
func open(t *testing.T, by *actor.Actor) (http.Handler, func(m notice.Message)) {
	t.Helper()
	d, quiet := dbtest.Open(t, job.Schema, notice.Schema), slog.New(slog.NewTextHandler(io.Discard, nil))
	n := notice.New(d, notice.Needs{Queue: job.New(d, quiet), Phones: nobodysPhone{}})
	words, err := page.Load(page.Words, web.Words, design.Locale, notice.Locale, noticeweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: quiet, Catalogue: words, Enter: func(ctx context.Context, _ web.Access) error {
		if !actor.FromContext(ctx).SignedIn() {
			return fault.New(fault.Unauthenticated, "web.title.unauthenticated")
		}
		return nil
	}})
	noticeweb.Routes(r, n)
	r.Page("GET /cases/{number}", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		fmt.Fprint(w, "case "+r.PathValue("number"))
		return nil
	})
	r.Page("GET /sign-in", web.Public, func(w http.ResponseWriter, _ *http.Request) error {
		fmt.Fprint(w, "sign in")
		return nil
	})
	h := words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), *by), design.Viewer{SignedIn: true, Kind: "person", Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return h, func(m notice.Message) {
		t.Helper()
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return n.Send(t.Context(), tx, m) }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMessages(t *testing.T) {
	by := actor.Actor{Kind: actor.Person, Account: "a", Subject: "zhang"}
	h, send := open(t, &by)
	p := webtest.New(t, h)
	p.Open("/me/messages").Wants(200, "没有消息")
	// Any line of the loaded locales stands for a module's message here: this one has an argument.
	send(notice.Message{Subject: "zhang", Key: "web.internal", Args: []string{"XY7"}, Link: "/cases/7"})
	send(notice.Message{Subject: "zhang", Key: "a.line_of_yesterday", Args: []string{"1"}})
	send(notice.Message{Subject: "li", Key: "web.internal", Args: []string{"LI9"}})
	p.Open("/me/messages").Wants(200, "有 2 条未读消息", "告知编号 XY7", "您有一条消息").Lacks("LI9", "line_of_yesterday")
	message := p.Link("系统繁忙，请稍后再试。若多次出现，请拨打 12345 并告知编号 XY7。")
	p.Open(message).Wants(200, "case 7")
	p.Open("/me/messages").Wants(200, "有 1 条未读消息")
	p.Follow("您有一条消息，请点击查看").Wants(200, "消息都已读过")
	if p.Path() != "/me/messages" {
		t.Errorf("a message without a page leads to %s", p)
	}
	by.Subject = "li"
	p.Open(message).Wants(404)
	by = actor.Actor{}
	p.Open("/me/messages").Wants(200, "sign in")
}

func TestMessagesArePaged(t *testing.T) {
	by := actor.Actor{Kind: actor.Person, Account: "a", Subject: "zhang"}
	h, send := open(t, &by)
	for i := range 25 {
		send(notice.Message{Subject: "zhang", Key: "web.internal", Args: []string{"N" + strconv.Itoa(i) + "."}})
	}
	p := webtest.New(t, h)
	p.Open("/me/messages").Wants(200, "N24.", "N5.").Lacks("N4.")
	p.Follow("下一页").Wants(200, "N4.", "N0.").Lacks("N5.")
	p.Follow("回到第一页").Wants(200, "N24.")
	for language, words := range map[string]string{"en": "My messages", "ko": "내 메시지"} {
		p.Language = language
		p.Open("/me/messages").Wants(200, words, "25")
	}
}

// What an officer is told for the work is read at the desk, and what concerns the same person as a citizen elsewhere.
func TestOfficersReadAtTheDesk(t *testing.T) {
	by := actor.Actor{Kind: actor.Officer, Account: "w", Subject: "zhang"}
	h, send := open(t, &by)
	send(notice.Message{Subject: "zhang", Key: "web.internal", Args: []string{"OWN1"}, Link: "/cases/7"})
	send(notice.Message{Subject: "zhang", Key: "web.internal", Args: []string{"WORK1"}, Link: "/cases/8", Desk: true})
	p := webtest.New(t, h)
	p.Open("/desk/messages").Wants(200, "有 1 条未读消息", "WORK1").Lacks("OWN1")
	// What comes after the page was shown stays unread.
	send(notice.Message{Subject: "zhang", Key: "web.internal", Args: []string{"WORK2"}, Desk: true})
	p.Press("全部标为已读").Wants(200, "有 1 条未读消息", "WORK2")
	p.Press("全部标为已读").Wants(200, "消息都已读过").Lacks("全部标为已读")
	p.Open("/me/messages")
	if p.Path() != "/desk/messages" {
		t.Errorf("an officer is led to %s", p)
	}
	work := p.Link("系统繁忙，请稍后再试。若多次出现，请拨打 12345 并告知编号 WORK1。")
	p.Open(work).Wants(200, "case 8")
	by = actor.Actor{Kind: actor.Person, Account: "z", Subject: "zhang"}
	p.Open("/me/messages").Wants(200, "有 1 条未读消息", "OWN1").Lacks("WORK")
	p.Open(work).Wants(404)
}
