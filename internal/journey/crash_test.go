package journey

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
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
	sent    int
	unsure  []attempt // cut off by the kill: sent again after the restart
}

type attempt struct {
	key  string
	body map[string]any
}

// TestKill kills the server at random points under load and checks what the law would ask: nothing acknowledged is missing, nothing
// is there twice, no number is skipped, and the log proves itself.
func TestKill(t *testing.T) {
	s := start(t)
	applicant, window := signIn(t, s.URL, "company"), signIn(t, s.URL, "window.nanguan")
	body := application(t, applicant, foodItem(t, applicant))
	got := &acknowledged{numbers: map[string]string{}, actions: map[string]bool{}}
	for round := range *kills {
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() { load(ctx, applicant, window, body, fmt.Sprintf("%d-%d", round, worker), got) })
		}
		// Somewhere within the first second of load, by chance.
		pause := time.NewTimer(time.Duration(100+rand.IntN(900)) * time.Millisecond)
		<-pause.C
		s.kill()
		stop()
		wg.Wait()
		s.run()
		got.resend(t, applicant)
	}
	check(t, s, applicant, got)
}

// load applies and accepts until the server is gone.
func load(ctx context.Context, applicant, window *caller, body map[string]any, name string, got *acknowledged) {
	for i := 0; ctx.Err() == nil; i++ {
		key := fmt.Sprintf("%s-%d", name, i)
		a, err := applicant.call("POST", "/api/v1/cases", body, key)
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
		if i%2 == 0 {
			a, err := window.call("POST", "/api/v1/cases/"+number+"/actions", map[string]any{"action": "accept"}, "")
			if err == nil && a.Status == 200 {
				got.mu.Lock()
				got.actions[number] = true
				got.mu.Unlock()
			}
		}
	}
}

// resend sends every request whose answer was lost once more, as a careful client does.
func (g *acknowledged) resend(t *testing.T, applicant *caller) {
	t.Helper()
	for _, u := range g.unsure {
		a, err := applicant.call("POST", "/api/v1/cases", u.body, u.key)
		if err != nil || a.Status != 201 {
			t.Fatalf("sending %s again: %v %d %s", u.key, err, a.Status, a.Raw)
		}
		g.numbers[u.key] = a.text("number")
	}
	g.unsure = nil
}

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
	}
	d := s.openDatabase()
	defer d.Close()
	err := d.View(t.Context(), func(tx *db.Tx) error {
		rows, err := db.All[string](t.Context(), tx, `SELECT number FROM casefile_case ORDER BY number`)
		if err != nil {
			return err
		}
		serials := map[string]int{}
		for _, n := range rows {
			scope, serial := n[:len(n)-6], 0
			if _, err := fmt.Sscanf(n[len(n)-6:], "%d", &serial); err != nil {
				return err
			}
			if serials[scope]++; serials[scope] != serial {
				t.Errorf("number %s stands where serial %d should: a number was skipped", n, serials[scope])
			}
		}
		if len(rows) < len(got.numbers) {
			t.Errorf("%d cases are stored, %d were acknowledged", len(rows), len(got.numbers))
		}
		mine := 0
		for _, n := range rows {
			if seen[n] != "" {
				mine++
			}
		}
		t.Logf("kills %d, requests %d, acknowledged cases %d, acknowledged acceptances %d, stored %d, missing 0 doubled 0 when this passes",
			*kills, got.sent, len(got.numbers), len(got.actions), len(rows))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.stop()
	out, err := s.command("audit", "verify")
	if err != nil {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(out))
}
