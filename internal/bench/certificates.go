package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"xiangyun/internal/assembly"
	"xiangyun/internal/assembly/demo"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

// How many certificates are issued, and how often one is verified in a round.
const (
	issued        = 600
	verifications = 1000
)

// certificates measures issuing against writing, sealing and signing the same documents, and verifying in a register of ten thousand and of a
// million.
func (b *bench) certificates(ctx context.Context, e *engine) error {
	st, err := e.store(ctx, "certificates")
	if err != nil {
		return err
	}
	identifiers, err := b.issue(ctx, e, st)
	if err != nil {
		return err
	}
	if !b.wants("verify") {
		return st.remove(ctx)
	}
	at, from := map[int]float64{}, 0
	for _, size := range []int{small, large} {
		if err := fillStore(ctx, st, certificateFillers(identifiers[0]), from, size); err != nil {
			return err
		}
		from = size
		if at[size], err = verify(ctx, st, identifiers); err != nil {
			return err
		}
	}
	err = b.tell(Result{Name: "verify_p99", Engine: e.name, Value: at[large], Unit: "ms", N: rounds * verifications,
		LimitName: fmt.Sprintf("with %d instead of %d certificates", small, large), Limit: at[small]})
	if err != nil {
		return err
	}
	return st.remove(ctx)
}

// issue issues the certificates of approved cases as the queue does, several at a time.
func (b *bench) issue(ctx context.Context, e *engine, st *store) (identifiers []string, err error) {
	a, err := st.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	assembly.SpareCollecting() // as the serving program does; the bare operation runs in the same process
	cases, err := approved(ctx, a, issued+issuers)
	if err != nil {
		return nil, err
	}
	identifiers = make([]string, len(cases))
	one := func(i int) (err error) {
		if identifiers[i], err = a.Certificates.IssueFor(ctx, cases[i]); err != nil || identifiers[i] == "" {
			return fmt.Errorf("issuing: %q: %w", identifiers[i], err)
		}
		return nil
	}
	got, err := sideBySide(len(cases), one)
	if err != nil {
		return nil, err
	}
	v, err := a.Certificates.Get(ctx, actor.Program("bench"), identifiers[0])
	if err == nil && !v.Sealed {
		err = errors.New("a certificate bears no seal")
	}
	if err != nil {
		return nil, err
	}
	if _, err := a.Audit.Sequence(ctx); err != nil {
		return nil, err
	}
	if !b.wants("issue") {
		return identifiers, nil
	}
	writer, err := paper.New()
	if err != nil {
		return nil, err
	}
	kind, err := demo.CertificateType("food_operation")
	if err != nil {
		return nil, err
	}
	bare, err := certtest.NewBare(writer, kind)
	if err != nil {
		return nil, err
	}
	limit, err := sideBySide(len(cases), func(int) error { return bare.Issue() })
	if err != nil {
		return nil, err
	}
	return identifiers, b.tell(Result{Name: "issue_certificate", Engine: e.name, Value: got, Unit: "certificates/s", N: issued,
		LimitName: fmt.Sprintf("writing PDF and OFD of one page, sealing both under timestamps and signing the record, without a store, %d at a time as well", issuers), Limit: limit})
}

// issuers is how many certificates are issued at a time: the queue's workers.
const issuers = 8

// sideBySide does op for 0 to n-1 by as many as there are issuers and returns how many were done a second; each one's first, which may read a
// font, is not counted.
func sideBySide(n int, op func(i int) error) (float64, error) {
	var next atomic.Int64
	run := func(end int64) error {
		failed := make([]error, issuers)
		var wg sync.WaitGroup
		for w := range failed {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < end && failed[w] == nil; i = next.Add(1) - 1 {
					failed[w] = op(int(i))
				}
			})
		}
		wg.Wait()
		return errors.Join(failed...)
	}
	if err := run(issuers); err != nil {
		return 0, err
	}
	next.Store(issuers)
	begin := time.Now()
	err := run(int64(n))
	return float64(n-issuers) / time.Since(begin).Seconds(), err
}

// approved brings n cases to their approval over the API and returns their keys. Nothing issues certificates meanwhile: the background work does
// not run.
func approved(ctx context.Context, a *assembly.App, n int) (ids []string, err error) {
	edge, err := a.Edge()
	if err != nil {
		return nil, err
	}
	at := inside(edge.Handler)
	h, err := prepareHandled(ctx, at)
	if err != nil {
		return nil, err
	}
	staff := map[string]*client{}
	for _, account := range []string{"window.nanguan", "review.nanguan", "chief.nanguan"} {
		if staff[account], err = at.as(ctx, account); err != nil {
			return nil, err
		}
	}
	for range n {
		number, err := submit(ctx, h.applicant, h.body, "")
		if err != nil {
			return nil, err
		}
		if err := approve(ctx, staff, number); err != nil {
			return nil, err
		}
		err = a.DB.View(ctx, func(tx *db.Tx) error {
			id, err := db.One[string](ctx, tx, `SELECT id FROM casefile_case WHERE number = $1 AND state = 'approved'`, number)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("case %s was not approved: %w", number, err)
		}
	}
	return ids, nil
}

// approve takes the steps of a case as its page offers them, until it is approved.
func approve(ctx context.Context, staff map[string]*client, number string) error {
	if err := act(ctx, staff["window.nanguan"], number, "accept", ""); err != nil {
		return err
	}
	for range 10 {
		c, err := staff["review.nanguan"].json(ctx, http.StatusOK, http.MethodGet, "/api/v1/cases/"+number, nil, "")
		if err != nil {
			return err
		}
		if !contains(listOf(c, "actions"), "opine") {
			return act(ctx, staff["chief.nanguan"], number, "approve", "符合条件")
		}
		if err := act(ctx, staff["review.nanguan"], number, "opine", "符合条件"); err != nil {
			return err
		}
	}
	return fmt.Errorf("case %s never comes to its decision", number)
}

func contains(list []any, want string) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}

// verify asks after the issued certificates in turn, with the log's sequencer at work beside it, and returns the time all but one in a hundred
// stay within. It is the use case without HTTP, whose cost does not depend on the register.
func verify(ctx context.Context, st *store, identifiers []string) (_ float64, err error) {
	a, err := st.open(ctx)
	if err != nil {
		return 0, err
	}
	words, err := assembly.Words()
	if err != nil {
		return 0, err
	}
	work, stop := context.WithCancel(ctx)
	ended := a.Work(work, words)
	defer func() {
		stop()
		ended()
		err = errors.Join(err, a.Close())
	}()
	return within(ctx, 99, verifications, func(ctx context.Context, i int) error {
		v, err := a.Certificates.Verify(ctx, actor.Actor{}, cert.Question{Identifier: identifiers[i%len(identifiers)]})
		if err == nil && !v.Valid {
			err = fmt.Errorf("a certificate just issued is not valid: %+v", v.Checks)
		}
		return err
	})
}
