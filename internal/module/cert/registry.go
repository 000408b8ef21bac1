package cert

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Levels are the levels of government that may issue a type (颁发层级), in the order pages show them.
var Levels = []string{"province", "city", "county"}

// HolderKinds are who may hold a type (持证主体), in the order pages show them.
var HolderKinds = []string{VerifierPerson, VerifierCompany, "either"}

// Validities of a compact row besides a number of years.
const (
	validLong   = "long"   // without an end
	validStated = "stated" // each certificate says it
)

const statedTerm = "以证照载明的期限为准"

// checkRegistry refuses what the directory of types could not show.
func (t Type) checkRegistry() error {
	var errs []error
	if t.Holder != "" && !slices.Contains(HolderKinds, t.Holder) {
		errs = append(errs, fmt.Errorf("holder %q is unknown", t.Holder))
	}
	for _, l := range t.Levels {
		if !slices.Contains(Levels, l) {
			errs = append(errs, fmt.Errorf("level %q is unknown", l))
		}
	}
	for _, p := range t.Purposes {
		if !slices.Contains(Purposes, p) {
			errs = append(errs, fmt.Errorf("purpose %q is unknown", p))
		}
	}
	if t.Seal != "" && t.Seal != "official" {
		errs = append(errs, fmt.Errorf("seal %q is unknown", t.Seal))
	}
	errs = append(errs, t.checkJoint())
	if t.Layout != nil {
		errs = append(errs, t.Layout.check(t))
	}
	return errors.Join(errs...)
}

// Schema describes what a certificate of the type says as JSON Schema (2020-12). It names fields only and tells nothing of how they are filled in.
func (t Type) Schema() map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range t.Fields {
		p := map[string]any{"type": "string", "title": f.Label}
		switch f.As {
		case "date":
			p["description"] = "日期，写作“2026年1月31日”"
		case "count":
			p["pattern"] = "[0-9]+"
		}
		if f.After != "" {
			p["description"] = "单位：" + f.After
		}
		properties[f.Key] = p
		if f.Required {
			required = append(required, f.Key)
		}
	}
	return map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": t.Name, "type": "object", "properties": properties,
		"required": required, "additionalProperties": false}
}

// Hidden lists the labels of the fields a kind of verifier does not read when the holder shows the certificate.
func (t Type) Hidden(kind string) []string {
	shown, limited := t.Shows[kind]
	if !limited {
		return nil
	}
	var out []string
	for _, f := range t.Fields {
		if !slices.Contains(shown, f.Key) {
			out = append(out, f.Label)
		}
	}
	return out
}

// Taken tells how the certificates of the type get their number: by a rule of ours, or as the issuing office writes it.
func (n Number) Taken() bool {
	return len(n.Parts) == 1 && strings.HasPrefix(n.Parts[0].From, "answers.")
}
