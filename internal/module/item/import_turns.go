package item

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A turn is the place of a batch among those written at the same time. Entries are copied side by side; everything after that, up to the commit, is
// done batch by batch in the order of the file, so that a run which stops has written whole batches up to where it says it stands.
type turn struct {
	before <-chan struct{} // closed when the batch before is over
	failed func() error    // what became of it
}

// unpreceded is the turn of a batch that nothing goes before.
func unpreceded() *turn {
	over := make(chan struct{})
	close(over)
	return &turn{before: over, failed: func() error { return nil }}
}

// errImpatient ends a transaction that waited too long for its turn.
var errImpatient = errors.New("the batch before takes long")

// patience is how long a batch that has written its entries waits for its turn. Who has locked one entry of the batch before and asks for one of this
// would wait for ever, since this batch waits where the database does not see it: so it steps back and writes again when it is its turn.
const patience = 10 * time.Second

// wait returns when it is this batch's turn.
func (t *turn) wait(ctx context.Context) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-t.before:
		return t.failed()
	case <-ctx.Done():
		return ctx.Err()
	case <-limit.C:
		return errImpatient
	}
}

// inTurn writes the batches of a file, as many at once as the database takes. A batch that fails lets those before it finish.
func (i *importer) inTurn(ctx context.Context, p *phase, silent int64, batches <-chan *portion) error {
	atOnce := 1 // what else tables bring rests on rows that every batch moves on
	if p.table != nil && p.table.Name == "basic" && !i.in.DryRun {
		atOnce = min(i.s.db.Writers(), 2) // a third would find no processor: one reads, and the database has its own to share
	}
	places := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	defer running.Wait()
	last := unpreceded()
	for b := range batches {
		if b.rows <= silent {
			continue
		}
		places <- struct{}{}
		select {
		case <-last.before:
			if err := last.failed(); err != nil {
				return err
			}
		default:
		}
		over, mine := make(chan struct{}), *last
		var err error
		last = &turn{before: over, failed: func() error { return err }}
		running.Go(func() {
			err = i.write(ctx, b, &mine)
			close(over)
			<-places
		})
	}
	<-last.before
	return last.failed()
}
