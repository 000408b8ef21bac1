package certweb

import (
	"context"
	"time"

	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/signed"
)

// DocumentJSON is a report on a file for programs.
type DocumentJSON struct {
	Format     string          `json:"format"`
	Valid      bool            `json:"valid"`
	Intact     bool            `json:"intact"`
	Refused    string          `json:"refused,omitempty"`
	Signatures []signatureJSON `json:"signatures"`
	Findings   []findingJSON   `json:"findings"`
}

type signatureJSON struct {
	Name   string        `json:"name,omitempty"`
	Seal   string        `json:"seal,omitempty"`
	Signer string        `json:"signer,omitempty"`
	At     *time.Time    `json:"at,omitempty"`
	Checks []findingJSON `json:"checks"`
}

type findingJSON struct {
	Name    string         `json:"name"`
	Outcome signed.Outcome `json:"outcome"`
	Detail  string         `json:"detail"`
}

// NewDocumentJSON says a report, its details in the words of say.
func NewDocumentJSON(r signed.Report, say func(key string, args ...any) string) *DocumentJSON {
	list := func(findings []signed.Finding) []findingJSON {
		out := make([]findingJSON, len(findings))
		for i, f := range findings {
			out[i] = findingJSON{f.Name, f.Outcome, say(FindingKey(f), f.Args...)}
		}
		return out
	}
	d := &DocumentJSON{Format: string(r.Format), Valid: r.Valid(), Intact: r.Intact(), Refused: r.Refused, Signatures: make([]signatureJSON, len(r.Signatures)), Findings: list(r.Findings)}
	for i, s := range r.Signatures {
		d.Signatures[i] = signatureJSON{Name: s.Name, Seal: s.SealID, Signer: s.Signer, Checks: list(s.Checks)}
		if !s.At.IsZero() {
			d.Signatures[i].At = &r.Signatures[i].At
		}
	}
	return d
}

func documentOf(ctx context.Context, r *signed.Report) *DocumentJSON {
	return NewDocumentJSON(*r, func(key string, args ...any) string { return page.T(ctx, key, args...) })
}
