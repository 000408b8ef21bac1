package journey

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/platform/db"
)

var kills = flag.Int("kills", 3, "how often the crash test kills the server")

// acknowledged is what the server said it has done.
type acknowledged struct {
	mu      sync.Mutex
	numbers map[string]string // Idempotency-Key → number
	actions map[string]bool   // number accepted by an officer, acknowledged
	decided map[string]bool   // number approved, acknowledged
	sent    int
	unsure  []attempt // cut off by the kill: sent again after the restart
	before  int       // cases that were there at the beginning
	spare   int       // numbers of certificates that were counted and stand on none at the beginning
}

func nothingYet(s *server) *acknowledged {
	s.t.Helper()
	return &acknowledged{numbers: map[string]string{}, actions: map[string]bool{}, decided: map[string]bool{},
		before: s.counted(`SELECT count(*) FROM casefile_case`), spare: s.counted(spare)}
}

// counted asks the tables one number.
func (s *server) counted(query string) (n int) {
	s.t.Helper()
	d := s.openDatabase()
	err := d.View(s.t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](s.t.Context(), tx, query)
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// desks are those who bring a case to its end.
type desks struct{ applicant, window, review, chief *caller }

func allDesks(t *testing.T, base string) desks {
	t.Helper()
	return desks{signIn(t, base, "company"), signIn(t, base, "window.nanguan"), signIn(t, base, "review.nanguan"), signIn(t, base, "chief.nanguan")}
}

// finish takes the steps that lead a case to its approval, whichever of them were taken before; each is told to done once it is acknowledged. What is
// refused because it was done already is passed over, as an officer does who looks again.
func (d desks) finish(number string, done func(action string)) {
	for _, step := range []struct {
		by     *caller
		action string
	}{{d.window, "accept"}, {d.review, "opine"}, {d.review, "opine"}, {d.chief, "approve"}} {
		a, err := step.by.call("POST", "/api/v1/cases/"+number+"/actions", map[string]any{"action": step.action, "comment": "符合规定的条件。"}, "")
		if err != nil {
			return
		}
		if a.Status == 200 {
			done(step.action)
		}
	}
}

type attempt struct {
	key  string
	body map[string]any
}

// TestKill kills the server at random points under load and checks what the law would ask: nothing acknowledged is missing, nothing
// is there twice, no number is skipped, and the log proves itself.
func TestKill(t *testing.T) {
	s := start(t)
	all := allDesks(t, s.URL)
	body := application(t, all.applicant, foodItem(t, all.applicant))
	got := nothingYet(s)
	for round := range *kills {
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() { load(ctx, all, body, fmt.Sprintf("%d-%d", round, worker), got) })
		}
		// Somewhere within the first second of load, by chance.
		pause := time.NewTimer(time.Duration(100+rand.IntN(900)) * time.Millisecond)
		<-pause.C
		s.kill()
		stop()
		wg.Wait()
		s.run()
		got.resend(t, all.applicant)
	}
	check(t, s, all.applicant, got)
}

// load applies, and has every second case accepted and every fourth decided, until the server is gone.
func load(ctx context.Context, all desks, body map[string]any, name string, got *acknowledged) {
	for i := 0; ctx.Err() == nil; i++ {
		key := fmt.Sprintf("%s-%d", name, i)
		a, err := all.applicant.call("POST", "/api/v1/cases", body, key)
		got.mu.Lock()
		got.sent++
		if err != nil || a.Status != 201 {
			got.unsure = append(got.unsure, attempt{key, body})
			got.mu.Unlock()
			return
		}
		number := a.text("number")
		got.numbers[key] = number
		got.mu.Unlock()
		if i%4 == 0 {
			all.finish(number, func(action string) { got.note(number, action) })
		} else if i%2 == 0 {
			a, err := all.window.call("POST", "/api/v1/cases/"+number+"/actions", map[string]any{"action": "accept"}, "")
			if err == nil && a.Status == 200 {
				got.note(number, "accept")
			}
		}
	}
}

// note keeps what an officer was told is done.
func (g *acknowledged) note(number, action string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.actions[number] = g.actions[number] || action == "accept"
	g.decided[number] = g.decided[number] || action == "approve"
}

// resend sends every request whose answer was lost once more, as a careful client does.
func (g *acknowledged) resend(t *testing.T, applicant *caller) {
	t.Helper()
	g.mu.Lock()
	unsure := g.unsure
	g.unsure = nil
	g.mu.Unlock()
	for _, u := range unsure {
		a, err := applicant.call("POST", "/api/v1/cases", u.body, u.key)
		if err != nil || a.Status != 201 {
			t.Fatalf("sending %s again: %v %d %s", u.key, err, a.Status, a.Raw)
		}
		g.mu.Lock()
		g.numbers[u.key] = a.text("number")
		g.mu.Unlock()
	}
}

// check compares what was acknowledged with what is there: nothing is missing, nothing is there twice, no number is skipped, and the log proves itself.
func check(t *testing.T, s *server, applicant *caller, got *acknowledged) {
	t.Helper()
	seen := map[string]string{}
	for key, number := range got.numbers {
		if other, twice := seen[number]; twice {
			t.Errorf("number %s was given to %s and %s", number, key, other)
		}
		seen[number] = key
		a, err := applicant.call("GET", "/api/v1/cases/"+number, nil, "")
		if err != nil || a.Status != 200 {
			t.Errorf("case %s was acknowledged and is gone: %v %d", number, err, a.Status)
			continue
		}
		if got.actions[number] && a.text("state") == "submitted" {
			t.Errorf("the acceptance of %s was acknowledged and is gone", number)
		}
		if got.decided[number] && a.text("state") != "approved" {
			t.Errorf("the approval of %s was acknowledged, and it is %s", number, a.text("state"))
		}
	}
	if stored := s.counted(`SELECT count(*) FROM casefile_case`) - got.before; stored != len(got.numbers) {
		t.Errorf("%d cases are stored for %d that were acknowledged", stored, len(got.numbers))
	}
	// What a killed server was at work on is taken over by the next one: at once on the same machine, else when its lease has run out.
	for began := time.Now(); s.counted(uncertified) != 0; time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > 4*time.Minute {
			t.Errorf("%d approved cases have no certificate", s.counted(uncertified))
			break
		}
	}
	if n := s.counted(spare) - got.spare; n != 0 {
		t.Errorf("%d numbers of certificates were drawn and stand on none", n)
	}
	report(t, s, got)
	s.stop()
	out, err := s.command("audit", "verify")
	if err != nil {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(out))
}

// spare counts the numbers that were drawn for certificates and stand on none.
const spare = `SELECT CAST(COALESCE(sum(value), 0) AS bigint) - (SELECT count(*) FROM cert_cert WHERE supersedes = '') FROM cert_counter WHERE series LIKE 'number/%'`

// uncertified counts the approved cases that have no certificate and are to have one.
const uncertified = `SELECT count(*) FROM casefile_case c WHERE c.state = 'approved' AND c.cert_type <> ''
AND NOT EXISTS (SELECT 1 FROM cert_cert x WHERE x.case_id = c.id AND x.state = 'valid')`

// report checks every series of numbers and prints what was done as a table.
func report(t *testing.T, s *server, got *acknowledged) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "\n| series | numbers | missing | doubled |\n|---|---|---|---|\n")
	d := s.openDatabase()
	err := d.View(t.Context(), func(tx *db.Tx) error {
		for _, q := range []struct{ name, query string }{
			{"cases", `SELECT number FROM casefile_case`}, {"documents", `SELECT number FROM casefile_paper`},
			{"certificates", `SELECT identifier FROM cert_cert`},
		} {
			numbers, err := db.All[string](t.Context(), tx, q.query)
			if err != nil {
				return err
			}
			missing, doubled := gaps(t, numbers)
			if missing+doubled > 0 {
				t.Errorf("%s: %d numbers are missing, %d are there twice", q.name, missing, doubled)
			}
			fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", q.name, len(numbers), missing, doubled)
		}
		return nil
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	accepted, decided := 0, 0
	for _, number := range got.numbers {
		if got.actions[number] {
			accepted++
		}
		if got.decided[number] {
			decided++
		}
	}
	t.Logf("%s\nkills %d, requests %d, acknowledged: cases %d, acceptances %d, approvals %d", b.String(), *kills, got.sent, len(got.numbers), accepted, decided)
}

// serials finds what a number counts: of a document 〔2026〕第0012号, of a certificate the six digits behind its day, of a case the last six.
var serials = []*regexp.Regexp{
	regexp.MustCompile(`^(.*〕第)(\d+)号$`),
	regexp.MustCompile(`^(1\.2\.156\.3005\.2\.\w{21}\.\w{18}\.\d{8})(\d{6})\.\d{3}\.\w$`),
	regexp.MustCompile(`^(\d{15})(\d{6})$`),
}

// gaps counts within each series the serials that are not there between 1 and the highest, and those that are there twice.
func gaps(t *testing.T, numbers []string) (missing, doubled int) {
	t.Helper()
	series := map[string]map[int]int{}
	for _, n := range numbers {
		known := false
		for _, form := range serials {
			m := form.FindStringSubmatch(n)
			if m == nil {
				continue
			}
			serial, err := strconv.Atoi(m[2])
			if err != nil {
				t.Fatal(err)
			}
			if series[m[1]] == nil {
				series[m[1]] = map[int]int{}
			}
			series[m[1]][serial]++
			known = true
			break
		}
		if !known {
			t.Errorf("%q is a number of no known form", n)
		}
	}
	for _, given := range series {
		highest := 0
		for serial, times := range given {
			highest = max(highest, serial)
			doubled += times - 1
		}
		missing += highest - len(given)
	}
	return missing, doubled
}

// What is counted finds a number that is left out and one that is given twice, or else it would prove nothing.
func TestGapsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		numbers         []string
		missing, double int
	}{
		"none":      {[]string{"220102031261124000001", "220102031261124000002", "220102032261124000001"}, 0, 0},
		"skipped":   {[]string{"220102031261124000001", "220102031261124000003"}, 1, 0},
		"twice":     {[]string{"市监受字〔2026〕第0001号", "市监受字〔2026〕第0001号", "市监受字〔2025〕第0001号"}, 0, 1},
		"not-first": {[]string{"市监受字〔2026〕第0002号"}, 1, 0},
	} {
		if missing, double := gaps(t, c.numbers); missing != c.missing || double != c.double {
			t.Errorf("%s: %d missing, %d twice", name, missing, double)
		}
	}
}
