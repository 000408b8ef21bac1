package assembly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/platform/backup"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/sm"
)

// The folders below the data folder.
const (
	documentsFolder = "documents"
	keysFolder      = "keys"
)

// App is the whole program, put together. Make it with [Open]; close it when done.
type App struct {
	Services
	Config  config.Config
	Version string
	Log     *slog.Logger
	DB      *db.DB
	Keys    *sm.Keyring
	Blobs   *blob.Store
	Queue   *job.Queue
	Bus     *event.Bus

	sealKeys *hsm.Files // the keys of electronic seals

	working atomic.Bool            // the background work runs
	address atomic.Pointer[string] // where it listens, once it does
}

// ServedAt says where the program listens, which is known only then when the port was left open.
func (a *App) ServedAt(at net.Addr) {
	scheme := "http://"
	if a.Config.TLSCertificate != "" {
		scheme = "https://"
	}
	text := scheme + at.String()
	a.address.Store(&text)
}

// Address is how the outside reaches the server: what the configuration says, or else where it listens.
func (a *App) Address() string {
	if a.Config.PublicURL != "" {
		return strings.TrimSuffix(a.Config.PublicURL, "/")
	}
	if at := a.address.Load(); at != nil {
		return *at
	}
	return "http://" + a.Config.Listen
}

// Params say how to open the program.
type Params struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	NewKEK  string // the file of [App.RewrapKeys], which may have been interrupted; "" for all others
}

// Open opens the store, migrates it, and makes the services. Nothing runs in the background yet.
func Open(ctx context.Context, p Params) (*App, error) {
	d, err := OpenStore(ctx, p.Config)
	if err != nil {
		return nil, err
	}
	a := &App{Config: p.Config, Version: p.Version, Log: p.Log, DB: d}
	if err := a.build(ctx, p.NewKEK); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

// OpenStore opens the database of a configuration and brings its tables to this version.
func OpenStore(ctx context.Context, c config.Config) (*db.DB, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	d, err := db.Open(ctx, db.Config{URL: c.Database()})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, Schemas()...); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (a *App) build(ctx context.Context, newKEK string) (err error) {
	if a.Keys, err = sm.LoadKeysBetween(filepath.Join(a.Config.Data, keysFolder), a.Config.KEKFile(), newKEK, a.Log); err != nil {
		return err
	}
	if a.Blobs, err = blob.New(filepath.Join(a.Config.Data, documentsFolder), a.Config.UploadLimit, a.Keys); err != nil {
		return err
	}
	a.Queue = job.New(a.DB, a.Log)
	a.Bus = event.New(a.Queue)
	if err := a.services(); err != nil {
		return err
	}
	if err := a.Accounts.CheckKeys(ctx); err != nil {
		return fmt.Errorf("the keys in %s do not open what the database holds; put back those it was written with: %w", filepath.Join(a.Config.Data, keysFolder), err)
	}
	return a.loadReference(ctx)
}

// loadReference loads what every installation begins with: regions, holidays and the offices of the province.
func (a *App) loadReference(ctx context.Context) error {
	if err := a.Offices.LoadReference(ctx); err != nil {
		return err
	}
	var offices int
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		offices, _, err = a.Offices.Count(ctx, tx)
		return err
	})
	if err != nil || offices > 0 {
		return err
	}
	_, err = a.Offices.SeedProvince(ctx)
	return err
}

// Close closes the store. Call it after everything that uses the App has ended.
func (a *App) Close() error { return a.DB.Close() }

// Backup says what belongs to an installation, for package backup.
func Backup(d *db.DB, c config.Config, version string) backup.Params {
	p := backup.Params{DB: d, Data: c.Data, Files: []string{documentsFolder, keysFolder}, Lasting: []string{keysFolder}, Version: version}
	for _, name := range blob.Passing() {
		p.Without = append(p.Without, documentsFolder+"/"+name)
	}
	return p
}
