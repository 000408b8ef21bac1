package power

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Seed loads powers as the list had them before this program kept it: each is in force from today, without an adjustment and without being told
// to anybody. A power that is there already, with whatever it says, is left as it is: from then on only adjustments change it. It returns how
// many were written.
func (s *Service) Seed(ctx context.Context, by actor.Actor, definitions []Definition) (written int, err error) {
	if err := s.needs.Rights.Check(by, ActPublish, actor.Target{OfficePath: keptAt}); err != nil {
		return 0, err
	}
	for i := range definitions {
		if err := Check(&definitions[i]); err != nil {
			return 0, fmt.Errorf("checking power %s: %w", definitions[i].Code, err)
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		codes, err := knownCodes(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the codes of the list: %w", err)
		}
		known := make(map[string]bool, len(codes))
		for _, c := range codes {
			known[c] = true
		}
		var list []Version
		all := sha256.New()
		for _, d := range definitions {
			if known[d.Code] {
				continue
			}
			known[d.Code] = true
			digest, err := digestOf(&d)
			if err != nil {
				return err
			}
			fmt.Fprintf(all, "%s %s\n", d.Code, digest)
			list = append(list, Version{ID: db.NewKey(), Version: 1, Change: Adopt, State: InForce, From: civil.Of(tx.Now), Reason: d.Basis[0].Law + d.Basis[0].Article,
				Digest: digest, Definition: d, PublishedAt: tx.Now, PublishedBy: by.Name()})
		}
		if written = len(list); written == 0 {
			return nil
		}
		if err := insertVersions(ctx, tx, "", list); err != nil {
			return fmt.Errorf("storing the list: %w", err)
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "power.loaded", Actor: by.Name(), Office: by.OfficePath, Object: "power", Basis: "权责清单",
			Data: map[string]any{"powers": written, "digest": hex.EncodeToString(all.Sum(nil))}})
	})
	return written, err
}
