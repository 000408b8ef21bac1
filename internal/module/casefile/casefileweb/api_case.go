package casefileweb

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// ways are the names of the guide's ways of giving a material.
var ways = []string{item.WayUpload, item.WayForm, item.WayCertificate, item.WaySharing, item.WayReuse, item.WayPledge, item.WayLater}

// requested makes a request with an Idempotency-Key happen once. The body is compared as it was understood, not by its bytes.
func requested(a actor.Actor, key, address string, body any) (once.Params, error) {
	if key == "" {
		return once.Params{}, nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return once.Params{}, fmt.Errorf("writing down a request: %w", err)
	}
	return once.Params{Actor: a.Name(), Key: key, Digest: digest(address + "\n" + string(text))}, nil
}

func (s *site) submitCase(ctx context.Context, in *submitInput) (*submitOutput, error) {
	a := actor.FromContext(ctx)
	key, err := requested(a, in.Key, "cases", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	application := casefile.Application{Item: b.Item, Variant: b.Variant, Situation: b.Situation, Answers: b.Answers, Pledged: b.Pledged}
	if err := s.complete(ctx, &application); err != nil {
		return nil, err
	}
	if application.Materials, err = s.given(ctx, a, application, b.Materials); err != nil {
		return nil, err
	}
	receipt, err := s.Cases.Submit(ctx, a, application, key)
	if err != nil {
		return nil, err
	}
	return &submitOutput{Body: receiptJSON{receipt.Number, string(receipt.State), receipt.QueryCode}}, nil
}

// complete fills in the usual variant and situation where a program left them out; a page always asks.
func (s *site) complete(ctx context.Context, a *casefile.Application) error {
	if a.Variant != "" && a.Situation != nil {
		return nil
	}
	return s.DB.View(ctx, func(tx *db.Tx) error {
		e, err := s.Items.Entry(ctx, tx, a.Item)
		if fault.Is(err, fault.NotFound) {
			return nil // said where it is handed in
		}
		if err != nil {
			return err
		}
		if a.Situation == nil {
			a.Variant, a.Situation = e.Usual(a.Variant, nil)
		} else {
			a.Variant, _ = e.Usual(a.Variant, a.Situation)
		}
		return nil
	})
}

// given reads the materials of a body. A certificate named by its identifier must be the one the applicant holds.
func (s *site) given(ctx context.Context, a actor.Actor, application casefile.Application, list []givenJSON) ([]casefile.Given, error) {
	out := make([]casefile.Given, 0, len(list))
	wrong := fault.New(fault.Invalid, "casefile.bad_materials")
	var offers []casefile.Offer
	for _, m := range list {
		g := casefile.Given{Code: m.Code, Way: m.Way}
		if m.Upload != "" {
			g.Files = []string{m.Upload}
		}
		switch {
		case m.Evidence == "" || m.Way != "" && m.Way != item.WayCertificate:
		case slices.Contains(ways, m.Evidence):
			g.Way = m.Evidence
		default:
			if offers == nil {
				p, err := s.Cases.Prepare(ctx, a, application)
				if _, refused := fault.Of(err); refused {
					g.Way = item.WayCertificate
					break // whoever may not apply is told so when he hands in; a request sent again gets its first answer
				}
				if err != nil {
					return nil, err
				}
				offers = p.Offers
			}
			if g.Way = item.WayCertificate; !holds(offers, m.Code, m.Evidence) {
				wrong.Field("materials."+m.Code, "casefile.evidence_unknown")
			}
		}
		out = append(out, g)
	}
	return out, wrong.OrNil()
}

func holds(offers []casefile.Offer, code, identifier string) bool {
	for _, o := range offers {
		for _, w := range o.Ways {
			if o.Rule.Code == code && w.Way.Kind == item.WayCertificate && w.Evidence == identifier {
				return true
			}
		}
	}
	return false
}

func (s *site) listCases(ctx context.Context, in *pageInput) (*casesOutput, error) {
	limit := pageLimit(in)
	list, err := s.Cases.Mine(ctx, actor.FromContext(ctx), in.After, limit+1)
	if err != nil {
		return nil, err
	}
	out := &casesOutput{}
	out.Body.Data = []caseRowJSON{}
	for i := range list {
		if i == limit {
			out.Body.Next = list[i-1].ID
			break
		}
		out.Body.Data = append(out.Body.Data, rowOf(&list[i]))
	}
	return out, nil
}

func pageLimit(in *pageInput) int { return min(max(in.Limit, 1), mostListed) }

func rowOf(c *casefile.Case) caseRowJSON {
	return caseRowJSON{Number: c.Number, State: string(c.State), Item: itemJSON{c.ItemCode, c.ItemVersion, c.ItemName, c.Variant}, Office: c.OfficeName,
		SubmittedAt: c.SubmittedAt.UTC(), PromiseDue: iso(c.PromiseDue)}
}

// iso writes a date, "" for none.
func iso(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (s *site) getCase(ctx context.Context, in *caseInput) (*caseOutput, error) {
	a := actor.FromContext(ctx)
	v, err := s.Cases.View(ctx, a, in.Number)
	if err != nil {
		return nil, err
	}
	c := &v.Case
	out := caseJSON{caseRowJSON: rowOf(c), Version: c.Version, Applicant: c.Applicant, Channel: c.Channel, ReceivedOn: iso(c.ReceivedOn), ReplyDue: iso(c.ReplyDue),
		Clock: clockJSONOf(v.Clock), Actions: []string{}, Answers: v.Content.Answers, Situation: v.Content.Situation, Materials: []materialJSON{}, Papers: []paperJSON{},
		Timeline: []eventJSON{}, QueryCode: v.QueryCode}
	for _, e := range v.Events {
		out.Timeline = append(out.Timeline, eventJSON{string(e.Action), string(e.State), e.At.UTC(), e.Post, e.Comment, e.Paper, string(e.Behalf)})
	}
	for _, x := range v.Actions {
		out.Actions = append(out.Actions, string(x))
	}
	out.Awaited = []awaitedJSON{}
	for _, x := range v.Awaited {
		out.Awaited = append(out.Awaited, awaitedJSON{x.Event, x.Title})
	}
	for _, o := range v.TransferTo {
		out.TransferTo = append(out.TransferTo, officeJSON{o.Path, o.Name})
	}
	for _, m := range v.Materials {
		f := v.Files[m.FileID]
		out.Materials = append(out.Materials, materialJSON{m.ID, m.Code, m.Name, m.Way, m.Evidence, m.DueOn, f.MediaType, f.Size, f.SHA256, m.Revision})
	}
	for _, p := range v.Papers {
		out.Papers = append(out.Papers, paperJSON{p.ID, string(p.Kind), p.Number, p.Title, iso(p.IssuedOn), instant(p.ReadAt)})
	}
	out.Certificates, err = s.certificatesOf(ctx, a, c.Number)
	return &caseOutput{Body: out}, err
}

// certificatesOf reads the identifiers from the addresses the certificates have.
func (s *site) certificatesOf(ctx context.Context, a actor.Actor, number string) ([]certificateJSON, error) {
	out := []certificateJSON{}
	if s.Certificates == nil {
		return out, nil
	}
	list, err := s.Certificates(ctx, a, number)
	for _, l := range list {
		last := l.Href[strings.LastIndexByte(l.Href, '/')+1:]
		if plain, err := url.PathUnescape(last); err == nil {
			last = plain
		}
		out = append(out, certificateJSON{Identifier: last, Name: l.Text})
	}
	return out, err
}

func clockJSONOf(k casefile.Clock) clockJSON {
	out := clockJSON{LegalDue: iso(k.LegalDue), PromiseDue: iso(k.PromiseDue), Running: k.Running, LegalDays: k.LegalDays, PromiseDays: k.Promise, Used: k.Used, Left: k.Left,
		Excluded: k.Excluded, Colour: string(k.Colour), YellowOn: iso(k.YellowOn), RedOn: iso(k.RedOn), StandsTill: iso(k.StandsTill), Intervals: []intervalJSON{}}
	for _, i := range k.Intervals {
		out.Intervals = append(out.Intervals, intervalJSON{string(i.Part), i.Kind, i.Name, i.Basis, i.Days, iso(i.FromOn), iso(i.UntilOn), i.Paper})
	}
	return out
}

func (s *site) actOnCase(ctx context.Context, in *actionInput) (*actionOutput, error) {
	a := actor.FromContext(ctx)
	key, err := requested(a, in.Key, "cases/"+in.Number+"/actions", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	step := casefile.Step{Number: in.Number, Action: casefile.Action(b.Action), Version: b.Version, Comment: b.Comment, Procedure: b.Procedure, Days: b.Days, Agree: b.Agree,
		Way: b.Way, Answers: b.Answers, Competent: b.Competent, Ground: b.Ground, Record: b.Record, Office: b.Office, Objection: b.Objection}
	if h := b.Hearing; h != nil {
		step.Hearing = &casefile.HearingPlan{On: h.On, At: h.At, Place: h.Place, Presider: h.Presider, Closed: h.Closed}
	}
	for _, x := range b.Asked {
		step.Asked = append(step.Asked, casefile.Asked{Code: x.Code, Name: x.Name, Text: x.Text})
	}
	for _, m := range b.Materials {
		g := casefile.Given{Code: m.Code, Way: m.Way}
		if m.Upload != "" {
			g.Files = []string{m.Upload}
		} else if g.Way == "" && slices.Contains(ways, m.Evidence) {
			g.Way = m.Evidence
		}
		step.Materials = append(step.Materials, g)
	}
	state, err := s.Cases.Act(ctx, a, step, key)
	if err != nil {
		return nil, err
	}
	out := &actionOutput{}
	out.Body.Number, out.Body.State = in.Number, string(state)
	return out, nil
}

func (s *site) listTasks(ctx context.Context, in *pageInput) (*tasksOutput, error) {
	limit := pageLimit(in)
	list, err := s.Cases.Inbox(ctx, actor.FromContext(ctx), afterOf(in.After), limit+1)
	if err != nil {
		return nil, err
	}
	out := &tasksOutput{}
	out.Body.Data = []taskJSON{}
	today := civil.Of(time.Now())
	for i, t := range list {
		if i == limit {
			out.Body.Next = afterText(list[i-1].Task)
			break
		}
		out.Body.Data = append(out.Body.Data, taskJSON{t.Task.ID, t.Case.Number, t.Task.Name, t.Task.Action, t.Task.Role, t.Task.OfficeName, dueOf(t.Task.DueOn), t.Task.OpenedAt.UTC(),
			colours[dueTone(t, today)], rowOf(&t.Case), string(t.Task.Kind), t.Task.Version, t.Task.Holder != "", t.Task.For != "", t.Task.Urged})
	}
	return out, nil
}

// colours are the names of the tones a due date has.
var colours = map[design.Tone]string{design.Neutral: string(casefile.Green), design.Warn: string(casefile.Yellow), design.Bad: string(casefile.Red)}
