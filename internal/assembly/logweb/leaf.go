package logweb

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
)

type leafView struct {
	Leaf    audit.Leaf
	Proof   audit.Proof
	Pending bool // numbered, but no checkpoint reaches it yet
	Sound   bool // the proof was checked just now
	Opened  bool // who looks may read what it says
	Who     design.Cell

	Withheld audit.Withholding // from who looks, who is its subject; zero otherwise
}

// leaf is GET /log/leaves/{position}. Everybody sees the commitment and its proof; what it was made from only the subject and the
// auditor, whose look is a leaf in turn.
func (s *site) leaf(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	n, err := position(r.PathValue("position"))
	if err != nil {
		return err
	}
	var v leafView
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		if v.Leaf, err = s.Log.At(ctx, tx, n); err != nil {
			return absent(err)
		}
		v.Proof, err = s.Log.Prove(ctx, tx, n)
		if v.Pending = errors.Is(err, audit.ErrUnknown); v.Pending {
			err = nil
		}
		if err != nil {
			return err
		}
		hidden, err := s.Log.Withheld(ctx, tx, []audit.Leaf{v.Leaf})
		if err != nil {
			return err
		}
		if owns(by, v.Leaf) {
			v.Withheld = hidden[v.Leaf.ID]
		}
		v.Who, err = s.witness(tx, by).who(ctx, v.Leaf)
		return err
	})
	if err != nil {
		return err
	}
	v.Sound = !v.Pending && v.Proof.Verify() == nil
	v.Opened = owns(by, v.Leaf) && v.Withheld.Until.IsZero()
	if !v.Opened && s.audits(by) {
		if err := s.Offices.ReadLog(ctx, by, office.LogReading{Asked: map[string]string{"position": number(n)}, Subject: v.Leaf.Subject}); err != nil {
			return err
		}
		v.Opened = true
	}
	return page.Render(w, r, http.StatusOK, leafPage(v))
}

// proofOf is the proof of the page's leaf.
func proofOf(ctx context.Context, v leafView) design.LogProofParams {
	p := proofBlock(ctx, v, "", 2)
	p.Href = ""
	return p
}

// proofBlock shows a leaf's proof anywhere, under a heading of this level; the browser checks it by itself.
func proofBlock(ctx context.Context, v leafView, title string, level int) design.LogProofParams {
	p := design.LogProofParams{Title: title, Level: level, Index: v.Leaf.Position, Leaf: hex.EncodeToString(audit.LeafHash(v.Leaf.Commitment)), Pending: v.Pending, Verified: v.Sound}
	if v.Pending {
		return p
	}
	c := v.Proof.Checkpoint
	p.Root, p.Size, p.At = hex.EncodeToString(c.Root), c.Size, page.DateTime(ctx, c.At)
	for _, h := range v.Proof.Hashes {
		p.Path = append(p.Path, hex.EncodeToString(h))
	}
	p.Commitment, p.Href, p.File = hex.EncodeToString(v.Leaf.Commitment), leafHref(v.Leaf.Position), leafHref(v.Leaf.Position)+"/proof"
	return p
}

// proofFile is GET /log/leaves/{position}/proof: the proof as C2SP tlog-proof, to be checked without network.
func (s *site) proofFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	n, err := position(r.PathValue("position"))
	if err != nil {
		return err
	}
	var p audit.Proof
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		if p, err = s.Log.Prove(ctx, tx, n); err != nil {
			return absent(err)
		}
		list := []audit.Checkpoint{p.Checkpoint}
		err = s.Log.Cosigned(ctx, tx, list)
		p.Checkpoint = list[0]
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="leaf-`+number(n)+`.tlog-proof"`)
	return text(w, p.Text(), "no-cache")
}

// content is what a leaf says, in the order in which it is committed to.
func content(ctx context.Context, v leafView) []design.SummaryRow {
	l := v.Leaf
	about := thing(ctx, l.Object)
	object := design.SummaryRow{Key: page.T(ctx, "log.thing"), Value: about.Text}
	if about.Href != "" {
		object.View = link(about)
	}
	return []design.SummaryRow{
		{Key: page.T(ctx, "log.what"), Value: kindWords(ctx, l.Kind), Hint: l.Kind},
		{Key: page.T(ctx, "log.when"), Value: page.DateTime(ctx, l.At), Hint: number(l.At.UnixMilli())},
		{Key: page.T(ctx, "log.who"), Value: v.Who.Text, Hint: v.Who.Note},
		object,
		{Key: page.T(ctx, "log.basis"), Value: l.Basis},
		{Key: page.T(ctx, "log.data"), View: code(or(string(l.Data), "—"))},
		{Key: page.T(ctx, "log.id"), View: code(l.ID)},
		{Key: page.T(ctx, "log.salt"), View: code(hex.EncodeToString(l.Salt))},
	}
}

// commitmentRows are what everybody sees of a leaf beside its proof.
func commitmentRows(ctx context.Context, v leafView) []design.SummaryRow {
	p := audit.TilePath{Place: v.Leaf.Position / 256, Width: int(v.Leaf.Position%256) + 1}
	tile := design.Cell{Text: apiBase + "/" + p.String(), Href: apiBase + "/" + p.String()}
	return []design.SummaryRow{{Key: page.T(ctx, "log.commitment"), View: code(hex.EncodeToString(v.Leaf.Commitment))}, {Key: page.T(ctx, "log.tile"), View: link(tile)}}
}
