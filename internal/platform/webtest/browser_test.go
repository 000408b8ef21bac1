package webtest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"xiangyun/internal/platform/webtest"
)

const desk = `<!doctype html><html lang="zh"><head><title>柜台</title></head><body><header><form action="/language"><button>登录</button></form></header>
<main><h1>领取</h1><a href="/next?x=1">下一页</a><form method="post" action="/take" enctype="multipart/form-data">
<input type="hidden" name="version" value="3"><label for="n">姓名<span>（选填）</span></label><input id="n" name="name" value="旧">
<label>说明<textarea name="note">
原文</textarea></label><label for="s">城市</label><select id="s" name="city"><option value="">请选择</option><option value="22">长春</option></select>
<fieldset><legend>方式</legend><label><input type="radio" name="way" value="post" checked>邮寄</label><label><input type="radio" name="way" value="desk">窗口</label></fieldset>
<label><input type="checkbox" name="agree">同意</label><label for="f">附件</label><input id="f" type="file" name="file">
<fieldset><legend>代理人</legend><label>姓名<span>（选填）</span><input name="agent"></label></fieldset><button name="do" value="later">以后</button><button name="do" value="now">领取</button></form></main></body></html>`

func site() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /desk", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "me", Path: "/"})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, desk)
	})
	m.HandleFunc("POST /take", func(w http.ResponseWriter, r *http.Request) {
		f, h, err := r.FormFile("file")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		content, _ := io.ReadAll(f)
		c, _ := r.Cookie("who")
		http.Redirect(w, r, fmt.Sprintf("/done?%s|%s|%s|%s|%s|%s|%s|%s|%s|%s", r.FormValue("version"), r.FormValue("name")+r.FormValue("agent"), strings.TrimSpace(r.FormValue("note")), r.FormValue("city"),
			r.FormValue("way"), r.FormValue("agree"), r.FormValue("do"), h.Filename, content, c.Value), http.StatusSeeOther)
	})
	m.HandleFunc("GET /done", func(w http.ResponseWriter, r *http.Request) {
		said, _ := url.QueryUnescape(r.URL.RawQuery)
		fmt.Fprint(w, said)
	})
	m.HandleFunc("GET /next", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "next "+r.URL.RawQuery+" from "+r.Referer())
	})
	return m
}

func TestAPersonWithoutScripts(t *testing.T) {
	b := webtest.New(t, site())
	b.Open("/desk").Wants(200, "领取").Lacks("归还")
	if b.Title() != "柜台" || b.Heading() != "领取" || b.Value("姓名") != "旧" {
		t.Errorf("%s: %q", b, b.Value("姓名"))
	}
	b.Fill("姓名", "张晓琳").FillIn("代理人", "姓名", "李静").Fill("说明", "新").Fill("城市", "长春").Choose("方式", "窗口").Choose("", "同意").Attach("附件", "a.txt", []byte("content"))
	b.Press("领取").Wants(200, "3|张晓琳李静|新|22|desk|on|now|a.txt|content|me")
	b.Open("/desk").Follow("下一页").Wants(200, "next x=1 from http://xiangyun.test/desk")
}

func TestFaultsOfAPageAreSeen(t *testing.T) {
	for what, page := range map[string]string{
		"no title":       `<main><h1>a</h1></main>`,
		"2 first":        `<title>a</title><h1>a</h1><h1>b</h1>`,
		"item.lost":      `<title>a</title><h1>[item.lost]</h1>`,
		"id x is there":  `<title>a</title><h1 id="x">a</h1><p id="x">`,
		"inline":         `<title>a</title><h1 style="color:red">a</h1>`,
		"has no label":   `<title>a</title><h1>a</h1><input name="q">`,
		"without words":  `<title>a</title><h1>a</h1><a href="/x"></a>`,
		"label for lost": `<title>a</title><h1>a</h1><label for="lost">x</label>`,
	} {
		n, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(webtest.Check(n), "; "); !strings.Contains(got, what) {
			t.Errorf("%s: saw %q", what, got)
		}
	}
}
