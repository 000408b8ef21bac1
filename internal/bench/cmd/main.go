// Command cmd runs the benchmarks; scripts/bench.sh builds what it needs and starts it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"xiangyun/internal/bench"
)

// longest bounds a run.
const longest = 35 * time.Minute

func main() {
	p := bench.Params{Out: os.Stdout, Progress: os.Stderr}
	flag.StringVar(&p.Binary, "binary", "bin/xiangyun", "the program to measure")
	flag.StringVar(&p.Bare, "bare", "bin/bench-bare", "the least server, built from internal/bench/bare")
	flag.StringVar(&p.Postgres, "postgres", "", "address of a PostgreSQL database that may make others; without it PostgreSQL is left out")
	flag.IntVar(&p.Live, "live", 0, "how many instances and timers the suite engine makes; 0 is a million")
	flag.IntVar(&p.Tasks, "tasks", 0, "how many open tasks the suite inbox makes; 0 is ten million")
	flag.IntVar(&p.Certs, "certs", 0, "how many certificates the suite certload loads; 0 is a million")
	engine := flag.String("engine", "", "sqlite or postgres; both when empty")
	only := flag.String("only", "", "what to measure, with commas between: "+strings.Join(bench.Suites, ", "))
	flag.Parse()
	p.Engines = []string{"sqlite", "postgres"}
	if *engine != "" {
		p.Engines = []string{*engine}
	}
	if *only != "" {
		p.Only = strings.Split(*only, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := bench.Run(ctx, p); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
