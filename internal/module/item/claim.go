package item

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Claim is one office taking up a base item (认领): from then on it is an entry of that office.
type Claim struct {
	Base     string // 12-digit code
	Office   Office
	Override Override
}

// Claim makes or renews entries and returns how many got a new version; claims that say what is already so change nothing. Each needs the right over
// its office. It is for the program: people propose it ([Service.ProposeClaim]).
func (s *Service) Claim(ctx context.Context, by actor.Actor, claims []Claim) (int, error) {
	if err := alone(by); err != nil {
		return 0, err
	}
	for _, c := range claims {
		if err := s.needs.Rights.Check(by, ActClaim, actor.Target{OfficePath: c.Office.Path, Item: c.Base}); err != nil {
			return 0, err
		}
	}
	grouped := map[string][]Claim{}
	var order []string
	for _, c := range claims {
		if grouped[c.Base] == nil {
			order = append(order, c.Base)
		}
		grouped[c.Base] = append(grouped[c.Base], c)
	}
	changed := 0
	err := s.update(ctx, func(tx *db.Tx) error {
		changed = 0
		for _, base := range order {
			n, err := s.claim(ctx, tx, by, base, grouped[base])
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	return changed, conflict(err)
}

// claim writes the entries of one base item that are new or differ.
func (s *Service) claim(ctx context.Context, tx *db.Tx, by actor.Actor, base string, claims []Claim) (int, error) {
	if err := holdRevision(ctx, tx); err != nil {
		return 0, err
	}
	b, err := s.Base(ctx, tx, base)
	if err != nil {
		return 0, err
	}
	if b.State == Cancelled {
		return 0, fault.New(fault.Conflict, "item.cancelled_for_ever")
	}
	rows, err := entriesOf(ctx, tx, base)
	if err != nil {
		return 0, fmt.Errorf("reading entries of %s: %w", base, err)
	}
	known := make(map[string]entryRow, len(rows))
	for _, r := range rows {
		known[r.EntryCode] = r
	}
	var list []newVersion
	for _, c := range claims {
		r, differs, err := claimed(b, c, known)
		if err != nil {
			return 0, err
		}
		was := known[r.EntryCode].OfficeID
		if differs {
			r.ID, r.PublishedAt = db.NewKey(), tx.Now
			list = append(list, newVersion{row: r, base: base, by: by.Name(), was: was})
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	if err := insertEntries(ctx, tx, list); err != nil {
		return 0, fmt.Errorf("storing entries of %s: %w", base, err)
	}
	if err := changed(ctx, tx, ledgerOf(list)); err != nil {
		return 0, err
	}
	return len(list), s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.claimed", Actor: by.Name(), Office: by.OfficePath,
		Object: "item:" + base, Data: map[string]any{"entries": len(list), "base_version": b.Version}})
}

// claimed returns the row a claim leads to and whether it differs from what there is.
func claimed(b *Base, c Claim, known map[string]entryRow) (entryRow, bool, error) {
	code, err := codeOf(b.Code(), c.Office)
	if err != nil {
		return entryRow{}, false, err
	}
	if err := checkOverride(b, c.Override); err != nil {
		return entryRow{}, false, err
	}
	c.Override = c.Override.on(b)
	r, there := known[code]
	same := there && r.BaseVersionID == b.VersionID && r.OfficeName == c.Office.Name && r.OfficePath == c.Office.Path &&
		r.OfficeID == c.Office.ID && r.Override.V.equal(c.Override)
	if !there {
		r.State, r.Region = InUse, c.Office.Region
	}
	r.EntryCode, r.Version, r.BaseVersionID = code, r.Version+1, b.VersionID
	r.OfficeID, r.OfficePath, r.OfficeName, r.OfficeCode = c.Office.ID, c.Office.Path, c.Office.Name, c.Office.Code
	r.Override = db.JSON[Override]{V: c.Override}
	return r, !same, nil
}

func codeOf(base string, o Office) (string, error) {
	organ, err := uscc.Parse(o.Code)
	if err != nil {
		return "", fault.New(fault.Invalid, "item.office_without_code", o.Name).Because(err)
	}
	b, err := itemcode.ParseBase(base)
	if err != nil {
		return "", fault.New(fault.Invalid, "item.bad_code").Because(err)
	}
	code, err := itemcode.NewImplementation(organ, exercisingLevel(o.Region), b)
	if err != nil {
		return "", fault.New(fault.Invalid, "item.bad_code").Because(err)
	}
	return code.String(), nil
}

// checkOverride refuses what is worse than the base.
func checkOverride(b *Base, o Override) error {
	refusal := fault.New(fault.Invalid, "item.worse_than_base")
	if o.PromiseDays != nil && (*o.PromiseDays < 0 || days(*o.PromiseDays, o.on(b).PromiseUnit) > days(b.PromiseDays, b.PromiseUnit)) {
		refusal.Field("promise_days", "item.promise_over_base", b.PromiseDays)
	}
	if o.Visits != nil && (*o.Visits < 0 || *o.Visits > b.Visits) {
		refusal.Field("visits", "item.visits_over_base", b.Visits)
	}
	checkContact(o.Contact, refusal)
	return refusal.OrNil()
}

// longestContact is how many characters each of an office's own words may have.
const longestContact = 200

// checkContact refuses what is no contact: too long, or of a kind a spreadsheet would take for a formula when the open data are read with one.
func checkContact(c Contact, refusal *fault.Error) {
	for _, f := range []struct{ name, text string }{{"address", c.Address}, {"windows", c.Windows}, {"hours", c.Hours}, {"phone", c.Phone}, {"supervise", c.Supervise}} {
		if utf8.RuneCountInString(f.text) > longestContact {
			refusal.Field("contact."+f.name, "item.contact_too_long", longestContact)
		}
		if f.text != "" && strings.ContainsRune("=+-@\t\r", rune(f.text[0])) {
			refusal.Field("contact."+f.name, "item.contact_formula")
		}
	}
}

func (o Override) equal(p Override) bool {
	return same(o.PromiseDays, p.PromiseDays) && o.PromiseUnit == p.PromiseUnit && same(o.Visits, p.Visits) && o.Contact == p.Contact
}

func same(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
