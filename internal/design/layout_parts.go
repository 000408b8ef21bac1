package design

import (
	"context"
	"net/url"
	"strings"
)

// prefButton is one setting a person changes in the header.
type prefButton struct {
	Name, Value, Text, Lang, Icon string
	On, Toggle                    bool
}

func localeButtons(ctx context.Context) []prefButton {
	now := locale(ctx)
	return []prefButton{
		{Name: "locale", Value: "zh", Text: "中文", Lang: "zh-CN", On: now == "zh"},
		{Name: "locale", Value: "en", Text: "English", Lang: "en", On: now == "en"},
		{Name: "locale", Value: "ko", Text: "한국어", Lang: "ko", On: now == "ko"},
	}
}

func themeButtons(ctx context.Context) []prefButton {
	elder, contrast := theme(ctx)
	return []prefButton{
		{Name: "elder", Value: flip(elder), Text: tr(ctx, "design.pref.elder"), Icon: "glasses", On: elder, Toggle: true},
		{Name: "contrast", Value: flip(contrast), Text: tr(ctx, "design.pref.contrast"), Icon: "contrast", On: contrast, Toggle: true},
	}
}

// flip is the value that turns a switch the other way.
func flip(on bool) string {
	if on {
		return "0"
	}
	return "1"
}

func trueFalse(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func htmlLang(ctx context.Context) string {
	if l := locale(ctx); l != "zh" {
		return l
	}
	return "zh-CN"
}

func themeClass(ctx context.Context) string {
	elder, contrast := theme(ctx)
	return words("no-js", when(elder, "elder"), when(contrast, "contrast"))
}

func windowTitle(ctx context.Context, title string) string {
	if title == "" {
		return tr(ctx, "design.brand.name")
	}
	return title + " · " + tr(ctx, "design.brand.name")
}

// headerSearch is the search box of the header: for the public it offers items while one types.
func headerSearch(ctx context.Context, p Page, v Viewer) SearchBoxParams {
	s := SearchBoxParams{ID: "site-search", Value: p.Query, Hint: searchHint(ctx, v), Action: searchAction(v)}
	if v.Staff() {
		return s
	}
	s.Hidden = p.Kept
	if s.Live = p.Results; s.Live == "" {
		s.Suggest = "/items/suggest"
	}
	return s
}

func searchAction(v Viewer) string {
	if v.Staff() {
		return "/desk/search"
	}
	return "/items"
}

func searchHint(ctx context.Context, v Viewer) string {
	if v.Staff() {
		return tr(ctx, "design.search.hint_desk")
	}
	return tr(ctx, "design.search.hint")
}

// signingIn tells whether the page shown is itself the way in.
func signingIn(v Viewer) bool {
	return strings.HasPrefix(v.Path, "/sign-in") || strings.HasPrefix(v.Path, "/register")
}

// signInHref leads to the sign-in page and back to where the viewer was.
func signInHref(v Viewer) string {
	if v.Path == "" || v.Path == "/" {
		return "/sign-in"
	}
	return "/sign-in?back=" + url.QueryEscape(v.Path)
}

func countText(n int) string {
	if n > 99 {
		return "99+"
	}
	return itoa(n)
}

func accountLinks(ctx context.Context, v Viewer) []Link {
	links := []Link{{Text: tr(ctx, "design.account.mine"), Href: "/me"}}
	if !v.Staff() {
		links = append(links, Link{Text: tr(ctx, "design.account.data"), Href: "/me/data"})
	}
	return append(links, v.Links...)
}

func navLinks(ctx context.Context, p Page, v Viewer) []Link {
	type entry struct{ section, href, icon string }
	entries := []entry{
		{"home", "/", "house"}, {"items", "/items", "list"}, {"cases", "/cases", "clipboard-list"},
		{"certificates", "/certificates", "id-card"}, {"verify", "/verify", "shield-check"}, {"progress", "/progress", "file-search"},
	}
	if v.Staff() {
		entries = []entry{{"desk", "/desk", "inbox"}, {"search", "/desk/search", "file-search"}, {"window", "/desk/window", "monitor"}, {"receive", "/desk/receive", "stamp"}, {"log", "/log", "shield-check"}}
	}
	if v.Keeps {
		entries = append(entries, entry{"library", "/desk/library", "book-open"})
	}
	if v.Supervises {
		entries = append(entries, entry{"supervision", "/desk/supervision", "chart-column"})
	}
	if v.Adjusts {
		entries = append(entries, entry{"powers", "/desk/powers", "scale"})
	}
	if v.Kind == "admin" {
		entries = []entry{{"admin", "/admin", "settings"}, {"desk", "/desk", "inbox"}, {"log", "/log", "shield-check"}}
	}
	links := make([]Link, 0, len(entries))
	for _, e := range entries {
		links = append(links, Link{Text: tr(ctx, "design.nav."+e.section), Href: e.href, Icon: e.icon, Current: e.section == p.Section, Extra: e.section == "verify" || e.section == "progress"})
	}
	return links
}

// messagesHref is where the viewer reads messages: those about the work are at the desk.
func messagesHref(v Viewer) string {
	if v.Staff() {
		return "/desk/messages"
	}
	return "/me/messages"
}
