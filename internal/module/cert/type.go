package cert

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// Type is a kind of certificate (证照类型, GB/T 36902): what stands on it, how it is numbered, how long it lasts. It is data, written as TOML.
type Type struct {
	Key       string            `json:"key" toml:"key"`             // as items name it
	Code      string            `json:"code" toml:"code"`           // 21 characters: who defined it, and three digits
	Name      string            `json:"name" toml:"name"`           // the certificate's title
	Basis     string            `json:"basis" toml:"basis"`         // the law it is issued under
	Issuer    string            `json:"issuer" toml:"issuer"`       // deciding: the office that decided; government: the government it belongs to
	Signatory string            `json:"signatory" toml:"signatory"` // the post that signs (签发人): a certificate names no officer
	Years     int               `json:"years" toml:"years"`         // it is valid for; 0 has no end
	Term      string            `json:"term" toml:"term"`           // said instead of a last day: 长期
	Effects   map[string]Effect `json:"effects" toml:"effects"`     // by the item's variant; issue where none is named
	Number    Number            `json:"number" toml:"number"`       //
	Fields    []Field           `json:"fields" toml:"fields"`       // from top to bottom
	Doubts    []string          `json:"doubts,omitempty" toml:"doubts"`
	// Shows names the fields a kind of verifier (officer, company, person, stranger) reads of a code its holder presents, "number" among them for the
	// certificate's number. A kind that is not named reads the whole face: what must hang in the shop anyway is no secret.
	Shows map[string][]string `json:"shows,omitempty" toml:"shows"`
	// Public opens the register of these certificates to everybody, where a law does (律师法). Unit is the field that says where a holder practises.
	Public *Public `json:"public,omitempty" toml:"public"`

	Department string   `json:"department,omitempty" toml:"department"` // which departments answer for the type
	Holder     string   `json:"holder,omitempty" toml:"holder"`         // one of [HolderKinds]
	Levels     []string `json:"levels,omitempty" toml:"levels"`         // of [Levels]; none named: wherever the items are decided
	Seal       string   `json:"seal,omitempty" toml:"seal"`             // the kind of the issuer's seal that is affixed; "" the official one
	Joint      []string `json:"joint,omitempty" toml:"joint"`           // offices whose seals stand beside the issuer's: d31 of its region, 22d31 anywhere
	Purposes   []string `json:"purposes,omitempty" toml:"purposes"`     // of [Purposes], those it may be verified for; none named: all
	Layout     *Layout  `json:"layout,omitempty" toml:"layout"`         // where the fields stand; none: one below the other
}

// Public says what an open register shows besides name and number.
type Public struct {
	Unit string `json:"unit" toml:"unit"`
}

// Effect is what an approved case does to certificates.
type Effect string

// The effects.
const (
	Issue   Effect = "issue"
	Replace Effect = "replace" // the next version of the one held, or a new one when it was on paper
	Cancel  Effect = "cancel"  // 注销 on application: ends the one held
)

// Number is how certificates are numbered (证照编号): texts, facts of the case and one serial.
type Number struct {
	Parts []Part `json:"parts" toml:"parts"`
	// Check is the rule of the last character: mod11-10 (GB/T 17710 over the digits before it), uscc (the two check characters of a unified
	// social credit code), or "" for none.
	Check string `json:"check" toml:"check"`
}

// Part is one part of a number; exactly one of Text, From and Serial is set.
type Part struct {
	Text    string            `json:"text,omitempty" toml:"text"`
	From    string            `json:"from,omitempty" toml:"from"`       // a source, see [Field]
	Words   map[string]string `json:"words,omitempty" toml:"words"`     // what a value becomes
	Several string            `json:"several,omitempty" toml:"several"` // what several values become
	Serial  int               `json:"serial,omitempty" toml:"serial"`   // digits; counted for each text that stands before it
}

// Field is one line of the face. Its value is looked for in From, in order, and joined: answers.PATH of the form, situation.KEY, and what is
// known of applicant, case, decision, issuer, validity: see [facts].
type Field struct {
	Key      string            `json:"key" toml:"key"`
	Label    string            `json:"label" toml:"label"`
	From     []string          `json:"from" toml:"from"`
	As       string            `json:"as,omitempty" toml:"as"`       // date, count; "" as it is
	Words    map[string]string `json:"words,omitempty" toml:"words"` // what a value is called on the face
	Where    string            `json:"where,omitempty" toml:"where"` // of a list of groups: those with "role=build"
	Pick     string            `json:"pick,omitempty" toml:"pick"`   // of a group: this answer
	Before   string            `json:"before,omitempty" toml:"before"`
	After    string            `json:"after,omitempty" toml:"after"` // a unit
	Required bool              `json:"required" toml:"required"`     // without it nothing is issued
}

// ParseType reads a type written as TOML and checks it. A key that does not exist is refused, so that a misspelt one is not silently lost.
func ParseType(text []byte) (Type, error) {
	var t Type
	meta, err := toml.Decode(string(text), &t)
	if err != nil {
		return t, fmt.Errorf("reading a certificate type: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return t, fmt.Errorf("reading a certificate type: unknown keys %v", unknown)
	}
	return t, t.check()
}

// check refuses a type that could not be issued.
func (t Type) check() error {
	var errs []error
	refuse := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("certificate type "+t.Key+": "+format, args...))
	}
	if _, err := certcode.ParseKind(t.Code); err != nil {
		refuse("code: %w", err)
	}
	if t.Key == "" || t.Name == "" || t.Basis == "" || t.Signatory == "" || len(t.Fields) == 0 {
		refuse("key, name, basis, signatory and fields are required")
	}
	if t.Issuer != "deciding" && t.Issuer != "government" {
		refuse("issuer %q is neither deciding nor government", t.Issuer)
	}
	if t.Years < 0 || (t.Years == 0) == (t.Term == "") {
		refuse("either years or term says how long it lasts")
	}
	for variant, e := range t.Effects {
		if e != Issue && e != Replace && e != Cancel {
			refuse("effect %q of variant %s is unknown", e, variant)
		}
	}
	if err := t.Number.check(); err != nil {
		refuse("%w", err)
	}
	seen := map[string]bool{}
	for _, f := range t.Fields {
		if f.Key == "" || f.Label == "" || seen[f.Key] || len(f.From) == 0 {
			refuse("field %q needs a key of its own, a label and a source", f.Key)
		}
		seen[f.Key] = true
		if f.As != "" && f.As != "date" && f.As != "count" {
			refuse("field %s: as %q is unknown", f.Key, f.As)
		}
		for _, source := range f.From {
			if !knownSource(source) {
				refuse("field %s: no source %q", f.Key, source)
			}
		}
	}
	for kind, keys := range t.Shows {
		if kind != VerifierOfficer && kind != VerifierCompany && kind != VerifierPerson && kind != VerifierStranger {
			refuse("shows: %q is no kind of verifier", kind)
		}
		for _, key := range keys {
			if !seen[key] && key != "number" {
				refuse("shows: there is no field %q", key)
			}
		}
	}
	if t.Public != nil && !seen[t.Public.Unit] {
		refuse("public: there is no field %q", t.Public.Unit)
	}
	if err := t.checkRegistry(); err != nil {
		refuse("%w", err)
	}
	return errors.Join(errs...)
}

func knownSource(source string) bool {
	head, rest, _ := strings.Cut(strings.TrimPrefix(source, "region:"), ".")
	return (head == "answers" || head == "situation") && rest != "" || factNames[source]
}

// DeployType makes t the newest version of its key, at once. The same again changes nothing.
func (s *Service) DeployType(ctx context.Context, tx *db.Tx, t Type) error {
	return deploy(ctx, tx, t, civil.Date{})
}

// deploy stores t as the newest version of its key; it holds from a day on, or at once for none.
func deploy(ctx context.Context, tx *db.Tx, t Type, from civil.Date) error {
	if err := t.check(); err != nil {
		return err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	sum := sm.Sum(text)
	digest := hex.EncodeToString(sum[:])
	type row struct {
		Version int64
		Digest  string
	}
	last, err := db.One[row](ctx, tx, `SELECT version, digest FROM cert_type WHERE type_key = $1 ORDER BY version DESC LIMIT 1`, t.Key)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if last.Digest == digest {
		return nil
	}
	return tx.Later(ctx, `INSERT INTO cert_type (id, type_key, version, code, name, digest, definition, deployed_at, effective_on, department, holder_kind) VALUES (`+
		db.In(11, 1)+`)`, db.NewKey(), t.Key, last.Version+1, t.Code, t.Name, digest, string(text), tx.Now, from.String(), t.Department, t.Holder)
}

// deployed is a version of a type.
type deployed struct {
	ID      string
	Version int64
	Type
}

// latestType returns the version that holds today.
func latestType(ctx context.Context, tx *db.Tx, key string) (deployed, error) {
	type row struct {
		ID         string
		Version    int64
		Definition db.JSON[Type]
	}
	r, err := db.One[row](ctx, tx, `SELECT id, version, definition FROM cert_type WHERE type_key = $1 AND effective_on <= $2
ORDER BY version DESC LIMIT 1`, key, civil.Of(tx.Now).String())
	if err != nil {
		return deployed{}, fmt.Errorf("finding the certificate type %s: %w", key, err)
	}
	return deployed{r.ID, r.Version, r.Definition.V}, nil
}

// typeOf returns the very version a certificate was issued under.
func (s *Service) typeOf(ctx context.Context, tx *db.Tx, id string) (Type, error) {
	t, ok, age := s.types.Get(id)
	if ok {
		return t, nil
	}
	definition, err := db.One[db.JSON[Type]](ctx, tx, `SELECT definition FROM cert_type WHERE id = $1`, id)
	if err != nil {
		return t, fmt.Errorf("finding a certificate's type: %w", err)
	}
	s.types.Put(id, definition.V, age)
	return definition.V, nil
}
