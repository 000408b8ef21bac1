package journey

import (
	"fmt"
	"strings"
	"testing"
)

// TestOfflineVerification: a code is checked in Chromium with the program stopped and the network cut. What the page then knows it has kept.
func TestOfflineVerification(t *testing.T) {
	besideSQLite(t)
	s := start(t)
	c := launch(t)
	holder := c.person(t, s, true, phone)
	holder.signIn("lawyer")
	holder.open("/certificates")
	holder.press("中华人民共和国律师执业证")
	at := holder.path()
	code := func() string {
		holder.open(at + "/offline")
		holder.press("生成离线码")
		holder.sees("有效期至")
		return holder.ask(`document.querySelector('details code').textContent`)
	}
	recalled := code()
	if got := holder.ask(`fetch(` + fmt.Sprintf("%q", at+"/recall") + `, {method: 'POST'}).then(a => String(a.status))`); got != "200" {
		t.Fatalf("recalling answers %s", got)
	}
	good := code()

	b := c.person(t, s, true, phone)
	b.open("/verify/offline/")
	b.until("the page is kept", `!!document.querySelector('[data-ready]') && !!(navigator.serviceWorker && navigator.serviceWorker.controller)`)
	b.sees("离线核验", "撤销名单更新于")
	s.stop()
	b.open("/verify/offline/")
	b.until("the kept page is ready", `!!document.querySelector('[data-ready]')`)
	b.sees("离线核验", "撤销名单更新于")
	if got := b.ask(`fetch('/healthz').then(() => 'answers', () => 'gone')`); got != "gone" {
		t.Fatalf("the program %s", got)
	}
	check := func(text, verdict string, says ...string) {
		t.Helper()
		b.script("checking a code", `const box = document.querySelector('[data-offline]'); delete box.dataset.verdict;
			const field = document.getElementById('f-code'); field.value = args[0]; field.form.requestSubmit(); return ''`, text)
		b.until("there is a verdict", `!!document.querySelector('[data-verdict]')`)
		if got := b.ask(`document.querySelector('[data-offline]').dataset.verdict`); got != verdict {
			t.Errorf("the verdict is %s, want %s", got, verdict)
		}
		b.sees(says...)
	}
	check(good, "good", "离线核验通过", "林国梁", "吉林长白律师事务所", "截至", "离线无法知道")
	check(s.URL+"/verify/offline/#"+good, "good", "离线核验通过")
	check(recalled, "recalled", "不要接受")
	middle := len(good) / 2
	letter := "A"
	if good[middle] == 'A' {
		letter = "B"
	}
	check(good[:middle]+letter+good[middle+1:], "forged", "内容被改动")
	check("XY1.W10.AAAA", "forged")
	check("https://example.org/", "forged")
	if strings.Contains(b.text(), "220102197804123") {
		t.Error("the number of the person is in the code")
	}
	b.picture("XIANGYUN_PICTURES", "offline-verification", true)
	took := b.ask(`(async () => {
		const box = document.querySelector('[data-offline]'), field = document.getElementById('f-code'), times = [];
		for (let i = 0; i < 100; i++) {
			delete box.dataset.verdict;
			field.value = ` + fmt.Sprintf("%q", good) + `;
			field.form.requestSubmit();
			while (!box.dataset.verdict) await new Promise(done => setTimeout(done));
			times.push(Number(box.dataset.took));
		}
		times.sort((a, b) => a - b);
		return 'p50 ' + times[50].toFixed(2) + ' ms, p99 ' + times[98].toFixed(2) + ' ms, with ' + (box.dataset.ready === 'own' ? 'the browser\'s own Ed25519' : 'the library');
	})()`)
	t.Logf("checking a code of %d letters in the browser: %s", len(good), took)
	// Two days later by the device's clock.
	b.ask(`(() => { const now = Date.now; Date.now = () => now() + 2 * 86400000; return ''; })()`)
	check(good, "expired", "已过期")
}
