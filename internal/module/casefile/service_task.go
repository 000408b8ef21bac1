package casefile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// servant is who acts for the process of a case.
var servant = actor.Program("casefile.process")

// longestTold is how many characters a process may tell an applicant in one message.
const longestTold = 500

// Handlers are what the service tasks of a process may have done with its case, by name. Each is done once for a call, however often it is asked: what it
// answered is kept with what it did. What is refused for good is a [workflow.Failure] with the fault's key, which the process may catch; everything else is
// tried again.
//
//	notify_applicant   tells the applicant a text
//	offer_hearing      issues the notice of the right to a hearing (听证告知书)
//	begin_procedure    begins a special procedure of the item's guide (特别程序), with its notice: the clocks stand
//	check_certificate  asks whether the applicant holds a certificate of a type that is in force
func (s *Service) Handlers() map[string]workflow.Handler {
	return map[string]workflow.Handler{
		"notify_applicant": {Handled: bpmn.Handled{Needs: []string{"text"}}, Run: s.notifyApplicant},
		"offer_hearing": {Handled: bpmn.Handled{Needs: []string{"text"}}, Run: func(ctx context.Context, c workflow.Call) (map[string]any, error) {
			return s.actFor(ctx, c, Step{Action: OfferHearing, Comment: text(c.Inputs["text"])})
		}},
		"begin_procedure": {Handled: bpmn.Handled{Needs: []string{"procedure"}, Takes: []string{"days"}}, Run: func(ctx context.Context, c workflow.Call) (map[string]any, error) {
			return s.actFor(ctx, c, Step{Action: Suspend, Procedure: text(c.Inputs["procedure"]), Days: whole(c.Inputs["days"])})
		}},
		"check_certificate": {Handled: bpmn.Handled{Needs: []string{"type"}, Gives: []string{"held"}}, Run: s.checkCertificate},
	}
}

func text(v any) string { t, _ := v.(string); return strings.TrimSpace(t) }

// whole is a number that comes from a process, where it may have been kept as JSON.
func whole(v any) int {
	switch n := v.(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return 0
}

// actFor takes a step with the case of a call.
func (s *Service) actFor(ctx context.Context, c workflow.Call, in Step) (map[string]any, error) {
	var number string
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		found, err := byID(ctx, tx, c.Subject)
		if err == nil {
			number = found.Number
		}
		return err
	})
	if err != nil {
		return nil, forGood(err)
	}
	in.Number = number
	_, err = s.Act(ctx, servant, in, onceFor(c, string(in.Action)))
	return nil, forGood(err)
}

// onceFor makes a call happen once.
func onceFor(c workflow.Call, what string) once.Params {
	return once.Params{Actor: servant.Name(), Key: c.Key, Digest: what}
}

// forGood makes a refusal one that the process knows: asking again would be refused again. Who only lost against others' steps is asked again.
func forGood(err error) error {
	if fault.HasKey(err, "casefile.moved_on") || fault.HasKey(err, "workflow.task_gone") {
		return err
	}
	f, ok := fault.Of(err)
	if ok && slices.Contains([]fault.Kind{fault.Invalid, fault.NotFound, fault.Forbidden, fault.Conflict}, f.Kind) {
		return errors.Join(workflow.Failure{Code: f.Key}, err)
	}
	return err
}

func (s *Service) notifyApplicant(ctx context.Context, c workflow.Call) (map[string]any, error) {
	said := text(c.Inputs["text"])
	if n := utf8.RuneCountInString(said); n == 0 || n > longestTold {
		return nil, workflow.Failure{Code: "casefile.said_nothing"}
	}
	_, _, err := once.Do(ctx, s.db, onceFor(c, "notify"), func(tx *db.Tx) (bool, error) {
		of, err := byID(ctx, tx, c.Subject)
		if err != nil {
			return false, err
		}
		if err := s.servedLeaf(ctx, tx, of, "case.notified", map[string]any{}); err != nil {
			return false, err
		}
		return true, s.needs.Notices.Send(ctx, tx, notice.Message{Subject: of.ApplicantID, Key: "casefile.told.process", Args: []string{of.ItemName, of.Number, said},
			Link: "/cases/" + of.Number})
	})
	return nil, forGood(err)
}

// checkCertificate brings whether a certificate is held, as held. What is not known as a type is refused, and not taken for one that nobody holds.
func (s *Service) checkCertificate(ctx context.Context, c workflow.Call) (map[string]any, error) {
	kind := text(c.Inputs["type"])
	held, _, err := once.Do(ctx, s.db, onceFor(c, "certificate/"+kind), func(tx *db.Tx) (bool, error) {
		of, err := byID(ctx, tx, c.Subject)
		if err != nil {
			return false, err
		}
		known, err := s.needs.Certificates.Issued(ctx, tx, kind)
		if err != nil {
			return false, err
		}
		if !known {
			return false, fault.New(fault.NotFound, "casefile.certificate_type_unknown")
		}
		identifier, err := s.needs.Certificates.Held(ctx, tx, of.ApplicantID, kind)
		if err != nil {
			return false, err
		}
		return identifier != "", s.servedLeaf(ctx, tx, of, "case.certificate_checked", map[string]any{"type": kind, "held": identifier != ""})
	})
	if err != nil {
		return nil, forGood(err)
	}
	return map[string]any{"held": held}, nil
}

func (s *Service) servedLeaf(ctx context.Context, tx *db.Tx, c *Case, kind string, data map[string]any) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: servant.Name(), Subject: c.ApplicantID, Object: "case:" + c.Number, Basis: c.ItemName, Data: data})
}
