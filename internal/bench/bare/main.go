// Command bare is the least server there can be on our store: it opens the database, answers every request with nothing and does nothing else.
// Start, memory and size of the program are measured against it.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"xiangyun/internal/platform/db"
)

func main() {
	data, address := flag.String("data", "", "data folder"), flag.String("database-url", "", "postgres://…; empty for SQLite in the data folder")
	flag.Parse()
	if err := serve(*data, *address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(data, address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if address == "" {
		address = "sqlite:" + filepath.Join(data, "xiangyun.db")
	}
	d, err := db.Open(ctx, db.Config{URL: address})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() {
		<-ctx.Done()
		_ = server.Close() // nobody waits for an answer of nothing
	}()
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return d.Close()
}
