package workflowweb_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/platform/tooltest"
	"xiangyun/internal/platform/web"
	assets "xiangyun/web"
)

// tab is a window of Chromium on the pages.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// launch starts Chromium. The tests need it; only outside CI may a machine lack it.
func launch(t *testing.T, width int64) *tab {
	t.Helper()
	path := tooltest.Need(t, "chromium", "chromium")
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("lang", "zh-CN"), chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() { stop(); stopAllocator() })
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return &tab{t: t, ctx: ctx}
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// watch makes every page note what its policy of content refuses and what its scripts break on.
func (b *tab) watch() {
	b.do("watching", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `window.troubles = [];
addEventListener('securitypolicyviolation', e => troubles.push(e.violatedDirective + ' ' + e.sourceFile + ':' + e.lineNumber + ' ' + e.sample));
addEventListener('error', e => troubles.push(String(e.message)));
addEventListener('unhandledrejection', e => troubles.push(String(e.reason)));`})
		return err
	}))
}

// ask evaluates an expression for its text.
func (b *tab) ask(expression string) string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.t.Fatalf("asking the page: %v", err)
	}
	return v
}

// until asks the page again until this holds.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	for {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if done {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("waiting until %s: %v\n%s\n%s", what, err, b.ask(`troubles.join('\n')`), b.ask(`document.body.innerText.slice(0, 2000)`))
		}
		// The evaluation itself waits for the renderer: asking again is not a busy loop.
	}
}

func (b *tab) fine() {
	b.t.Helper()
	if troubles := b.ask(`troubles.join('\n')`); troubles != "" {
		b.t.Errorf("the page has troubles:\n%s", troubles)
	}
}

// serve answers with the pages and what browsers fetch beside them, under the policy of content the program sends.
func (d *desk) serve(t *testing.T) string {
	t.Helper()
	files, err := web.Assets(assets.Files())
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/assets/", files)
	mux.Handle("/", d.handler)
	s := httptest.NewServer(web.Headers(mux))
	t.Cleanup(s.Close)
	return s.URL
}

// TestProcessIsDrawn: a keeper opens a sample in the editor, chooses an element, changes it in the panel, takes one away in the drawing, and what is checked
// is what is drawn. The editor keeps to the policy of content and shows the sign of bpmn.io.
func TestProcessIsDrawn(t *testing.T) {
	at, b := open(t).serve(t), launch(t, 1280)
	b.watch()
	b.do("opening", chromedp.Navigate(at+"/desk/processes/new?sample=review_and_check"))
	b.until("the process is drawn", `document.querySelector('[data-process-canvas]')?.dataset.drawn === 'true'`)
	b.until("the signs are there", `[...document.fonts].some(f => f.family.includes('bpmn') && f.status === 'loaded')`)
	if shown := b.ask(`(() => { document.querySelector('.bjs-powered-by').scrollIntoView({block: 'center'});
		const s = document.querySelector('.bjs-powered-by').getBoundingClientRect(), e = document.elementFromPoint(s.left + s.width / 2, s.top + s.height / 2);
		return s.width > 20 && s.height > 10 && e && e.closest('.bjs-powered-by') ? '' : JSON.stringify(s) + (e && e.outerHTML.slice(0, 200)) })()`); shown != "" {
		t.Errorf("the sign of bpmn.io is not to be seen: %s", shown)
	}
	choose := func(id string) {
		b.ask(`(() => { const e = document.querySelector('[data-element-id="` + id + `"] .djs-hit'), r = e.getBoundingClientRect();
			for (const name of ['mousedown', 'mouseup', 'click']) e.dispatchEvent(new MouseEvent(name, {bubbles: true, clientX: r.left + 8, clientY: r.top + 8, view: window}));
			return '' })()`)
	}
	choose("review")
	b.until("its properties are shown", `document.querySelector('[data-process-panel] [name="role"]')?.value === 'reviewer'`)
	b.ask(`(() => { const panel = document.querySelector('[data-process-panel]'); panel.querySelector('[name="name"]').value = '现场审查';
		panel.querySelector('[name="do"]').click(); return '' })()`)
	b.until("the new name is drawn", `document.querySelector('[data-element-id="review"]')?.textContent.replace(/\s/g, '') === '现场审查'`)
	b.until("the file says it", `document.querySelector('#board [name="source"]').value.includes('name="现场审查"')`)
	choose("deliver") // its neighbours are connected by the editor when it goes
	b.until("its tools are shown", `!!document.querySelector('.djs-context-pad .entry[data-action="delete"]')`)
	if os.Getenv("XIANGYUN_PICTURES") != "" {
		b.photograph(os.Getenv("XIANGYUN_PICTURES") + "/process-editor.png")
	}
	b.ask(`(() => { document.querySelector('.djs-context-pad .entry[data-action="delete"]').dispatchEvent(new MouseEvent('click', {bubbles: true})); return '' })()`)
	b.until("it is gone", `!document.querySelector('[data-element-id="deliver"]')`)
	b.fine()
	b.ask(`(() => { document.querySelector('#board [value="check"]').click(); return '' })()`)
	b.until("what is drawn is checked", `document.body.innerText.includes('检查通过') && document.body.innerText.includes('现场审查') && !document.querySelector('main').innerText.includes('送达')`)
	b.until("it is drawn again", `document.querySelector('[data-process-canvas]')?.dataset.drawn === 'true'`)
	b.fine()
}

// TestPictureFits looks at the picture of a process on a phone and on a screen: a list there, a drawing here, and nothing wider than the window.
func TestPictureFits(t *testing.T) {
	d := open(t)
	if _, err := d.Deploy(t.Context(), actor.Program("test"), lowIncome(t), 0); err != nil {
		t.Fatal(err)
	}
	at, b := d.serve(t), launch(t, 390)
	b.watch()
	for width, drawn := range map[int64]string{390: "list", 1280: "drawing"} {
		b.do("resizing", chromedp.EmulateViewport(width, 900))
		b.do("opening", chromedp.Navigate(at+"/desk/processes/low_income"))
		got := b.ask(`(() => { const big = s => { const r = document.querySelector(s).getBoundingClientRect(); return r.width > 100 && r.height > 100; };
			return document.documentElement.scrollWidth > innerWidth ? 'too wide' : big('.process-drawing') && !big('.process-list') ? 'drawing' : !big('.process-drawing') && big('.process-list') ? 'list' : 'both or none' })()`)
		if got != drawn {
			t.Errorf("at %d the page shows %s, want the %s", width, got, drawn)
		}
		if os.Getenv("XIANGYUN_PICTURES") != "" {
			b.photograph(os.Getenv("XIANGYUN_PICTURES") + "/process-" + drawn + ".png")
		}
	}
	b.fine()
}

// TestPagesFitEverybody looks at every page with axe, on a phone and on a screen, as it is and in the elders' mode (长者模式).
func TestPagesFitEverybody(t *testing.T) {
	d := open(t)
	if _, err := d.Deploy(t.Context(), actor.Program("test"), lowIncome(t), 0); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../../../../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is missing: run `make assets`: %v", err)
	}
	p, err := d.Propose(t.Context(), second, bytes.Replace(lowIncome(t), []byte("审核"), []byte("审查"), -1), 1)
	if err != nil {
		t.Fatal(err)
	}
	at, b := d.serve(t), launch(t, 390)
	b.watch()
	for _, address := range []string{"/desk/processes", "/desk/processes/low_income", "/desk/process-proposals", "/desk/process-proposals/" + p.ID, "/desk/processes/new?sample=food_operation"} {
		for _, width := range []int64{390, 1280} {
			b.do("resizing", chromedp.EmulateViewport(width, 900))
			b.do("opening", chromedp.Navigate(at+address))
			if strings.Contains(address, "new") {
				b.until("the process is drawn", `document.querySelector('[data-process-canvas]')?.dataset.drawn === 'true'`)
				b.ask(`(() => { const e = document.querySelector('[data-element-id="inspect"] .djs-hit');
					for (const name of ['mousedown', 'mouseup', 'click']) e.dispatchEvent(new MouseEvent(name, {bubbles: true, view: window})); return '' })()`)
				b.until("its properties are shown", `!!document.querySelector('[data-process-panel] [name="role"]')`)
			}
			for _, theme := range []string{"", "elder"} {
				b.ask(`(() => { if ('` + theme + `') document.documentElement.classList.add('elder'); return '' })()`)
				if wide := b.ask(`(() => { const root = document.documentElement; return root.scrollWidth <= root.clientWidth + 1 ? '' : [...document.querySelectorAll('main *')].filter(e =>
					e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest('svg, .process-frame, .canvas-drawing')).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ') || 'something' })()`); wide != "" {
					t.Errorf("%s at %d %s is too wide: %s", address, width, theme, wide)
				}
			}
			b.ask(`(() => { ` + string(source) + `; return '' })()`)
			found := b.wait(`axe.run({exclude: ['.djs-container']}, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(' | ')).join('\n'))`)
			if found != "" {
				t.Errorf("%s at %d: %s", address, width, found)
			}
		}
	}
	b.fine()
}

// wait asks for the text of a promise.
func (b *tab) wait(expression string) string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("asking the page: %v", err)
	}
	return v
}

// photograph keeps a picture of the window, for who wants to look.
func (b *tab) photograph(name string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	image, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(name, image, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func lowIncome(t *testing.T) []byte {
	t.Helper()
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if s.Key == "low_income" {
			return s.Source
		}
	}
	t.Fatal("the sample is gone")
	return nil
}
