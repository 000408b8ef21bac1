package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Purposes are what an officer may look at somebody's numbers and phones for (查看明文). The person reads in 我的数据 which it was.
var Purposes = []string{"identity", "contact", "examination", "delivery"}

// purposeWords stand beside the item in the leaf, as the ground of the reading.
var purposeWords = map[string]string{"identity": "核对申请人身份", "contact": "联系申请人", "examination": "审查申请内容", "delivery": "制证或送达"}

// Disclosed are the personal data of a case in clear.
type Disclosed struct {
	Number    string
	Form      *form.Definition // nil without one
	Answers   map[string]any
	Applicant Applicant
	Written   []Written // with tasks, oldest first
}

// Disclose shows what [Service.View] masks to who handles the case, for one of [Purposes], and not what his tasks hide; each time is a leaf. fault.NotFound
// "casefile.not_found" for who may not know of the case, fault.Forbidden "casefile.disclose_refused" for who knows of it and handles it not,
// fault.Invalid for no purpose.
func (s *Service) Disclose(ctx context.Context, by actor.Actor, number, purpose string) (out Disclosed, err error) {
	if !slices.Contains(Purposes, purpose) {
		return out, fault.New(fault.Invalid, "casefile.bad_step").Field("purpose", "casefile.purpose_missing")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		if err := s.visible(ctx, tx, by, c); err != nil {
			return err
		}
		tasks, err := s.needs.Flows.Open(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		may, err := s.mayDisclose(ctx, tx, by, c, tasks)
		if err != nil {
			return err
		}
		if !may {
			return fault.New(fault.Forbidden, "casefile.disclose_refused")
		}
		out = Disclosed{Number: c.Number}
		if c.FormID != "" {
			if out.Form, err = s.needs.Forms.ByID(ctx, tx, c.FormID); err != nil {
				return err
			}
		}
		content, _, err := s.content(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		hidden, err := s.hiddenFrom(ctx, tx, by, c)
		if err != nil {
			return err
		}
		out.Answers = without(content.Answers, hidden)
		if out.Written, _, err = s.written(ctx, tx, c, hidden, false); err != nil {
			return err
		}
		if out.Applicant, err = s.needs.Subjects.Applicant(ctx, tx, c.ApplicantID); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "case.disclosed", Actor: by.Name(), Office: by.OfficePath, Subject: c.ApplicantID,
			Object: "case:" + c.Number, Basis: c.ItemName + "：" + purposeWords[purpose], Data: map[string]any{"purpose": purpose, "version": c.Version}})
	})
	return out, err
}

// mayDisclose tells whether somebody handles a case: his office decides, receives or hands out for it, or one of its open tasks is his to do. Who stands
// in for such a one does too; who only watches does not.
func (s *Service) mayDisclose(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case, tasks []workflow.OpenTask) (bool, error) {
	if by.Kind != actor.Officer {
		return false, nil
	}
	if s.handles(by, c, tasks) {
		return true, nil
	}
	list, err := s.needs.Flows.StandIns(ctx, tx, by)
	return slices.ContainsFunc(list, func(a actor.Actor) bool { return s.handles(a, c, tasks) }), err
}

func (s *Service) handles(by actor.Actor, c *Case, tasks []workflow.OpenTask) bool {
	for _, path := range []string{c.OfficePath, c.CentrePath} {
		if path != "" && s.needs.Rights.Check(by, ActDisclose, actor.Target{OfficePath: path, Item: c.BaseCode}) == nil {
			return true
		}
	}
	return s.receivedBy(by, c) || slices.ContainsFunc(tasks, func(t workflow.OpenTask) bool { return mayDo(by, t, c.BaseCode) })
}

// cover hides from an officer what identifies people and is not needed to read a case.
func (s *Service) cover(ctx context.Context, tx *db.Tx, by actor.Actor, v *View) (err error) {
	v.Masked = v.Masked || v.Applicant.Phone != "" || v.Applicant.Kind != "company" && v.Applicant.Number != ""
	v.Applicant = masked(v.Applicant)
	if v.Form != nil {
		var personal bool
		v.Content.Answers, personal = form.Masked(v.Form, v.Content.Answers)
		v.Masked = v.Masked || personal
	}
	if v.Masked {
		v.Discloses, err = s.mayDisclose(ctx, tx, by, &v.Case, v.Tasks)
	}
	return err
}
