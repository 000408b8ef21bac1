package logweb

import (
	"context"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// kindWithheld stands in the place of the kind of a leaf that is withheld; it is never written to the log.
const kindWithheld = "withheld"

// veil shows the subject of withheld leaves that there is one, the law that withholds it and the day on which it opens, and nothing else. What is not
// withheld, or no longer, stays as it is.
func (s *site) veil(ctx context.Context, tx *db.Tx, list []audit.Leaf) error {
	hidden, err := s.Log.Withheld(ctx, tx, list)
	for i, l := range list {
		if w, ok := hidden[l.ID]; ok {
			// At is the day it opens. The identifier stays: the next page begins there.
			list[i] = audit.Leaf{Position: l.Position, ID: l.ID, Kind: kindWithheld, Subject: l.Subject, Basis: w.Law, At: w.Until, Commitment: l.Commitment}
		}
	}
	return err
}

func veiled(l audit.Leaf) bool { return l.Kind == kindWithheld }
