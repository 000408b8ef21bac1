package itemtest

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// Second is who approves what somebody proposed.
func Second(by actor.Actor) actor.Actor {
	if by.Account == Reviewer.Account {
		return Keeper
	}
	return Reviewer
}

// Improve has an office say something of its own: by proposes, another approves.
func (l *Library) Improve(ctx context.Context, by actor.Actor, code string, o item.Override) (*item.Entry, error) {
	if err := l.approved(ctx, by)(l.ProposeOverride(ctx, by, code, o)); err != nil {
		return nil, err
	}
	return l.entry(ctx, code)
}

// Alter has many items altered: by proposes, another approves. It returns how many versions came of it.
func (l *Library) Alter(ctx context.Context, by actor.Actor, codes []string, a item.Alteration) (int, error) {
	p, err := l.ProposeAlteration(ctx, by, codes, a)
	if err != nil {
		return 0, err
	}
	if p, err = l.ApproveProposal(ctx, Second(by), p.ID, ""); err != nil {
		return 0, err
	}
	if err := l.Queue.Drain(ctx); err != nil {
		return 0, err
	}
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		p, err = l.FindProposal(ctx, tx, by, p.ID)
		return err
	})
	return int(p.Outcome), err
}

// Recall has an earlier version in force again: by proposes, another approves.
func (l *Library) Recall(ctx context.Context, by actor.Actor, code string, version int, reason string) (b *item.Base, err error) {
	if err := l.approved(ctx, by)(l.ProposeRecall(ctx, by, code, version, reason, false)); err != nil {
		return nil, err
	}
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		b, err = l.Base(ctx, tx, code)
		return err
	})
	return b, err
}

// TakeUp has an office take up what it was offered: by proposes, another approves.
func (l *Library) TakeUp(ctx context.Context, by actor.Actor, base, office string) error {
	return l.approved(ctx, by)(l.ProposeClaim(ctx, by, base, office))
}

// Contact has an office say the same address and phones everywhere, and returns how many entries got a new version.
func (l *Library) Contact(ctx context.Context, by actor.Actor, office string, c item.Contact) (int, error) {
	p, err := l.ProposeContact(ctx, by, office, c)
	if err != nil {
		return 0, err
	}
	if p, err = l.ApproveProposal(ctx, Second(by), p.ID, ""); err != nil {
		return 0, err
	}
	return int(p.Outcome), nil
}

// End cancels a base item or an entry: by proposes, another approves.
func (l *Library) End(ctx context.Context, by actor.Actor, code, reason string) error {
	return l.approved(ctx, by)(l.ProposeState(ctx, by, item.Plan{Code: code, ToState: item.Cancelled, Reason: reason}, false))
}

func (l *Library) approved(ctx context.Context, by actor.Actor) func(*item.Proposal, error) error {
	return func(p *item.Proposal, err error) error {
		if err == nil {
			_, err = l.ApproveProposal(ctx, Second(by), p.ID, "")
		}
		return err
	}
}

func (l *Library) entry(ctx context.Context, code string) (e *item.Entry, err error) {
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		e, err = l.Entry(ctx, tx, code)
		return err
	})
	return e, err
}
