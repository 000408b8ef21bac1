package journey

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestAccessibility shows every page to axe-core, on a phone and on a desk, as it is, in 长者模式 and in high contrast: no violation, and
// no page wider than the screen. With XIANGYUN_SIGHTS set to a folder it leaves every page there as a picture, for people to look at.
func TestAccessibility(t *testing.T) {
	besideSQLite(t)
	p := busy(t, start(t))
	c := launch(t)
	for who, list := range p.sights(t) {
		t.Run("as-"+named(who), func(t *testing.T) {
			t.Parallel()
			b := c.person(t, p.server, true, phone)
			if who != "" {
				b.signIn(who)
			}
			for _, s := range list {
				t.Run(s.name, func(t *testing.T) {
					b.t = t
					b.resize(phone)
					b.visit(s)
					b.everyWay(s.name)
				})
			}
		})
	}
	t.Run("as-chosen", func(t *testing.T) {
		t.Parallel()
		preferences(t, p, c)
	})
	t.Run("by-keyboard", func(t *testing.T) {
		t.Parallel()
		keyboard(t, p, c)
	})
}

func named(who string) string {
	if who == "" {
		return "stranger"
	}
	return who
}

// visit goes where a sight is.
func (b *tab) visit(s sight) {
	b.t.Helper()
	b.open(s.path)
	if s.then != nil {
		s.then(b)
	}
}

// everyWay checks the page the phone shows in all its forms. What the forms do not share is checked in each: what axe finds in the text and
// the structure is the same in all themes of one width.
func (b *tab) everyWay(name string) {
	b.t.Helper()
	const sights = "XIANGYUN_SIGHTS"
	b.picture(sights, name+"-phone", true)
	b.sound()
	b.fits()
	b.axe()
	b.dress("elder")
	b.picture(sights, name+"-elder", true)
	b.fits()
	b.axe("color-contrast", "target-size")
	b.dress("contrast")
	b.picture(sights, name+"-contrast", true)
	b.fits()
	b.axe("color-contrast")
	b.resize(desk)
	b.fits()
	b.dress("elder")
	b.fits()
	b.dress("")
	b.picture(sights, name+"-desk", true)
	b.fits()
	b.axe()
}

// preferences: the server keeps what somebody chose, theme and language, for all his pages.
func preferences(t *testing.T, p *province, c *chrome) {
	b := c.person(t, p.server, true, phone)
	b.open("/")
	b.press("长者模式")
	for _, path := range []string{"/", "/items/" + p.food, "/sign-in", "/verify"} {
		b.open(path)
		if b.ask(`document.documentElement.className`) != "js elder" {
			t.Errorf("%s forgot 长者模式", path)
		}
		b.fits()
	}
	b.press("高对比度")
	b.press("长者模式")
	if got := b.ask(`document.documentElement.className`); got != "js contrast" {
		t.Errorf("the page is dressed as %q", got)
	}
	b.press("高对比度")
	for _, language := range []struct{ name, tag string }{{"English", "en"}, {"한국어", "ko"}} {
		b.press(language.name)
		b.resize(phone)
		for _, path := range []string{"/", "/items", "/items/" + p.food, "/sign-in", "/verify", "/progress", "/log", "/nothing-here"} {
			b.open(path)
			if got := b.ask(`document.documentElement.lang`); got != language.tag {
				t.Errorf("%s speaks %s, not %s", path, got, language.tag)
			}
			b.sound()
			b.fits()
			b.axe()
		}
		b.signIn("company")
		for _, path := range []string{p.draft + "/form", "/cases", "/cases/" + p.cases["suspended"], "/certificates/" + p.certificate, "/me/data", "/me/messages"} {
			b.open(path)
			b.sound()
			b.fits()
			b.axe()
		}
		b.submit("/sign-out")
	}
}

// keyboard: the first key leads past the header, and an officer's page has its cursor where he begins to type.
func keyboard(t *testing.T, p *province, c *chrome) {
	b := c.person(t, p.server, true, desk)
	b.open("/items/" + p.food)
	b.key(kb.Tab)
	b.key(kb.Enter)
	b.until("the first key leads to the page's own words", `document.activeElement.id === 'main'`)
	// Whoever only has the keyboard answers and begins to apply.
	b.ask(`document.querySelector('input[name=variant]').focus(), ''`)
	b.key(" ")
	b.until("the space bar has chosen", `document.activeElement.checked === true`)
	b.signIn("window.nanguan")
	b.open("/desk/cases/" + p.cases["submitted"] + "/actions/accept")
	// The browser moves the cursor when it first draws the page, which is after the page is complete.
	b.until("the cursor is where the officer begins to type", `document.activeElement.name === 'comment'`)
}

// key presses one key.
func (b *tab) key(key string) {
	b.t.Helper()
	b.do("pressing a key", chromedp.KeyEvent(key))
}
