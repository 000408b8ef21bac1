package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"xiangyun/internal/platform/db"
)

// Suites are what can be measured alone.
var Suites = []string{"submit", "pages", "start", "lists", "catalogue", "engine", "issue", "verify", "size", "inbox", "certload"}

// asideFrom are the suites that are measured only when they are asked for by name: they take long and much of the disk.
var asideFrom = []string{"inbox", "certload"}

// Params say what to measure, and with what.
type Params struct {
	Binary   string   // the program
	Bare     string   // the least server, built from internal/bench/bare
	Postgres string   // address of a PostgreSQL database that may make others; "" leaves PostgreSQL out
	Engines  []string // "sqlite", "postgres"
	Only     []string // of Suites; empty measures all
	Live     int      // instances beside what the suite engine measures, and its timers; 0 is a million
	Tasks    int      // open tasks of the suite inbox; 0 is ten million
	Certs    int      // certificates the suite certload loads; 0 is a million
	Out      io.Writer
	Progress io.Writer // says what is going on
}

// bench is a run.
type bench struct {
	Params
	dir            string
	warm, measured time.Duration
}

// Run measures and prints one JSON object a line. Whatever it made on the machine is gone when it returns.
func Run(ctx context.Context, p Params) (err error) {
	for _, name := range p.Only {
		if !slices.Contains(Suites, name) {
			return fmt.Errorf("there is nothing called %q to measure: %v", name, Suites)
		}
	}
	dir, err := os.MkdirTemp("", "xiangyun-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{Params: p, dir: dir, warm: warmUp, measured: measure}
	if b.wants("size") {
		if err := b.size(); err != nil {
			return err
		}
	}
	for _, name := range p.Engines {
		if name == string(db.PostgreSQL) && p.Postgres == "" {
			fmt.Fprintln(p.Progress, "PostgreSQL is not there and is left out")
			continue
		}
		if err := b.on(ctx, name); err != nil {
			return fmt.Errorf("on %s: %w", name, err)
		}
	}
	return nil
}

// on measures everything on one engine.
func (b *bench) on(ctx context.Context, name string) (err error) {
	e, err := newEngine(name, b.Postgres, b.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close(context.WithoutCancel(ctx))) }()
	for _, part := range []struct {
		suites  []string
		measure func(context.Context, *engine) error
	}{{[]string{"submit", "pages", "start"}, b.program}, {[]string{"lists"}, b.lists}, {[]string{"catalogue"}, b.catalogue}, {[]string{"engine"}, b.processes}, {[]string{"inbox"}, b.inboxes}, {[]string{"certload"}, b.certload},
		{[]string{"issue", "verify"}, b.certificates}} {
		if !slices.ContainsFunc(part.suites, b.wants) {
			continue
		}
		begin := time.Now()
		if err := part.measure(ctx, e); err != nil {
			return fmt.Errorf("measuring %v: %w", part.suites, err)
		}
		fmt.Fprintf(b.Progress, "%s %v: %.0f s\n", name, part.suites, time.Since(begin).Seconds())
	}
	return nil
}

// program measures the running program with the demo province.
func (b *bench) program(ctx context.Context, e *engine) error {
	st, err := e.store(ctx, "program")
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, st)
	if err != nil {
		return err
	}
	// Pages and starts come before the load: it leaves thousands of jobs behind.
	if b.wants("pages") {
		if err := b.pages(ctx, e, s); err != nil {
			return errors.Join(err, s.stop())
		}
	}
	if b.wants("start") {
		if err := s.stop(); err != nil {
			return err
		}
		if err := b.starts(ctx, e, st); err != nil {
			return err
		}
		if s, err = b.serve(ctx, st); err != nil {
			return err
		}
	}
	if b.wants("submit") {
		if err := b.handling(ctx, e, s); err != nil {
			return errors.Join(err, s.stop())
		}
	}
	if err := s.stop(); err != nil {
		return err
	}
	return st.remove(ctx)
}

func (b *bench) wants(suite string) bool {
	return slices.Contains(b.Only, suite) || len(b.Only) == 0 && !slices.Contains(asideFrom, suite)
}

func (b *bench) tell(r Result) error { return r.write(b.Out) }
