package journey

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestLook(t *testing.T) {
	s := &server{t: t, URL: "http://127.0.0.1:8111"}
	p := busy(t, s)
	time.Sleep(3 * time.Second)
	c := launch(t)
	os.Setenv("XIANGYUN_PICTURES", "/tmp/x/g/shots")
	os.MkdirAll("/tmp/x/g/shots", 0o755)
	only := os.Getenv("ONLY")
	for who, list := range p.sights(t) {
		t.Run("as-"+who, func(t *testing.T) {
			b := c.person(t, s, true, phone)
			if who != "" {
				b.signIn(who)
			}
			for _, x := range list {
				if only != "" && !strings.Contains(","+only+",", ","+x.name+",") {
					continue
				}
				t.Run(x.name, func(t *testing.T) {
					b.t = t
					b.resize(phone)
					b.open(x.path)
					if x.then != nil {
						x.then(b)
					}
					b.picture(x.name + "-390")
					b.axe()
					if w := b.ask(`document.querySelectorAll('h1').length+' '+document.title`); !strings.HasPrefix(w, "1 ") {
						t.Error("h1", w)
					}
					t.Log(b.path(), b.ask(`document.title`))
					b.resize(desk)
					b.picture(x.name + "-1280")
					b.axe()
				})
			}
		})
	}
}
