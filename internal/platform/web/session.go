package web

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the table of sessions.
var Schema = db.Schema{Name: "web", FS: schemaFS}

// SessionLife is how long a session lasts at most, however busy.
const SessionLife = 12 * time.Hour

// NewSessions returns a session manager that keeps sessions in d, under the hash of their token. A session is read by one indexed
// read and written only when it changed; strangers have none.
func NewSessions(d *db.DB, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = &store{d}
	m.Codec = codec{}
	m.HashTokenInStore = true
	m.Lifetime = SessionLife
	m.Cookie.Name = "xiangyun_session"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	m.Cookie.Persist = false
	return m
}

// store keeps sessions in web_session.
type store struct{ db *db.DB }

// FindCtx implements scs.CtxStore.
func (s *store) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		data, err = db.One[[]byte](ctx, tx, `SELECT data FROM web_session WHERE token_hash = $1 AND expires_at > $2`, token, tx.Now)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx implements scs.CtxStore.
func (s *store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `INSERT INTO web_session (token_hash, data, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, token, data, expiry)
	})
}

// DeleteCtx implements scs.CtxStore.
func (s *store) DeleteCtx(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM web_session WHERE token_hash = $1`, token)
	})
}

// Find implements scs.Store; the session manager calls the ctx forms.
func (s *store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *store) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store.
func (s *store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// SweepSessions deletes expired sessions.
func SweepSessions(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM web_session WHERE expires_at < $1`, tx.Now)
	})
}
