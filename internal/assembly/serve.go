package assembly

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/power"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// grace is how long running requests may take after the program was told to stop.
const grace = 30 * time.Second

// SpareCollecting sets how much garbage a serving process lets grow, unless GOGC says otherwise. The program holds little for long: letting garbage
// grow to three times that costs tens of megabytes under load and spares most of the collecting.
func SpareCollecting() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// Serve answers on l, with the background work beside it, until ctx ends. Then it takes no more requests, lets those that run finish, and
// only after them stops the work.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	closeWitnesses, err := a.openWitnesses()
	if err != nil {
		return err
	}
	edge, err := a.Edge()
	if err != nil {
		return errors.Join(err, closeWitnesses())
	}
	SpareCollecting()
	if a.Config.TLSCertificate != "" {
		pair, err := tls.LoadX509KeyPair(a.Config.TLSCertificate, a.Config.TLSKey)
		if err != nil {
			return errors.Join(fmt.Errorf("reading the certificate of the server: %w", err), closeWitnesses())
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := a.Work(work, edge.Words)
	err = web.Serve(ctx, l, edge.Handler, a.Log, grace)
	stop()
	ended()
	return errors.Join(err, closeWitnesses())
}

// Work begins the background work: jobs, subscribers, the sequencer of the log, sweeps. It goes on until ctx ends; the function
// returned waits for that.
func (a *App) Work(ctx context.Context, w *page.Catalogue) (ended func()) {
	a.subscribe(w)
	if err := a.DB.Update(ctx, func(tx *db.Tx) error { return a.Cases.DeployFlows(ctx, tx) }); err != nil {
		a.Log.ErrorContext(ctx, "storing the processes of tasks that follow", "error", err) // the first step that needs one stores it
	}
	a.sweeps()
	var running sync.WaitGroup
	for name, run := range map[string]func(context.Context) error{"jobs": a.Queue.Run, "log": a.Audit.Run, "uses": a.Items.CountUses, "keys": a.watchKeys} {
		running.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				a.working.Store(false) // /readyz tells it: this node must not get people's requests
				a.Log.ErrorContext(ctx, "the background work ended", "work", name, "error", err)
			}
		})
	}
	running.Go(func() {
		if err := a.Items.Warm(ctx); err != nil && ctx.Err() == nil {
			a.Log.ErrorContext(ctx, "making the catalogue of items", "error", err) // the first search will try again
		}
	})
	a.working.Store(true)
	return running.Wait
}

// subscribe gives the queue its handlers and the bus its subscribers.
func (a *App) subscribe(w *page.Catalogue) {
	a.Notices.Register(a.Queue, func(key string, args []string) string {
		values := make([]any, len(args))
		for i, v := range args {
			values[i] = v
		}
		return w.Say(page.Languages[0], key, values...)
	})
	a.Flows.Register(a.Queue)
	a.Items.Register(a.Queue)
	event.On(a.Bus, "cert.issue", func(ctx context.Context, e casefile.Approved) error {
		_, err := a.Certificates.IssueFor(ctx, e.CaseID)
		if fault.HasKey(err, "casefile.not_granted") {
			return nil // annulled before the certificate was made: none is
		}
		return err
	})
	event.On(a.Bus, "casefile.letter", func(ctx context.Context, e workflow.LetterMade) error { return a.Cases.IssueLetter(ctx, e) })
	event.On(a.Bus, "cert.end", func(ctx context.Context, e casefile.Ended) error {
		return a.Certificates.EndFor(ctx, e)
	})
	event.On(a.Bus, "cert.issue_table", func(ctx context.Context, e cert.IssueOrdered) error {
		return a.Certificates.IssueTable(ctx, actor.Program("cert"), e.Table)
	})
	event.On(a.Bus, "cert.tell_holders", func(ctx context.Context, e cert.IssuedMany) error {
		return a.Certificates.TellHolders(ctx, e)
	})
	event.On(a.Bus, "casefile.pace", func(ctx context.Context, e casefile.Decided) error {
		return a.DB.Update(ctx, func(tx *db.Tx) error { return a.Cases.CountPace(ctx, tx, e.CaseID) })
	})
	event.On(a.Bus, "item.follow", func(ctx context.Context, e power.Adjusted) error {
		return a.Items.FollowPower(ctx, actor.Program("power"), e)
	})
	job.Handle(a.Queue, a.Powers.Begin)
}
