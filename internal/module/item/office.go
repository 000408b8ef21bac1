package item

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Own is an entry of an office as its chief sees it: with what the office says differently.
type Own struct {
	*Entry
	Override Override
	Base     *Base // the version it stands on, for what it may not be worse than
}

// Promised is what the office promises of its own in the unit its base counts in, which is what it is asked for; nil for nothing of its own. It is never
// longer than what was promised.
func (o *Own) Promised() *int {
	if o.Override.PromiseDays == nil {
		return nil
	}
	n := within(*o.Override.PromiseDays, o.Override.on(o.Base).PromiseUnit, o.Base.PromiseUnit)
	return &n
}

// Own lists the entries of the offices within by's reach, by code, at most limit (≤ [Most]) after the code of the last row seen. fault.Forbidden
// for who betters none.
func (s *Service) Own(ctx context.Context, by actor.Actor, after string, limit int) ([]Own, error) {
	reach := s.needs.Rights.Reach(by, ActImprove)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []Own
	err := s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := entriesWithin(ctx, tx, reach, after, min(limit, Most))
		if err != nil {
			return fmt.Errorf("listing entries: %w", err)
		}
		for _, r := range rows {
			o, err := s.own(ctx, tx, r)
			if err != nil {
				return err
			}
			list = append(list, *o)
		}
		return nil
	})
	return list, err
}

// OwnEntry returns one entry with what its office says differently; fault.NotFound "item.not_found" when there is none, fault.Forbidden beyond
// by's reach.
func (s *Service) OwnEntry(ctx context.Context, by actor.Actor, code string) (*Own, error) {
	var o *Own
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		o, err = s.improvable(ctx, tx, by, code)
		return err
	})
	return o, err
}

func (s *Service) own(ctx context.Context, tx *db.Tx, r entryRow) (*Own, error) {
	p, err := s.version(ctx, tx, r.BaseVersionID)
	if err != nil {
		return nil, err
	}
	return &Own{Entry: p.entry(r), Override: r.Override.V, Base: &p.Base}, nil
}

// SetContact has every entry of one office say the same address, windows, hours and phones, and returns how many got a new version. Entries that
// say so already stay as they are. fault.NotFound "item.not_found" when the office has no entry. It is for the program: people propose it
// ([Service.ProposeContact]).
func (s *Service) SetContact(ctx context.Context, by actor.Actor, office string, c Contact) (int, error) {
	if err := alone(by); err != nil {
		return 0, err
	}
	if err := checkWholeContact(c); err != nil {
		return 0, err
	}
	changed := 0
	err := s.update(ctx, func(tx *db.Tx) (err error) {
		changed, err = s.setContact(ctx, tx, by, office, c)
		return err
	})
	return changed, conflict(err)
}

// checkWholeContact refuses what is no contact, and one without an address or a phone.
func checkWholeContact(c Contact) error {
	refusal := fault.New(fault.Invalid, "item.contact_needed")
	if c.Address == "" {
		refusal.Field("contact.address", "item.nothing_said")
	}
	if c.Phone == "" {
		refusal.Field("contact.phone", "item.nothing_said")
	}
	checkContact(c, refusal)
	return refusal.OrNil()
}

// entriesToImprove returns every entry of an office that did not end, for who may better all of them.
func (s *Service) entriesToImprove(ctx context.Context, tx *db.Tx, by actor.Actor, office string) ([]entryRow, error) {
	rows, err := entriesOfOffice(ctx, tx, office, s.needs.Rights.Reach(by, ActImprove))
	if err != nil {
		return nil, fmt.Errorf("reading an office's entries: %w", err)
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, "item.not_found")
	}
	for _, r := range rows {
		// A duty may be limited to some items: the reach tells the offices, this the items.
		if err := s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: r.OfficePath, Item: r.EntryCode[19:]}); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (s *Service) setContact(ctx context.Context, tx *db.Tx, by actor.Actor, office string, c Contact) (int, error) {
	if err := holdRevision(ctx, tx); err != nil {
		return 0, err
	}
	rows, err := s.entriesToImprove(ctx, tx, by, office)
	if err != nil {
		return 0, err
	}
	var list []newVersion
	for _, r := range rows {
		if r.Override.V.Contact == c {
			continue
		}
		r.ID, r.Version, r.Override.V.Contact, r.PublishedAt = db.NewKey(), r.Version+1, c, tx.Now
		list = append(list, newVersion{row: r, base: r.EntryCode[19:], by: by.Name()})
	}
	if len(list) == 0 {
		return 0, nil
	}
	if err := insertEntries(ctx, tx, list); err != nil {
		return 0, fmt.Errorf("storing an office's entries: %w", err)
	}
	if err := bumpRevision(ctx, tx); err != nil {
		return 0, fmt.Errorf("counting the revision: %w", err)
	}
	return len(list), s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.contact_set", Actor: by.Name(), Office: by.OfficePath, Object: "office:" + office,
		Data: map[string]any{"entries": len(list)}})
}
