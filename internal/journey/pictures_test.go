package journey

import (
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// pictures is the folder TestPictures writes to; `make pictures` sets it.
const pictures = "XIANGYUN_PICTURES"

// TestPictures makes the pictures of README anew: a phone at twice its points, a desk as it is.
func TestPictures(t *testing.T) {
	if os.Getenv(pictures) == "" {
		t.Skip("make pictures draws them")
	}
	p := busy(t, start(t))
	c := launch(t)
	show := func(b *tab, name string, s sight) {
		t.Helper()
		b.visit(s)
		b.picture(pictures, name, false)
	}
	sharp := func(scripts bool) *tab {
		b := c.person(t, p.server, scripts, phone)
		b.do("sharpening", chromedp.EmulateViewport(phone, height(phone), chromedp.EmulateScale(2)))
		return b
	}
	stranger := sharp(true)
	show(stranger, "home-phone", sight{path: "/"})
	show(stranger, "verify-phone", sight{path: "/verify", then: func(b *tab) { b.fill("电子证照标识", p.certificate); b.press("核验") }})
	stranger.open("/")
	stranger.press("长者模式")
	show(stranger, "home-elder", sight{path: "/"})

	applicant := sharp(true)
	applicant.signIn("company")
	show(applicant, "apply-phone", sight{path: p.draft + "/form"})
	show(applicant, "steps-phone", sight{path: "/cases/" + p.cases["accepted"] + "#steps"})
	show(applicant, "case-phone", sight{path: "/cases/" + p.cases["suspended"]})
	show(applicant, "present-phone", sight{path: "/certificates/" + p.certificate + "/present"})

	reader := c.person(t, p.server, true, desk)
	show(reader, "guide-desk", sight{path: "/items/" + p.food + "?variant=new&situation.place=catering&situation.network=yes&situation.machine=no&situation.agent=self"})
	show(reader, "log-desk", sight{path: "/log"})

	officer := c.person(t, p.server, true, desk)
	officer.signIn("window.nanguan")
	show(officer, "desk-inbox", sight{path: "/desk"})
	show(officer, "desk-case", sight{path: "/desk/cases/" + p.cases["submitted"]})
	reviewer := c.person(t, p.server, true, desk)
	reviewer.signIn("review.nanguan")
	show(reviewer, "desk-steps", sight{path: "/desk/cases/" + p.cases["accepted"] + "#steps"})

	keeper := c.person(t, p.server, true, desk)
	keeper.signIn("catalogue.province")
	show(keeper, "meter-before", sight{path: "/desk/library/consistency"})
	show(keeper, "process-desk", sight{path: "/desk/processes/food_operation/edit"})
	drifted(t, p.server)
	show(keeper, "meter-after", sight{path: "/desk/library/consistency"})
	show(keeper, "library-draft", sight{path: "/desk/library/items/" + food + "?section=materials", then: func(b *tab) { b.press("起草修改") }})
	show(reader, "powers-desk", sight{path: "/powers"})
}

// TestPicturesOfProcesses walks a case through each drawn process of the demo province and draws three pictures of each: the process as its keeper draws it,
// a step before the officer who does it, and how far it is in the eyes of who applied.
func TestPicturesOfProcesses(t *testing.T) {
	if os.Getenv(pictures) == "" {
		t.Skip("make pictures draws them")
	}
	s := start(t)
	c := launch(t)
	keeper := c.person(t, s, true, desk)
	keeper.signIn("catalogue.province")
	people := map[string]*caller{}
	for _, p := range []struct {
		key, officer, applicant string
		walk                    func(t *testing.T, w *walk)
	}{
		{"food_operation", "review.nanguan", "company", inspected},
		{"low_income", "street.nanguan", "citizen", relieved},
		{"construction_permit", "review.land.nanguan", "company", jointly},
	} {
		t.Run(p.key, func(t *testing.T) {
			keeper.open("/desk/processes/" + p.key + "/edit")
			keeper.picture(pictures, p.key+"-process", false)
			p.walk(t, &walk{t: t, s: s, people: people, look: func(number string, at moment) {
				b, path := c.person(t, s, true, desk), "/desk/cases/"+number
				if at == applicantsView {
					b = c.person(t, s, true, phone)
					b.do("sharpening", chromedp.EmulateViewport(phone, height(phone), chromedp.EmulateScale(2)))
					b.signIn(p.applicant)
					path = "/cases/" + number + "#steps"
				} else {
					b.signIn(p.officer)
				}
				b.open(path)
				if at == officersStep {
					b.press("提交审查意见")
				}
				b.picture(pictures, p.key+"-"+string(at), false)
			}})
		})
	}
}

// food is the base item of 食品经营许可.
const food = "000131104003"
