package casefile

import (
	"context"
	"encoding/json"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// Receipt is what an applicant keeps.
type Receipt struct {
	Number    string
	State     State
	QueryCode string
}

// Submit hands an application in. With a key the same application is handed in once, however often it is sent; the answer is the first
// one's. Refusals: the faults of the item, its form and materials, each by field; fault.Forbidden for who may not; fault.Conflict
// "casefile.item_closed" when the item takes no applications now, "casefile.no_power" when no power in force stands behind it.
func (s *Service) Submit(ctx context.Context, by actor.Actor, a Application, key once.Params) (Receipt, error) {
	p, refused := s.prepare(ctx, by, a)
	return s.hand(ctx, key, func(tx *db.Tx) (Receipt, error) {
		if refused != nil {
			return Receipt{}, refused // asked inside, so that a second request finds the first one's answer although the item closed meanwhile
		}
		return s.write(ctx, tx, by, &p)
	})
}

// hand runs write once for a key. What is remembered is the number alone, for a query code does not rest in clear: whoever asks again has it read.
func (s *Service) hand(ctx context.Context, key once.Params, write func(tx *db.Tx) (Receipt, error)) (r Receipt, err error) {
	number, replayed, err := once.Do(ctx, s.db, key, func(tx *db.Tx) (string, error) {
		r, err = write(tx)
		return r.Number, err
	})
	if err != nil {
		return Receipt{}, err
	}
	if replayed {
		return s.receipt(ctx, number)
	}
	return r, nil
}

func (s *Service) receipt(ctx context.Context, number string) (r Receipt, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		code, err := s.needs.Keys.Open(c.QueryCode, aad(c.ID, "query_code"))
		r = Receipt{c.Number, c.State, string(code)}
		return err
	})
	return r, err
}

// write stores a prepared application as a case and starts its process.
func (s *Service) write(ctx context.Context, tx *db.Tx, by actor.Actor, p *prepared) (r Receipt, err error) {
	e, at := p.entry, workflow.Office{ID: p.entry.OfficeID, Path: p.entry.OfficePath, Name: p.entry.OfficeName}
	if list := p.places["office"]; len(list) > 0 {
		at = list[0] // where the entry's office was dissolved, the one that took over
	}
	number, err := caseNumber(ctx, tx, at.Path, p.today)
	if err != nil {
		return r, err
	}
	c := &Case{ID: p.id, Number: number, State: Submitted, Version: 1, EntryID: e.ID, ItemCode: e.Code, ItemVersion: e.Version, BaseCode: e.BaseCode,
		ItemName: e.Short, FlowID: p.flow.ID, CertType: e.Guide.CertType, ApplicantID: p.applicant.ID, ApplicantKind: p.applicant.Kind,
		Applicant: p.applicant.Shown, AccountID: by.Account, Channel: "online", Region: e.Region.String(), OfficeID: at.ID, OfficePath: at.Path,
		OfficeName: at.Name, SubmittedAt: tx.Now, ReceivedOn: p.received, LegalDays: e.LegalDays, PromiseDays: e.Promise(p.variant),
		LegalUnit: e.LegalUnit, PromiseUnit: e.PromiseUnit, Variant: p.variant, ReplyDue: p.calendar.Add(p.received, replyDays)}
	if p.form != nil {
		c.FormID = p.form.ID
	}
	if centre := p.places["centre"]; len(centre) > 0 {
		c.CentrePath = centre[0].Path
	}
	if by.Kind == actor.Officer {
		c.Channel, c.ReceivedPath = "window", by.OfficePath
	}
	r = Receipt{number, Submitted, queryCode()}
	if c.QueryCode, err = s.needs.Keys.Seal([]byte(r.QueryCode), aad(c.ID, "query_code")); err != nil {
		return r, fmt.Errorf("sealing a query code: %w", err)
	}
	if err := insertCase(ctx, tx, c); err != nil {
		return r, err
	}
	if err := s.hold(ctx, tx, c, p.sealed, p.materials, 1); err != nil {
		return r, err
	}
	if err := holdRenewal(ctx, tx, c, p.renewal); err != nil {
		return r, err
	}
	if err := s.needs.Flows.Start(ctx, tx, workflow.StartParams{Definition: p.flow, Subject: c.ID, Title: c.ItemName, Number: c.Number,
		DueOn: c.ReplyDue.String(), Places: p.places, Region: c.Region, Values: p.values}); err != nil {
		return r, err
	}
	handed := Event{Action: Submit, State: Submitted}
	if handed.Behalf, err = s.handIn(ctx, tx, by, HandIn{p.draft, c.BaseCode, c.Number}); err != nil {
		return r, err
	}
	data := map[string]any{"item": c.ItemCode, "channel": c.Channel}
	given, err := s.promise(ctx, tx, &paperCase{c: c, entry: e, applicant: p.applicant.Name, queryCode: r.QueryCode, base: s.needs.Base}, p.materials, p.content.Pledged)
	if err != nil {
		return r, err
	}
	if len(given) > 0 {
		data["promised"] = given
	}
	return r, s.record(ctx, tx, by, c, handed, "case.submitted", data)
}

// seal writes what is handed in down as it rests.
func (s *Service) seal(id string, h handing) ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("writing down an application: %w", err)
	}
	sealed, err := s.needs.Keys.Seal(text, aad(id, "content"))
	if err != nil {
		return nil, fmt.Errorf("sealing an application: %w", err)
	}
	return sealed, nil
}

// hold stores what was handed in, sealed, and its materials; files become documents the applicant need not give again.
func (s *Service) hold(ctx context.Context, tx *db.Tx, c *Case, sealed []byte, materials []Material, revision int) error {
	if err := insertContent(ctx, tx, c.ID, revision, sealed); err != nil {
		return err
	}
	if err := insertMaterials(ctx, tx, c.ID, revision, materials); err != nil {
		return err
	}
	if err := s.holdGaps(ctx, tx, c, materials, revision); err != nil {
		return err
	}
	var handed []material.Handed
	for _, m := range materials {
		if m.FileID != "" && m.Way == item.WayUpload {
			grade := material.GradeC
			if c.Channel == "window" {
				grade = material.GradeB // the window saw the original
			}
			handed = append(handed, material.Handed{Code: m.Code, FileID: m.FileID, Grade: grade})
		}
	}
	return s.needs.Materials.Keep(ctx, tx, c.ApplicantID, handed)
}

// aad ties a sealed value to its case and column.
func aad(id, column string) []byte { return []byte("casefile/" + id + "/" + column) }

// record writes what belongs to every step: history, leaf, message to the applicant, event.
func (s *Service) record(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case, e Event, kind string, data map[string]any) error {
	e.Version, e.Actor, e.Post, e.OfficePath, e.At = c.Version, by.Name(), by.Post, by.OfficePath, tx.Now
	var comment []byte
	if e.Comment != "" {
		var err error
		if comment, err = s.needs.Keys.Seal([]byte(e.Comment), aad(c.ID, "comment")); err != nil {
			return fmt.Errorf("sealing a comment: %w", err)
		}
	}
	if err := insertHistory(ctx, tx, c.ID, e, comment); err != nil {
		return err
	}
	if data == nil {
		data = map[string]any{}
	}
	data["state"], data["version"] = c.State, c.Version
	if e.Behalf != "" {
		data["behalf"] = string(e.Behalf)
	}
	err := s.needs.Log.Append(ctx, tx, audit.Entry{ID: e.leaf, Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: c.ApplicantID, Object: "case:" + c.Number,
		Basis: c.ItemName, Data: data})
	if err != nil {
		return err
	}
	if tells[e.Action] {
		err = s.needs.Notices.Send(ctx, tx, notice.Message{Subject: c.ApplicantID, Key: "casefile.told." + firstOf(e.told, string(e.Action)),
			Args: append([]string{c.ItemName, c.Number}, e.args...),
			Link: "/cases/" + c.Number})
		if err != nil {
			return err
		}
	}
	return s.needs.Events.Emit(ctx, tx, Moved{c.ID, c.Number, e.Action, c.State, c.Version, c.ItemCode, by.Kind == actor.Officer})
}

// tells are the steps the applicant hears of: everything the office does, and that an application arrived.
var tells = map[Action]bool{Submit: true, Inherit: true, Accept: true, RequestCorrection: true, Reject: true, Suspend: true, SuspendAgain: true, Prolong: true, Reckon: true, Resume: true, Extend: true, OfferHearing: true, Approve: true,
	Refuse: true, Deliver: true, RemindGap: true, GapOverdue: true, CancelAcceptance: true, Settle: true, RenewSilently: true, Inspect: true, Annul: true, CancelGrant: true, Transfer: true, TakeOver: true,
	SendBack: true, LapseHearing: true, CallHearing: true, RecordHearing: true,
	Publicize: true}

// errHidden is what somebody is told who may not know that a case exists.
var errHidden error = fault.New(fault.NotFound, "casefile.not_found")
