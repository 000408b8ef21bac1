package hall

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "hall", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Keys seals what people say, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}

// Service runs halls. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
}

// New returns the service.
func New(d *db.DB, n Needs) *Service { return &Service{db: d, needs: n} }

// now is the instant of a transaction.
func (s *Service) now(tx *db.Tx) time.Time {
	if s.needs.Clock != nil {
		return s.needs.Clock().UTC().Truncate(time.Millisecond)
	}
	return tx.Now
}

func (s *Service) today(tx *db.Tx) civil.Date { return civil.Of(s.now(tx)) }

// newCode is what nobody guesses: 16 letters and digits, 80 random bits.
func newCode() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// CodeOf reads the code of a booking or a number out of what a reader of QR codes gives: the code itself or an address that ends with it; "" for
// anything else.
func CodeOf(text string) string {
	text = strings.TrimSpace(text)
	text = text[strings.LastIndexByte(text, '/')+1:]
	if len(text) != 16 {
		return ""
	}
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return ""
		}
	}
	return text
}

func aad(id, column string) []byte { return []byte("hall/" + id + "/" + column) }

func (s *Service) seal(text, id, column string) ([]byte, error) {
	sealed, err := s.needs.Keys.Seal([]byte(text), aad(id, column))
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", column, err)
	}
	return sealed, nil
}

func (s *Service) unseal(sealed []byte, id, column string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.needs.Keys.Open(sealed, aad(id, column))
	if err != nil {
		return "", fmt.Errorf("opening %s: %w", column, err)
	}
	return string(plain), nil
}

// leaf writes a leaf of a step.
func (s *Service) leaf(ctx context.Context, tx *db.Tx, by actor.Actor, kind, object, subject string, data map[string]any) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: subject, Object: object, Basis: "政务大厅服务", Data: data})
}

// missing turns a row that is not there into a refusal.
func missing(err error, key string) error {
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, key)
	}
	return err
}
