package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// The inboxes of a province's officers, when ten thousand tasks are open and when ten million are. A page is full in the small store as in the large
// one, and what is measured is the question itself: rights, pages and names around it would only make the two more alike.

const (
	officers    = 6185
	fullInboxes = 100 // officers whose inboxes are asked for; each has a full page from the beginning
	inboxPage   = 25
	mostTasks   = 10_000_000
	inboxAsked  = 1000 // how often in a round
)

func (b *bench) tasks() int {
	if b.Tasks > 0 {
		return b.Tasks
	}
	return mostTasks
}

// inboxes measures a page of an inbox in a small and a large store, one right after the other, so that both meet the same machine.
func (b *bench) inboxes(ctx context.Context, e *engine) error {
	at, n := map[int]float64{}, b.tasks()
	stores := map[int]*processStore{}
	for _, size := range []int{small, n} {
		p, err := b.openProcesses(ctx, e, fmt.Sprint("inboxes", size))
		if err != nil {
			return err
		}
		defer func() { _ = p.close(context.WithoutCancel(ctx)) }() // what matters was measured
		begin := time.Now()
		if err := p.fillInboxes(ctx, size); err != nil {
			return err
		}
		fmt.Fprintf(b.Progress, "%s: %d tasks of %d officers in %.0f s\n", e.name, size, officers, time.Since(begin).Seconds())
		stores[size] = p
	}
	for _, size := range []int{small, n} {
		var err error
		if at[size], err = stores[size].inboxTime(ctx); err != nil {
			return err
		}
	}
	return b.tell(Result{Name: "officer_inbox_p95", Engine: e.name, Value: at[n], Unit: "ms", N: rounds * inboxAsked,
		LimitName: fmt.Sprintf("with %d instead of %d open tasks", small, n), Limit: at[small]})
}

// inboxTime asks officers' inboxes in turn.
func (p *processStore) inboxTime(ctx context.Context) (float64, error) {
	return within(ctx, 95, inboxAsked, func(ctx context.Context, i int) error {
		var list []workflow.OpenTask
		err := p.db.View(ctx, func(tx *db.Tx) (err error) {
			list, err = p.flows.Inbox(ctx, tx, officer(i%fullInboxes), workflow.After{}, inboxPage)
			return err
		})
		if err == nil && len(list) != inboxPage {
			err = fmt.Errorf("an inbox shows %d tasks, want %d", len(list), inboxPage)
		}
		return err
	})
}

// fillInboxes makes open tasks like one that is there.
func (p *processStore) fillInboxes(ctx context.Context, n int) error {
	one, err := p.deploy(ctx, oneTask)
	if err != nil {
		return err
	}
	sample := db.NewKey()
	if err := p.start(ctx, one, sample); err != nil {
		return err
	}
	if err := p.fillTasks(ctx, sample, 0, n); err != nil {
		return err
	}
	return p.rest(ctx)
}

// officer is one of those at the window of an office of their own.
func officer(n int) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: fmt.Sprint("officer-", n), Duties: []actor.Duty{{Role: "window", OfficePath: fmt.Sprintf("22%ddue", 100000+n)}}}
}

// fillTasks adds the copies number from to until-1 of an open task. The indexes are left out meanwhile and made afterwards.
func (p *processStore) fillTasks(ctx context.Context, sample string, from, until int) error {
	indexes, err := p.indexes(ctx, "workflow_task")
	if err != nil {
		return err
	}
	run := func(head string, list []index) error {
		for _, x := range list {
			err := p.db.Update(ctx, func(tx *db.Tx) error {
				text := x.Text
				if head != "" {
					text = head + x.Name
				}
				_, err := tx.Exec(ctx, text)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := run("DROP INDEX ", indexes); err != nil {
		return err
	}
	queue := fmt.Sprintf(`CASE WHEN i < %d THEN i %% %d ELSE i %% %d END`, fullInboxes*inboxPage, fullInboxes, officers)
	err = fill(ctx, p.db, []filler{{"workflow_task", `t.subject = '` + sample + `'`, map[string]string{
		"id": `'` + sample[:8] + `-0000-7000-9000-' || ` + counted, "subject": `'` + sample[:8] + `-0000-7000-8000-' || ` + counted,
		"due_on":      `'2027-' || substr(CAST(101 + i % 12 AS text), 2) || '-' || substr(CAST(101 + i / 12 % 28 AS text), 2)`,
		"office_path": `'22' || CAST(100000 + ` + queue + ` AS text) || 'due'`,
	}}}, from, until)
	return errors.Join(err, run("", indexes))
}

// index is one of a table's.
type index struct{ Name, Text string }

// indexes lists those of a table but its key's, each with the statement that makes it.
func (p *processStore) indexes(ctx context.Context, table string) (list []index, err error) {
	query := `SELECT name, sql AS text FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL`
	if p.db.Engine() == db.PostgreSQL {
		query = `SELECT indexname AS name, indexdef AS text FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1 AND indexname NOT LIKE '%_pkey'`
	}
	err = p.db.View(ctx, func(tx *db.Tx) error {
		list, err = db.All[index](ctx, tx, query, table)
		return err
	})
	return list, err
}
