package item

import (
	"context"
	"encoding/json"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// TEMPORARY: the consistency meter brings Stated, StateMany and ElementValue; delete this file when it is there.

// Stated is what an entry says of one element.
type Stated struct {
	Entry   string
	Element string
	Said    string
}

// StateMany keeps what entries say differently from their base.
func (s *Service) StateMany(context.Context, *db.Tx, actor.Actor, string, []Stated) error { return nil }

// ElementValue is an element of a definition as one text.
func ElementValue(d *Definition, key string) string {
	value := map[string]any{"name": d.Name, "code": d.Code, "kind": d.Kind, "basis": d.Guide.Basis, "level": d.Levels, "audience": d.Audience, "handling": d.Instant,
		"legal_days": []any{d.LegalDays, d.LegalUnit}, "conditions": d.Guide.Conditions, "materials": d.Guide.Materials, "procedure": d.Guide.Steps,
		"result": d.Guide.Results, "fee": []any{d.Guide.Fees, d.Guide.FeeNote}}[key]
	text, _ := json.Marshal(value)
	return string(text)
}
