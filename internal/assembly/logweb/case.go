package logweb

import (
	"errors"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
)

type caseProofView struct {
	Number string
	Leaves []leafView
	Paged  bool
	Next   string
}

// caseProof is GET /cases/{number}/proof: what the log has of a case, the oldest first, each with its proof. It shows no more of a leaf than its kind
// and time, which who may see the case knows.
func (s *site) caseProof(w http.ResponseWriter, r *http.Request) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	v := caseProofView{Number: r.PathValue("number"), Paged: after != ""}
	if err := s.MaySee(ctx, actor.FromContext(ctx), v.Number); err != nil {
		return err
	}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		list, err := s.Log.ByObject(ctx, tx, "case:"+v.Number, after, rows+1)
		if err != nil {
			return err
		}
		if len(list) > rows {
			list = list[:rows]
			v.Next = "/cases/" + v.Number + "/proof?" + url.Values{"after": {list[rows-1].ID}}.Encode()
		}
		if err := s.veil(ctx, tx, list); err != nil {
			return err
		}
		for _, l := range list {
			leaf := leafView{Leaf: l, Pending: l.Position == audit.Waiting}
			if !leaf.Pending {
				leaf.Proof, err = s.Log.Prove(ctx, tx, l.Position)
				if leaf.Pending = errors.Is(err, audit.ErrUnknown); !leaf.Pending && err != nil {
					return err
				}
			}
			leaf.Sound = !leaf.Pending && leaf.Proof.Verify() == nil
			v.Leaves = append(v.Leaves, leaf)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, caseProofPage(v))
}

func (v caseProofView) pager() *design.PagerParams {
	if v.Next == "" && !v.Paged {
		return nil
	}
	return &design.PagerParams{First: "/cases/" + v.Number + "/proof", Next: v.Next}
}
