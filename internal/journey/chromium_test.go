package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"xiangyun/internal/platform/tooltest"
)

// A phone and a desk: the two widths every page is made for.
const (
	phone = 390
	desk  = 1280
)

// chrome is one running Chromium for all people of a test: each has a window of his own, which shares nothing with the others.
type chrome struct {
	t   testing.TB
	ctx context.Context
}

// tab is a person's window in Chromium, used as he would: by what is written on the page.
type tab struct {
	t       testing.TB
	ctx     context.Context
	at      string // the server's address
	scripts bool   // the browser runs them
}

// launch starts Chromium. The tests need it; only outside CI may a machine lack it.
func launch(t testing.TB) *chrome {
	t.Helper()
	path := tooltest.Need(t, "chromium", "chromium")
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("lang", "zh-CN"), chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() { stop(); stopAllocator() })
	// The first Run starts the browser and must not carry a limit of its own: ending it would end the browser.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(phone, 844)); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return &chrome{t: t, ctx: ctx}
}

// person opens the window of somebody new: no cookies, no history.
func (c *chrome) person(t testing.TB, s *server, scripts bool, width int64) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height(width))); err != nil {
		t.Fatalf("opening a window: %v", err)
	}
	b := &tab{t: t, ctx: ctx, at: s.URL, scripts: scripts}
	if !scripts {
		b.do("turning scripts off", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
	}
	return b
}

// height is what goes with a width: a phone stands, a screen lies.
func height(width int64) int64 {
	if width < 740 {
		return 844
	}
	return 900
}

// resize turns the window into one of another width.
func (b *tab) resize(width int64) {
	b.t.Helper()
	b.do("resizing", chromedp.EmulateViewport(width, height(width)))
}

// signIn signs a demo account in through the page.
func (b *tab) signIn(account string) {
	b.t.Helper()
	b.open("/sign-in")
	b.fill("login", account)
	b.fill("password", demoPassword)
	b.submit("/sign-in")
	if strings.HasPrefix(b.path(), "/sign-in") {
		b.t.Fatalf("%s is not let in (%s)", account, b.where())
	}
}

// do runs a step and fails the test with where it stood.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v (%s)", what, err, b.where())
	}
}

func (b *tab) where() string {
	at, _ := chromedp.Run(b.ctx, chromedp.Location()) // best effort, for a message
	body, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText.slice(0, 1500) : ''`))
	return at + "\n" + body
}

// open goes to a path of the server.
func (b *tab) open(path string) {
	b.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.at + path
	}
	b.do("opening "+path, chromedp.Navigate(path))
}

// ask evaluates an expression for its text.
func (b *tab) ask(expression string) string {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("asking the page: %v (%s)", err, b.where())
	}
	return v
}

// text returns what a person reads on the page.
func (b *tab) text() string {
	return strings.Join(strings.Fields(b.ask(`document.body.innerText`)), " ")
}

// path returns where the tab is, without the server's address.
func (b *tab) path() string { return strings.TrimPrefix(b.ask(`location.href`), b.at) }

// sees fails unless the page says all of it.
func (b *tab) sees(words ...string) {
	b.t.Helper()
	text := b.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Fatalf("the page does not say %q (%s)", w, b.where())
		}
	}
}

// finder finds a control by the words a person sees: its label, its own text or its name.
const finder = `const norm = s => (s || '').replace(/\s+/g, ' ').trim();
const shown = e => !!(e.offsetWidth || e.offsetHeight || e.getClientRects().length);
const control = words => {
	for (const l of document.querySelectorAll('label')) if (norm(l.innerText).startsWith(words)) {
		const c = l.control; if (c) return c;
	}
	return document.querySelector('[name="' + words.replace(/"/g, '') + '"]');
};
const pressable = words => {
	const all = [document.querySelector('main'), document].flatMap(part => [...part.querySelectorAll('button, input[type=submit], a, summary')]).filter(shown);
	const name = e => {
		if (e.getAttribute('aria-label') || !e.textContent) return norm(e.getAttribute('aria-label') || e.value);
		const copy = e.cloneNode(true);
		copy.querySelectorAll('[aria-hidden]').forEach(h => h.remove());
		return norm(copy.textContent);
	};
	return all.find(e => name(e) === words) || all.find(e => name(e).startsWith(words)) || all.find(e => name(e).includes(words));
};`

func (b *tab) script(what, body string, args ...any) string {
	b.t.Helper()
	list, err := json.Marshal(args)
	if err != nil {
		b.t.Fatal(err)
	}
	out := b.ask(`(() => { ` + finder + ` const args = ` + string(list) + `; ` + body + ` })()`)
	if strings.HasPrefix(out, "!") {
		b.t.Fatalf("%s: %s (%s)", what, out[1:], b.where())
	}
	return out
}

// fill types into the field with this label.
func (b *tab) fill(label, value string) {
	b.t.Helper()
	b.script("filling "+label, `const c = control(args[0]); if (!c) return '!no such field';
		c.focus(); c.value = args[1]; c.dispatchEvent(new Event('input', {bubbles: true})); c.dispatchEvent(new Event('change', {bubbles: true})); return ''`, label, value)
	b.quiet()
}

// pick chooses an option of the list with this label by what it says.
func (b *tab) pick(label, option string) {
	b.t.Helper()
	b.script("picking "+option, `const c = control(args[0]); if (!c) return '!no such list';
		const o = [...c.options].find(o => norm(o.text) === args[1]); if (!o) return '!no such option: ' + norm(c.innerText);
		c.value = o.value; c.dispatchEvent(new Event('change', {bubbles: true})); return ''`, label, option)
	b.quiet()
}

// region picks a place level by level. Without scripts a button brings the next list.
func (b *tab) region(first, second string) {
	b.t.Helper()
	b.pick("市（州）", first)
	if !b.scripts {
		b.press("显示下一级")
	}
	b.pick("县（市、区）", second)
}

// quiet waits until no part of the page is being fetched anew: whoever reads on does so before the next answer.
func (b *tab) quiet() {
	b.t.Helper()
	if b.scripts {
		b.until("the page fetches no more", `!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')`)
	}
}

// until asks the page again until this holds.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 20*time.Second)
	defer stop()
	for {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if done {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("waiting until %s: %v (%s)", what, err, b.where())
		}
		// The evaluation itself waits for the renderer: asking again is not a busy loop.
	}
}

// choose ticks the choice with this label.
func (b *tab) choose(label string) {
	b.t.Helper()
	b.script("choosing "+label, `const c = control(args[0]); if (!c) return '!no such choice'; if (!c.checked) c.click(); return ''`, label)
	b.quiet()
}

// answer chooses an answer of the question with this legend, where several questions have the same answers.
func (b *tab) answer(question, label string) {
	b.t.Helper()
	b.script("answering "+question, `const f = [...document.querySelectorAll('fieldset')].filter(f => norm(f.querySelector('legend').innerText).startsWith(args[0])).pop();
		if (!f) return '!no such question';
		const l = [...f.querySelectorAll('label')].find(l => norm(l.innerText) === args[1] || norm(l.innerText).startsWith(args[1])); if (!l) return '!no such answer';
		if (!l.control.checked) l.control.click(); return ''`, question, label)
	b.quiet()
}

// press presses the button or link with these words and waits for the page it leads to.
func (b *tab) press(words string) {
	b.t.Helper()
	mark := fmt.Sprint(time.Now().UnixNano())
	b.script("pressing "+words, `const e = pressable(args[0]); if (!e) return '!no such button or link'; document.body.dataset.before = args[1]; e.click(); return ''`, words, mark)
	b.settle(mark)
}

// submit presses the first button of the form that leads to this address, whatever the page's language calls it.
func (b *tab) submit(action string) {
	b.t.Helper()
	mark := fmt.Sprint(time.Now().UnixNano())
	b.script("sending "+action, `const f = document.querySelector('form[action="' + args[0] + '"] button'); if (!f) return '!no such form'; document.body.dataset.before = args[1]; f.click(); return ''`, action, mark)
	b.settle(mark)
}

// settle waits until the page that carries the mark was left and its successor is complete.
func (b *tab) settle(mark string) {
	b.t.Helper()
	b.until("the page changes", fmt.Sprintf(`document.readyState === 'complete' && document.body.dataset.before !== %q`, mark))
}

// upload hands a file to the field with this label.
func (b *tab) upload(selector, file string) {
	b.t.Helper()
	b.do("handing in "+file, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// picture saves what the screen shows, or with whole the page in its full length, as a PNG in the folder this variable names; without it there
// is nobody to look.
func (b *tab) picture(variable, name string, whole bool) {
	b.t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		return
	}
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	take := chromedp.CaptureScreenshot()
	if whole {
		take = chromedp.FullScreenshot(100)
	}
	shot, err := chromedp.Run(ctx, take)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
