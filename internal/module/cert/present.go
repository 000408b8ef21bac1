package cert

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// presentedFor is how long a code is good (亮证): long enough to be scanned, too short to be passed on.
const presentedFor = 60 * time.Second

// mostReplays is how many times a code that comes again is written down: more would only fill the log.
const mostReplays = 10

// Presentation is a code that shows a certificate once.
type Presentation struct {
	Token   string // 43 letters; nothing here can find it again
	Link    string // what the code to scan holds
	Expires time.Time
}

// Present makes a one-time code of by's own certificate, or of the company or ward by acts for. With fields it shows those alone, see [Service.Choices]:
// fault.Invalid, field "field", for others. fault.NotFound "cert.not_found" for anybody else's, fault.Conflict "cert.not_in_force" when it is not valid
// today.
func (s *Service) Present(ctx context.Context, by actor.Actor, identifier string, fields ...string) (p Presentation, err error) {
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return p, err
	}
	p.Token = base64.RawURLEncoding.EncodeToString(secret[:])
	p.Link = s.needs.Base + "/verify?token=" + p.Token
	r, now, err := s.presentable(ctx, by, identifier)
	if err != nil {
		return p, err
	}
	var part []byte
	if len(fields) > 0 { // signed before the transaction
		if part, err = s.makePart(r, now, tokenHash(p.Token), fields); err != nil {
			return p, err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		// A day is longer than anybody asks why a code was refused; then it is forgotten.
		if err := tx.Later(ctx, `DELETE FROM cert_presentation WHERE cert_id = $1 AND expires_at < $2`, r.ID, tx.Now.Add(-24*time.Hour)); err != nil {
			return err
		}
		p.Expires = tx.Now.Add(presentedFor)
		err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.presented", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier)})
		if err != nil {
			return err
		}
		return tx.Later(ctx, `INSERT INTO cert_presentation (token_hash, cert_id, made_at, expires_at, part) VALUES ($1, $2, $3, $4, $5)`,
			tokenHash(p.Token), r.ID, tx.Now, p.Expires, part)
	})
	return p, err
}

// presentable finds a certificate of by's own that is valid today.
func (s *Service) presentable(ctx context.Context, by actor.Actor, identifier string) (r row, now time.Time, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		if r, err = s.inForce(ctx, tx, by, identifier); err != nil {
			return err
		}
		return s.lay(ctx, tx, &r)
	})
	return r, now, err
}

func (s *Service) inForce(ctx context.Context, tx *db.Tx, by actor.Actor, identifier string) (r row, err error) {
	if r, err = s.held(ctx, tx, by, identifier); err != nil {
		return r, err
	}
	if r.cert().Standing(civil.Of(tx.Now)) != Valid {
		return r, fault.New(fault.Conflict, "cert.not_in_force")
	}
	return r, nil
}

// held finds a certificate of by's own, in force or not.
func (s *Service) held(ctx context.Context, tx *db.Tx, by actor.Actor, identifier string) (row, error) {
	r, err := byIdentifier(ctx, tx, identifier)
	if err == nil && !s.holds(by, r) {
		err = errHidden
	}
	return r, err
}

func tokenHash(token string) []byte {
	sum := sm.Sum([]byte(token))
	return sum[:]
}

// code is a presentation as it rests.
type code struct {
	CertID    string
	ExpiresAt time.Time
	UsedAt    time.Time
	Replays   int64
	Part      []byte
	TokenHash []byte
}

// presented is a code with its certificate, read with one question.
type presented struct {
	code
	row
}

var selectPresented = `SELECT p.cert_id, p.expires_at, p.used_at, p.replays, p.part, p.token_hash, c.` + strings.ReplaceAll(strings.ReplaceAll(columns, "\n", " "), ", ", ", c.") + `
FROM cert_presentation p JOIN cert_cert c ON c.id = p.cert_id WHERE p.token_hash = $1`

func findCode(ctx context.Context, tx *db.Tx, token string) (presented, error) {
	return db.One[presented](ctx, tx, selectPresented, tokenHash(token))
}

// wrong says why a code is not taken; "" when it is.
func (c code) wrong(now time.Time) string {
	switch {
	case !c.UsedAt.IsZero():
		return "used"
	case !c.ExpiresAt.After(now):
		return "expired"
	}
	return ""
}

// noteReplay writes down that a used code came again: somebody made a picture of it.
func (s *Service) noteReplay(ctx context.Context, by actor.Actor, c code, r row) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.replayed(ctx, tx, by, c, r) })
}

func (s *Service) replayed(ctx context.Context, tx *db.Tx, by actor.Actor, c code, r row) error {
	n, err := tx.Exec(ctx, `UPDATE cert_presentation SET replays = replays + 1, replayed_at = $1 WHERE token_hash = $2 AND replays < $3`,
		tx.Now, c.TokenHash, mostReplays)
	if err != nil || n == 0 {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.replay_refused", Actor: by.Name(), Office: by.OfficePath, Subject: r.SubjectID,
		Object: object(r.Identifier), Basis: "电子证照验证"})
}

// Seen is what happened to the codes of a certificate while its holder looks at one.
type Seen struct {
	Verifications []Verification // newest first, of the last ten minutes
	Replays       int            // times a used code came again, of the last day
	ReplayedAt    time.Time
}

// seenFor is how far back the page with a code looks.
const seenFor = 10 * time.Minute

// Seen tells by, the holder, what became of the codes shown last.
func (s *Service) Seen(ctx context.Context, by actor.Actor, identifier string) (out Seen, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		r, err := s.held(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		if out.Verifications, err = verificationsOf(ctx, tx, r.ID, 5, tx.Now.Add(-seenFor)); err != nil {
			return err
		}
		type replay struct {
			Replays    int64
			ReplayedAt time.Time
		}
		list, err := db.All[replay](ctx, tx, `SELECT replays, replayed_at FROM cert_presentation WHERE cert_id = $1 AND replays > 0 ORDER BY replayed_at DESC LIMIT 100`, r.ID)
		for i, x := range list {
			out.Replays += int(x.Replays)
			if i == 0 {
				out.ReplayedAt = x.ReplayedAt
			}
		}
		return err
	})
	return out, err
}

func verificationsOf(ctx context.Context, tx *db.Tx, certID string, limit int, since time.Time) ([]Verification, error) {
	if since.IsZero() {
		since = time.Unix(0, 0) // no time is NULL, and nothing is later than that
	}
	list, err := db.All[Verification](ctx, tx, `SELECT id, way, valid, post, verifier, who, purpose, part, complained_at, at FROM cert_verification
WHERE cert_id = $1 AND at >= $2 ORDER BY id DESC LIMIT $3`, certID, since, limit)
	if err != nil {
		return nil, fmt.Errorf("reading who verified a certificate: %w", err)
	}
	return list, nil
}

// Recall makes worthless what by, the holder, has shown of a certificate and nobody has used so far: codes, and codes for use without a network.
func (s *Service) Recall(ctx context.Context, by actor.Actor, identifier string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.held(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		if err := tx.Later(ctx, `UPDATE cert_presentation SET expires_at = made_at WHERE cert_id = $1 AND used_at IS NULL AND expires_at > $2`, r.ID, tx.Now); err != nil {
			return err
		}
		if err := tx.Later(ctx, `UPDATE cert_offline SET ended_at = $1 WHERE cert_id = $2 AND ended_at IS NULL AND expires_at > $3`, tx.Now, r.ID, tx.Now); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.codes_recalled", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier)})
	})
}
