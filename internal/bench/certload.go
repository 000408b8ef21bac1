package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"xiangyun/internal/assembly"
	"xiangyun/internal/assembly/demo"
	"xiangyun/internal/platform/db"
)

// The register of a province: how fast it is filled, how much disk it takes, and whether anybody feels it.

const (
	mostCerts = 1_000_000
	fewCerts  = 100_000 // beside which lookups are measured
	loadTurns = 10      // the load and the bare COPY take turns, so that whatever else the machine does slows both
)

func (b *bench) certs() int {
	if b.Certs > 0 {
		return b.Certs
	}
	return mostCerts
}

// certload measures loading, lookups and issuing a table. Loading is measured on PostgreSQL, whose COPY it is held against.
func (b *bench) certload(ctx context.Context, e *engine) error {
	st, err := e.store(ctx, "certload")
	if err != nil {
		return err
	}
	if e.admin == nil {
		return errors.Join(b.batchIssue(ctx, e, st), st.remove(ctx))
	}
	l := &certLoad{b: b, e: e, large: st, tables: []*copied{{name: "account_subject", key: "id"}, {name: "cert_cert", key: "id"}, {name: "cert_public", key: "cert_id"},
		{name: "audit_leaf", key: "position"}}}
	if err := l.load(ctx); err != nil {
		return err
	}
	if err := l.disk(ctx); err != nil {
		return err
	}
	if err := l.lookups(ctx); err != nil {
		return err
	}
	if err := b.batchIssue(ctx, e, l.small); err != nil {
		return err
	}
	return errors.Join(l.bare.remove(ctx), l.small.remove(ctx), st.remove(ctx))
}

// certLoad is one run of it on PostgreSQL.
type certLoad struct {
	b                  *bench
	e                  *engine
	large, small, bare *store
	tables             []*copied
	few                int
	empty              int64 // bytes of the tables before anything was loaded
}

// copied is a table whose new rows are copied, those whose key is after last.
type copied struct{ name, key, last string }

func (c *copied) file(dir string) string { return filepath.Join(dir, c.name+".copy") }

// twin makes a copy of a store as it is; nothing may be connected to it. Both are opened with the same keys.
func (l *certLoad) twin(ctx context.Context, of *store, purpose string) (*store, error) {
	name := "bench_" + purpose + "_" + strings.ReplaceAll(db.NewKey(), "-", "")
	if _, err := l.e.admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+of.name()); err != nil {
		return nil, fmt.Errorf("copying a database: %w", err)
	}
	l.e.made = append(l.e.made, name)
	return &store{engine: l.e, data: of.data, url: strings.Replace(of.url, of.name(), name, 1)}, nil
}

// load fills the large store, and another with the same rows by COPY alone.
func (l *certLoad) load(ctx context.Context) error {
	a, err := l.large.open(ctx)
	if err != nil {
		return err
	}
	if err := a.Close(); err != nil {
		return err
	}
	if l.bare, err = l.twin(ctx, l.large, "certbare"); err != nil {
		return err
	}
	if l.empty, err = l.bytes(ctx, l.large); err != nil {
		return err
	}
	var ours, limit time.Duration
	n := l.b.certs()
	l.few = min(fewCerts, n/2)
	for turn := range loadTurns {
		until := n * (turn + 1) / loadTurns
		if l.small == nil && until >= l.few {
			until = l.few
		}
		took, err := l.ours(ctx, until)
		if err != nil {
			return err
		}
		ours += took
		if took, err = l.bareCopy(ctx); err != nil {
			return err
		}
		limit += took
		if l.small == nil && until >= l.few {
			if l.small, err = l.twin(ctx, l.large, "certfew"); err != nil {
				return err
			}
		}
	}
	return l.b.tell(Result{Name: "load_certificates", Engine: l.e.name, Value: float64(n) / ours.Seconds(), Unit: "certificates/s", N: n,
		LimitName: "COPY of the same holders, certificates and leaves into the same indexed tables, on two connections at once, by turns", Limit: float64(n) / limit.Seconds()})
}

// ours loads until there are so many, as the command does.
func (l *certLoad) ours(ctx context.Context, until int) (took time.Duration, err error) {
	a, err := l.large.open(ctx)
	if err != nil {
		return 0, err
	}
	assembly.SpareCollecting()
	begin := time.Now()
	err = a.LoadCertificates(ctx, until, func(demo.Progress) {})
	took = time.Since(begin)
	return took, errors.Join(err, a.Close())
}

// bareCopy writes what was loaded since the last time into the bare store, and returns how long the writing took. Reading it out is not counted.
func (l *certLoad) bareCopy(ctx context.Context) (time.Duration, error) {
	for _, t := range l.tables {
		if err := l.out(ctx, t); err != nil {
			return 0, fmt.Errorf("reading %s out: %w", t.name, err)
		}
	}
	failed := make(chan error, 2)
	begin := time.Now()
	go func() { failed <- l.in(ctx, l.tables[:3]...) }()
	go func() { failed <- l.in(ctx, l.tables[3]) }()
	err := errors.Join(<-failed, <-failed)
	return time.Since(begin), err
}

func (l *certLoad) out(ctx context.Context, t *copied) error {
	c, err := pgx.Connect(ctx, l.large.url)
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // what was read is read
	where, highest := "", ""
	if t.last != "" {
		where = " WHERE " + t.key + " > '" + t.last + "'"
	}
	if err := c.QueryRow(ctx, "SELECT coalesce(max("+t.key+")::text, '') FROM "+t.name).Scan(&highest); err != nil {
		return err
	}
	first := t.last == ""
	t.last = highest
	if first { // what the demo province has stands in the twin already
		var there string
		b, err := pgx.Connect(ctx, l.bare.url)
		if err != nil {
			return err
		}
		err = errors.Join(b.QueryRow(ctx, "SELECT coalesce(max("+t.key+")::text, '') FROM "+t.name).Scan(&there), b.Close(ctx))
		if err != nil {
			return err
		}
		if there != "" {
			where = " WHERE " + t.key + " > '" + there + "'"
		}
	}
	f, err := os.Create(t.file(l.b.dir))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, err = c.PgConn().CopyTo(ctx, w, "COPY (SELECT * FROM "+t.name+where+" ORDER BY "+t.key+") TO STDOUT (FORMAT binary)")
	return errors.Join(err, w.Flush(), f.Close())
}

func (l *certLoad) in(ctx context.Context, tables ...*copied) error {
	c, err := pgx.Connect(ctx, l.bare.url)
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // it was committed
	for _, t := range tables {
		f, err := os.Open(t.file(l.b.dir))
		if err != nil {
			return err
		}
		_, err = c.PgConn().CopyFrom(ctx, io.Reader(bufio.NewReaderSize(f, 1<<20)), "COPY "+t.name+" FROM STDIN (FORMAT binary)")
		if err := errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
			return fmt.Errorf("copying %s: %w", t.name, err)
		}
	}
	return nil
}

// bytes is what the tables that grow with certificates take, indexes and all.
func (l *certLoad) bytes(ctx context.Context, st *store) (n int64, err error) {
	c, err := pgx.Connect(ctx, st.url)
	if err != nil {
		return 0, err
	}
	err = c.QueryRow(ctx, `SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relname IN
('account_subject', 'cert_cert', 'cert_public', 'cert_counter', 'cert_batch', 'audit_leaf', 'audit_tile')`).Scan(&n)
	return n, errors.Join(err, c.Close(ctx))
}

// disk tells how much a certificate takes beside its bare rows.
func (l *certLoad) disk(ctx context.Context) error {
	for _, st := range []*store{l.large, l.bare} {
		if err := l.e.run(ctx, st, "VACUUM ANALYZE"); err != nil {
			return err
		}
	}
	got, err := l.bytes(ctx, l.large)
	if err != nil {
		return err
	}
	limit, err := l.bytes(ctx, l.bare)
	if err != nil {
		return err
	}
	n := l.b.certs()
	each := float64(got-l.empty) / float64(n)
	fmt.Fprintf(l.b.Progress, "%s: %d certificates take %.2f GB, %.0f bytes each; %d would take %.0f GB\n", l.e.name, n, float64(got-l.empty)/1e9, each, demo.AllCertificates,
		each*demo.AllCertificates/1e9)
	return l.b.tell(Result{Name: "certificate_disk", Engine: l.e.name, Value: each, Unit: "bytes/certificate", N: n, LimitName: "the rows copied bare, with the same indexes",
		Limit: float64(limit-l.empty) / float64(n)})
}
