package cert

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Erased is how a certificate ended that was erased at its holder's request. The register keeps its identifier, type, issuer and dates, so that a
// verifier is told that it is not in force and why nothing more can be said, instead of being told that it is forged.
const Erased Kind = "erased"

// EraseHolder empties what the register holds of a holder, in the caller's transaction, which erases the log as well; how many certificates were
// emptied. fault.Conflict "cert.erase_in_force" while one of them is in force, held up or being made: others still rely on it (《个人信息保护法》第四十七条
// asks for erasure when the purpose is fulfilled, and it is not).
func (s *Service) EraseHolder(ctx context.Context, tx *db.Tx, subject string) (int, error) {
	if subject == "" {
		return 0, nil
	}
	rows, err := db.All[row](ctx, tx, selectRow+`subject_id = $1 ORDER BY id`, subject)
	if err != nil {
		return 0, err
	}
	today := civil.Of(tx.Now)
	for _, r := range rows {
		switch r.cert().Standing(today) {
		case Prepared, Valid, Suspended:
			return 0, fault.New(fault.Conflict, "cert.erase_in_force")
		}
	}
	for _, r := range rows {
		// Codes that are checked offline hold no data of anybody, and must stay recalled until their days are over.
		for _, table := range []string{"cert_document", "cert_presentation", "cert_verification", "cert_grant", "cert_copy", "cert_public"} {
			if err := tx.Later(ctx, `DELETE FROM `+table+` WHERE cert_id = $1`, r.ID); err != nil {
				return 0, err
			}
		}
		// The record may not be NULL; one zero byte opens as nothing.
		err := tx.Later(ctx, `UPDATE cert_cert SET state = $1, subject_id = '', holder = '', case_number = '', record = $2, signature = NULL, ended_at = $3, ended_kind = $4,
ended_reason = NULL, ended_by = '', ended_case = '' WHERE id = $5`, string(Revoked), []byte{0}, tx.Now, string(Erased), r.ID)
		if err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// WasErased tells whether a certificate has ended and was erased.
func (s *Service) WasErased(ctx context.Context, tx *db.Tx, identifier string) (bool, error) {
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM cert_cert WHERE identifier = $1 AND ended_kind = $2`, identifier, string(Erased))
	return n > 0, err
}

// judgeErased says what can still be said. Nobody reads in the log that it was verified: there is nobody left whom it touches.
func (v *verification) judgeErased() {
	v.verdict.add(CheckFound, true, "good")
	v.verdict.add(CheckState, false, "erased", civil.Of(v.row.EndedAt).String())
	v.verdict.Certificate = v.row.cert().shown()
	v.verdict.Certificate.State = Revoked
}
