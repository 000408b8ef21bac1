// Command xiangyun is a province's whole online government in one program: see README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"xiangyun/internal/assembly/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
