package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/assembly"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
)

// certLookups is how often a lookup is made in a round, and how many certificates are looked up in turn.
const certLookups = 500

// lookedUp is a certificate that is in the small store and in the large one.
type lookedUp struct{ Identifier, SubjectID, TypeKey, OfficePath string }

// lookups measures finding certificates among few and among many, by turns.
func (l *certLoad) lookups(ctx context.Context) (err error) {
	var apps []*assembly.App
	defer func() {
		for _, a := range apps {
			err = errors.Join(err, a.Close())
		}
	}()
	for _, st := range []*store{l.small, l.large} {
		for _, statement := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
			if err := l.e.run(ctx, st, statement); err != nil {
				return err
			}
		}
		a, err := st.open(ctx)
		if err != nil {
			return err
		}
		apps = append(apps, a)
	}
	var sample []lookedUp
	err = apps[0].DB.View(ctx, func(tx *db.Tx) error {
		sample, err = db.All[lookedUp](ctx, tx, `SELECT identifier, subject_id, type_key, office_path FROM cert_cert WHERE subject_id <> '' ORDER BY signature LIMIT $1`, certLookups)
		return err
	})
	if err != nil {
		return err
	}
	if len(sample) < certLookups {
		return fmt.Errorf("only %d certificates to look up", len(sample))
	}
	for _, k := range []struct {
		name string
		find func(ctx context.Context, a *assembly.App, x lookedUp) (int, error)
	}{{"identifier", byIdentifier}, {"holder", byHolder}, {"type", byType}} {
		ops := make([]func(context.Context, int) error, len(apps))
		for i, a := range apps {
			ops[i] = func(ctx context.Context, n int) error {
				found, err := k.find(ctx, a, sample[n%len(sample)])
				if err == nil && found == 0 {
					err = fmt.Errorf("by %s nothing is found", k.name)
				}
				return err
			}
		}
		times, err := byTurns(ctx, 99, certLookups, ops...)
		if err != nil {
			return err
		}
		err = l.b.tell(Result{Name: "certificate_by_" + k.name + "_p99", Engine: l.e.name, Value: times[1], Unit: "ms", N: rounds * certLookups,
			LimitName: fmt.Sprintf("with %d instead of %d certificates", l.few, l.b.certs()), Limit: times[0]})
		if err != nil {
			return err
		}
	}
	return nil
}

// byIdentifier reads a certificate with the proof of its leaf.
func byIdentifier(ctx context.Context, a *assembly.App, x lookedUp) (int, error) {
	v, err := a.Certificates.Get(ctx, actor.Program("bench"), x.Identifier)
	if err == nil && v.Position < 0 {
		err = fmt.Errorf("the leaf of %s has no place in the log", x.Identifier)
	}
	return 1, err
}

// byHolder reads a page of a wallet.
func byHolder(ctx context.Context, a *assembly.App, x lookedUp) (int, error) {
	list, err := a.Certificates.Mine(ctx, actor.Actor{Kind: actor.Person, Subject: x.SubjectID}, "", 20)
	return len(list), err
}

// byType reads a page of the register of an office.
func byType(ctx context.Context, a *assembly.App, x lookedUp) (int, error) {
	list, _, err := a.Certificates.OfType(ctx, chiefOf(x.OfficePath), x.TypeKey, "", 25)
	return len(list), err
}

func chiefOf(path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: "bench", OfficePath: path, Duties: []actor.Duty{{Role: "chief", OfficePath: path}}}
}

const (
	batchRows     = 20_000
	promisedBatch = 3000 // certificates a second that a table is issued at
)

// lawyersOffice has an office decide about lawyers, as the demo's offices do not: tables are issued only by who has an item that leads to the type.
func lawyersOffice(ctx context.Context, a *assembly.App) (actor.Actor, error) {
	const code, path = "000778001000", "220102d78"
	by, program := chiefOf(path), actor.Program("bench")
	var d item.Definition
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		base, err := a.Items.Base(ctx, tx, code)
		if err == nil {
			d = base.Definition
		}
		return err
	})
	if err != nil {
		return by, err
	}
	d.Guide.CertType = "lawyer"
	if _, err := a.Items.PublishMany(ctx, program, []item.Definition{d}); err != nil {
		return by, err
	}
	return by, a.Offices.Appoint(ctx, program, office.Appointment{AccountID: by.Account, Role: "chief", OfficePath: path})
}

// batchIssue measures issuing a table of an office: holders registered, records signed each, leaves and all.
func (b *bench) batchIssue(ctx context.Context, e *engine, st *store) (err error) {
	a, err := st.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	assembly.SpareCollecting()
	var text strings.Builder
	text.WriteString("number,holder,holder_number,issued_on,name,firm,kind,qualification\n")
	for i := range batchRows {
		id, err := personid.Make("220102", civil.MustParse("1960-01-01").Add(i%9000), 900+i/9000)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "1220120191%07d,林国梁,%s,2019-05-06,林国梁,吉林长白律师事务所,专职律师,A2017220102%07d\n", i, id.Reveal(), i)
	}
	by, err := lawyersOffice(ctx, a)
	if err != nil {
		return err
	}
	id, err := a.Certificates.CheckIssue(ctx, by, "lawyer", []byte(text.String()))
	if err != nil {
		return err
	}
	if err := a.Certificates.OrderIssue(ctx, by, id); err != nil {
		return err
	}
	begin := time.Now()
	if err := a.Certificates.IssueTable(ctx, actor.Program("bench"), id); err != nil {
		return err
	}
	took := time.Since(begin)
	m, err := a.Certificates.Import(ctx, by, id)
	if err == nil && m.TakenRows != batchRows {
		err = fmt.Errorf("%d of %d rows were issued", m.TakenRows, batchRows)
	}
	if err != nil {
		return err
	}
	return b.tell(Result{Name: "batch_issue", Engine: e.name, Value: batchRows / took.Seconds(), Unit: "certificates/s", N: batchRows, LimitName: "what is asked", Limit: promisedBatch})
}
