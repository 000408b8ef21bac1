package journey

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/platform/db/dbtest"
)

// twice counts steps that were taken more than once, and certificates beyond the first of a case: what two nodes did that each was to do alone.
const twice = `SELECT (SELECT count(*) FROM (SELECT case_id FROM casefile_history WHERE action IN ('submit', 'accept', 'approve') GROUP BY case_id, action HAVING count(*) > 1) s)
+ (SELECT count(*) FROM (SELECT case_id FROM cert_cert WHERE case_id <> '' GROUP BY case_id HAVING count(*) > 1) c)
+ (SELECT count(*) FROM (SELECT instance_id FROM workflow_task WHERE state = 'open' GROUP BY instance_id, node HAVING count(*) > 1) t)`

// TestOneOfTwoNodesIsKilled has two programs on one database, kills one and then the other at random points under load, while both take applications, steps
// and jobs, and asks the same of what is left as [TestKill].
func TestOneOfTwoNodesIsKilled(t *testing.T) {
	if os.Getenv(dbtest.Variable) == "" {
		t.Skip("a second node needs PostgreSQL: SQLite has one writer")
	}
	first := start(t)
	second := (&server{t: t, Data: first.Data, log: &lockedBuffer{}, address: "127.0.0.1:0", args: first.args}).begin()
	nodes, at := []*server{first, second}, []desks{allDesks(t, first.URL), allDesks(t, second.URL)}
	body := application(t, at[0].applicant, foodItem(t, at[0].applicant))
	got := nothingYet(first)
	for round := range *kills {
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() { load(ctx, at[worker%2], body, fmt.Sprintf("%d-%d", round, worker), got) })
		}
		pause := time.NewTimer(time.Duration(100+rand.IntN(900)) * time.Millisecond) // by chance, within the first second of load
		<-pause.C
		dies, lives := round%2, (round+1)%2
		nodes[dies].kill()
		got.resend(t, at[lives].applicant) // the other one answers, while it works on
		nodes[dies].run()
		stop()
		wg.Wait()
		got.resend(t, at[dies].applicant)
	}
	second.stop()
	check(t, first, at[0].applicant, got)
	if n := first.counted(twice); n != 0 {
		t.Errorf("%d steps, tasks or certificates are there twice", n)
	}
}
