package journey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mostKeys is how many keys a case at the window may take, besides the text that is typed into fields.
const mostKeys = 40

// typist works by the keyboard alone and counts: every key is one, with Alt held or not; what is typed into a field is counted apart.
type typist struct {
	*tab
	keys, text int
}

// press presses keys one after the other.
func (k *typist) press(keys ...string) {
	k.t.Helper()
	for _, key := range keys {
		k.key(key)
		k.keys++
		k.quiet()
	}
}

// alt presses a key of the page's own: the letter on the button with Alt held.
func (k *typist) alt(letter string) {
	k.t.Helper()
	unmodified := func(p *input.DispatchKeyEventParams) { p.UnmodifiedText = letter } // what the browser compares with the keys of the page
	k.do("pressing Alt and "+letter, chromedp.KeyEvent(letter, chromedp.KeyModifiers(chromedp.ModifierAlt), unmodified))
	k.keys++
}

// write types text where the cursor is.
func (k *typist) write(text string) {
	k.t.Helper()
	k.do("typing", chromedp.KeyEvent(text))
	k.text += len([]rune(text))
	k.quiet()
}

// at waits for the page that holds this.
func (k *typist) at(selector string) {
	k.t.Helper()
	k.until("the page holds "+selector, fmt.Sprintf(`document.readyState === 'complete' && !!document.querySelector(%q)`, selector))
}

// to presses Tab until the cursor is in the field with this name.
func (k *typist) to(name string) {
	k.t.Helper()
	for range 12 {
		if k.ask(`document.activeElement.name || ''`) == name {
			return
		}
		k.press(kb.Tab)
	}
	k.t.Fatalf("the cursor does not come to %s (%s)", name, k.where())
}

// TestWindowByKeyboard does a whole case at the window without a mouse: a number is called, the person's card is read, the item is found by its pinyin
// initials, everything is filled in on one page and handed in, the receipt is shown and the next person is called. It counts the keys.
func TestWindowByKeyboard(t *testing.T) {
	besideSQLite(t)
	s := start(t)
	c := launch(t)
	b := c.person(t, s, true, desk)
	b.signIn("window.nanguan")
	b.open("/desk/window")
	b.press("坐到这个窗口 1")
	b.until("the desk is seated", `!!document.querySelector('form[action="/desk/window/next"]')`)
	if strings.Contains(b.text(), "今天延时服务") {
		b.press("今天延时服务")
		b.until("the hall is open", `!document.body.innerText.includes('今天延时服务')`)
	}
	hall := b.ask(`document.querySelector('input[name=hall]').value`)
	code := b.ask(`document.querySelector('#machine dd')?.textContent.match(/[a-z2-7]{16}/)?.[0] || ''`)
	visitor := c.person(t, s, true, phone)
	visitor.open("/halls/" + hall + "/kiosk?code=" + code)
	for range 2 {
		visitor.open("/halls/" + hall + "/kiosk")
		visitor.press("取号 综合业务")
		visitor.sees("您的号码", "A0")
	}
	follow := visitor.path()
	screen := c.person(t, s, true, desk)
	screen.open("/halls/" + hall + "/screen")

	k := &typist{tab: b}
	k.alt("n")
	k.at(`form[action="/desk/window/recall"]`)
	screen.until("the screen shows the number by itself", `document.body.innerText.includes('A001')`)
	k.alt("c")
	k.at("#item-search")
	k.until("the cursor is in the search box", `document.activeElement.id === 'item-search'`)
	k.write("jmyl")
	k.until("the item is found", `!!document.querySelector('#found button[accesskey="1"]') && document.querySelector('#found').innerText.includes('城乡居民')`)
	k.alt("1")
	k.at("#application")
	k.until("the cursor is on the first question", `document.activeElement.name === 'situation.special'`)
	k.press(" ")
	k.to("situation.helper")
	k.press(" ")
	k.to("answers.phone")
	k.write("13596000000")
	k.to("answers.household_region")
	for range 4 { // the first of each list: 长春市, 南关区, a street, its first community
		k.press(kb.ArrowDown, kb.Tab)
	}
	k.to("answers.household_kind")
	k.press(" ")
	k.to("answers.residence_address")
	k.write("长春市南关区新春街道")
	k.to("answers.student")
	k.press(kb.ArrowDown)
	k.to("answers.pays_from")
	k.write("2027")
	k.to("answers.contribution")
	k.write("500")
	k.to("answers.bank_card_now")
	k.press(kb.ArrowDown)
	k.alt("d")
	k.alt("s")
	k.at(".sheet")
	k.sees("材料接收凭证", "办件编号", "张*琳")
	k.alt("n")
	k.at(`form[action="/desk/window/recall"]`)
	k.sees("A002")
	visitor.open(follow)
	visitor.sees("请到 1 号窗口")
	t.Logf("a case at the window takes %d keys and %d characters of text", k.keys, k.text)
	if k.keys > mostKeys {
		t.Errorf("%d keys, more than %d", k.keys, mostKeys)
	}
}
