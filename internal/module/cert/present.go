package cert

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
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

// Presentation is a code that shows a certificate once.
type Presentation struct {
	Token   string // 43 letters; nothing here can find it again
	Link    string // what the code to scan holds
	Expires time.Time
}

// Present makes a one-time code of by's own certificate, or the company's by acts for. fault.NotFound "cert.not_found" for anybody else's,
// fault.Conflict "cert.not_in_force" when it is not valid today.
func (s *Service) Present(ctx context.Context, by actor.Actor, identifier string) (p Presentation, err error) {
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return p, err
	}
	p.Token = base64.RawURLEncoding.EncodeToString(secret[:])
	p.Link = s.needs.Base + "/verify?token=" + p.Token
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := byIdentifier(ctx, tx, identifier)
		if err != nil {
			return err
		}
		if !s.holds(by, r) {
			return errHidden
		}
		if r.cert().Standing(civil.Of(tx.Now)) != Valid {
			return fault.New(fault.Conflict, "cert.not_in_force")
		}
		// A day is longer than anybody asks why a code was refused; then it is forgotten.
		if err := tx.Later(ctx, `DELETE FROM cert_presentation WHERE cert_id = $1 AND expires_at < $2`, r.ID, tx.Now.Add(-24*time.Hour)); err != nil {
			return err
		}
		p.Expires = tx.Now.Add(presentedFor)
		err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.presented", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier)})
		if err != nil {
			return err
		}
		return tx.Later(ctx, `INSERT INTO cert_presentation (token_hash, cert_id, made_at, expires_at) VALUES ($1, $2, $3, $4)`, tokenHash(p.Token), r.ID, tx.Now, p.Expires)
	})
	return p, err
}

func tokenHash(token string) []byte {
	sum := sm.Sum([]byte(token))
	return sum[:]
}

// redeem uses a code up and returns the certificate it shows. Otherwise why says what is wrong with it: unknown, used or expired; of two who
// come with the same code, one gets the certificate.
func (s *Service) redeem(ctx context.Context, token string) (r row, why string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, why = row{}, ""
		ids, err := db.All[string](ctx, tx, `UPDATE cert_presentation SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING cert_id`,
			tx.Now, tokenHash(token), tx.Now)
		if err != nil {
			return err
		}
		if len(ids) == 1 {
			r, err = byID(ctx, tx, ids[0])
			return err
		}
		type state struct{ UsedAt time.Time }
		st, err := db.One[state](ctx, tx, `SELECT used_at FROM cert_presentation WHERE token_hash = $1`, tokenHash(token))
		switch {
		case errors.Is(err, db.ErrNotFound):
			why = "unknown"
			return nil
		case !st.UsedAt.IsZero():
			why = "used"
		default:
			why = "expired"
		}
		return err
	})
	return r, why, err
}
