package design_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/tooltest"
	"xiangyun/web"
)

// themes are the forms in which the gallery is shown to axe, each on a phone and on a desk.
var themes = map[string]page.Prefs{"light": {}, "elder": {Elder: true}, "contrast": {Contrast: true}, "english": {Locale: "en"}}

// TestAccessibility shows the gallery to axe-core in Chromium: no violation on a phone or a desk, in any theme. With
// XIANGYUN_PICTURES set to a folder it leaves pictures there.
func TestAccessibility(t *testing.T) {
	server := serveGallery(t)
	browser := startBrowser(t)
	axe, err := os.ReadFile("../../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		unavailable(t, "axe-core is missing: run web/build.sh")
	}
	for name, width := range map[string]int64{"phone": 390, "desk": 1280} {
		for theme := range themes {
			t.Run(name+"-"+theme, func(t *testing.T) {
				ctx, cancel := chromedp.NewContext(browser)
				defer cancel()
				show(t, ctx, server+"/design?theme="+theme, width)
				if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(axe))); err != nil {
					t.Fatal(err)
				}
				report, err := chromedp.Run(ctx, chromedp.Evaluate[string](runAxe, chromedp.EvalAwaitPromise))
				if err != nil {
					t.Fatal(err)
				}
				var found []struct {
					ID, Help string
					Nodes    []string
				}
				if err := json.Unmarshal([]byte(report), &found); err != nil {
					t.Fatal(err)
				}
				for _, v := range found {
					t.Errorf("%s (%s): %v", v.ID, v.Help, v.Nodes)
				}
				takePicture(t, ctx, name+"-"+theme)
			})
		}
	}
}

// The gallery shows some landmarks (pager, breadcrumb) twice under one name, which no page does: that rule is left out here.
const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], rules: {"landmark-unique": {enabled: false}}}).then(r =>
	JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 160) + " " + (n.any[0] ? n.any[0].message : ""))}))))`

// TestNoSidewaysScroll makes sure that nothing on the gallery is wider than the smallest screens people use.
func TestNoSidewaysScroll(t *testing.T) {
	server := serveGallery(t)
	browser := startBrowser(t)
	for _, width := range []int64{320, 390, 1280} {
		for theme := range themes {
			ctx, cancel := chromedp.NewContext(browser)
			show(t, ctx, server+"/design?theme="+theme, width)
			wide, err := chromedp.Run(ctx, chromedp.Evaluate[string](tooWide))
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			if wide != "" {
				t.Errorf("%s at %d px: %s", theme, width, wide)
			}
		}
	}
}

const tooWide = `(() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w) return "";
	return Array.from(document.querySelectorAll("main *, header *")).filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest("svg") && !e.closest(".sr")).slice(0, 5)
		.map(e => e.tagName + "." + (e.className.baseVal || e.className) + " " + Math.round(e.getBoundingClientRect().right)).join("; ") || "scrolls sideways"; })()`

func serveGallery(t *testing.T) string {
	t.Helper()
	if _, err := web.Dist.ReadFile("dist/app.css"); err != nil {
		unavailable(t, "the assets are not built: run web/build.sh")
	}
	c, err := page.Load(design.Locale)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(web.Files())))
	mux.HandleFunc("GET /regions/picker", func(w http.ResponseWriter, r *http.Request) {
		children := func(_ context.Context, parent string) []design.Option { return corner[parent] }
		design.RegionPickerHandler(children).ServeHTTP(w, r.WithContext(page.With(r.Context(), c, page.Prefs{})))
	})
	mux.HandleFunc("GET /{name}", func(w http.ResponseWriter, r *http.Request) {
		ctx := page.With(r.Context(), c, themes[r.URL.Query().Get("theme")])
		ctx = design.WithViewer(ctx, design.Viewer{SignedIn: true, Name: "张晓琳", Kind: "person", Unread: 3, Path: r.URL.RequestURI()})
		content, frame := samples(r.PathValue("name"))
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := design.Layout(frame).Render(templ.WithChildren(ctx, content), w); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// startBrowser starts one Chromium for the test. Its first run carries no deadline: the browser would be taken down by it.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path := tooltest.Need(t, "chromium", "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(2*time.Minute), chromedp.Flag("disable-quic", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// unavailable skips where a person works without the tool, and fails where the tests must be complete.
func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func takePicture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("XIANGYUN_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// show opens an address in a window of this width.
func show(t *testing.T, ctx context.Context, address string, width int64) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
}

// TestPictures leaves pictures of whole pages in XIANGYUN_PICTURES, to look at.
func TestPictures(t *testing.T) {
	if os.Getenv("XIANGYUN_PICTURES") == "" {
		t.Skip("XIANGYUN_PICTURES is not set")
	}
	server, browser := serveGallery(t), startBrowser(t)
	for name, width := range map[string]int64{"phone": 390, "desk": 1280} {
		for theme := range themes {
			for _, sample := range []string{"home", "case"} {
				ctx, cancel := chromedp.NewContext(browser)
				show(t, ctx, server+"/"+sample+"?theme="+theme, width)
				takePicture(t, ctx, sample+"-"+name+"-"+theme)
				cancel()
			}
		}
	}
}

// TestScripts uses what the script makes smoother, under the content security policy of the pages.
func TestScripts(t *testing.T) {
	server, browser := serveGallery(t), startBrowser(t)
	ctx, cancel := chromedp.NewContext(browser)
	defer cancel()
	show(t, ctx, server+"/design", 1280)
	for _, c := range []struct{ name, script string }{
		{"the script has run", `document.documentElement.classList.contains("js")`},
		{"buttons that need no script are hidden", `getComputedStyle(document.querySelector("[data-nojs]")).display === "none"`},
		{"the summary of errors has the focus", `document.activeElement.classList.contains("error-summary")`},
		{"its links lead into the fields", `document.querySelector(".error-summary a").click(), document.activeElement.id === "f-id-bad"`},
		{"a link opens its dialog", `document.querySelector("[data-dialog]").click(), document.getElementById("dialog-reject").open`},
		{"its cross closes it", `document.querySelector("#dialog-reject [data-close-dialog]").click(), !document.getElementById("dialog-reject").open`},
		{"a banner can be put away", `(() => { const b = document.querySelector("[data-closable]"); b.querySelector("button").click(); return !b.isConnected; })()`},
		{"characters are counted", `(() => { const a = document.getElementById("f-g-reason"); a.value = "四个汉字"; a.dispatchEvent(new Event("input")); return document.getElementById("f-g-reason-count").textContent.includes("496"); })()`},
		{"the code counts down", `/\d+/.test(document.querySelector(".qr-left").textContent)`},
		{"htmx is there", `typeof htmx === "object" && htmx.version === "2.0.11"`},
		{"Escape closes the menu", `(() => { const m = document.querySelector("[data-menu]"); m.open = true; m.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"})); return !m.open; })()`},
	} {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](c.script))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !ok {
			t.Errorf("%s: no", c.name)
		}
	}
	chosen, err := chromedp.Run(ctx, chromedp.Evaluate[string](chooseRegion, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if chosen != "220100000000,220103000000" {
		t.Errorf("after choosing another county the lists hold %q", chosen)
	}
}

// chooseRegion changes the county and reports what the lists hold when the server's answer is in the page.
const chooseRegion = `new Promise(done => {
	document.body.addEventListener("htmx:afterSettle", () => done(Array.from(document.querySelectorAll("[name=g-region]")).map(s => s.value).filter(Boolean).join(",")), {once: true});
	const county = document.getElementById("f-g-region-2");
	county.value = "220103000000";
	county.dispatchEvent(new Event("change", {bubbles: true}));
})`

// corner is a corner of the five levels, as the gallery's picker has it.
var corner = map[string][]design.Option{
	"220000000000": {{Value: "220100000000", Text: "长春市"}, {Value: "220200000000", Text: "吉林市"}},
	"220100000000": {{Value: "220102000000", Text: "南关区"}, {Value: "220103000000", Text: "宽城区"}},
}

// TestElder holds 长者模式 to its promise: type at least 1.35 times as large, targets of at least 56 px, extras gone.
func TestElder(t *testing.T) {
	server, browser := serveGallery(t), startBrowser(t)
	ctx, cancel := chromedp.NewContext(browser)
	defer cancel()
	size := func(address string) float64 {
		show(t, ctx, address, 390)
		n, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`parseFloat(getComputedStyle(document.body).fontSize)`))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	light := size(server + "/design")
	if elder := size(server + "/design?theme=elder"); elder < 1.35*light {
		t.Errorf("type grows from %.1f to %.1f px only", light, elder)
	}
	small, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](smallTargets))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range small {
		t.Errorf("target below 56 px: %s", s)
	}
	extras, err := chromedp.Run(ctx, chromedp.Evaluate[int](`Array.from(document.querySelectorAll("[data-extra]")).filter(e => e.offsetParent).length`))
	if err != nil {
		t.Fatal(err)
	}
	if extras > 0 {
		t.Errorf("%d extras are shown", extras)
	}
}

// Links inside a text are not targets of their own; a choice's target is its input, a file's the whole field.
const smallTargets = `Array.from(document.querySelectorAll("button, summary, select, textarea, input:not([type=hidden]), .button, .nav-link, .tab, .pager-link, .account-link, .tile, .chip, .suggestion"))
	.filter(e => e.offsetParent && !e.closest("dialog") && Math.round(e.getBoundingClientRect().height) < 56)
	.map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().height))`
