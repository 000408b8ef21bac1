package job_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// What a killed program was at work on is done as soon as another runs on its machine; what one does that still runs, or runs elsewhere, is left alone.
func TestTheKilledAreRelieved(t *testing.T) {
	parts := strings.Split(job.NodeName(), "/")
	if len(parts) != 5 {
		t.Skip("the system does not tell which processes run")
	}
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	named := func(change int, to string) string {
		p := append([]string{}, parts...)
		p[change] = to
		return strings.Join(p, "/")
	}
	for name, c := range map[string]struct {
		lease string
		taken bool
	}{
		"ended":             {named(2, fmt.Sprint(dead.Process.Pid)), true},
		"had our number":    {named(3, "somebody"), true},
		"ours":              {named(4, "another queue"), false},
		"runs":              {named(2, fmt.Sprint(os.Getppid())), false},
		"another machine":   {named(0, "elsewhere"), false},
		"another container": {named(1, "pid:[1]"), false},
		"no number":         {named(2, "-1"), false},
		"a key as before":   {db.NewKey(), false},
	} {
		t.Run(name, func(t *testing.T) {
			d, q := setup(t)
			ran := make(chan string, 2)
			job.Handle(q, func(_ context.Context, g greet) error {
				ran <- g.Name
				return nil
			})
			insert(t, d, q, "held")
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				n, err := tx.Exec(t.Context(), `UPDATE job_job SET state = 'running', attempt = 1, lease = $1, due_at = $2`, c.lease, tx.Now.Add(time.Minute))
				if err == nil && n != 1 {
					err = fmt.Errorf("%d jobs", n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			insert(t, d, q, "new")
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- q.Run(ctx) }()
			first := <-ran
			if c.taken && first == "new" {
				first = <-ran
			}
			stop()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if want := map[bool]string{true: "held", false: "new"}[c.taken]; first != want || len(ran) > 0 && !c.taken {
				t.Errorf("%s was done, want %s", first, want)
			}
		})
	}
}
