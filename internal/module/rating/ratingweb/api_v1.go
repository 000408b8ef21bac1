package ratingweb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/web"
)

type ratingBody struct {
	Satisfaction int      `json:"satisfaction" minimum:"1" maximum:"5" doc:"5 very satisfied … 1 very dissatisfied"`
	Labels       []string `json:"labels,omitempty" maxItems:"8" doc:"official codes, of this grade: see /api/v1/ratings/labels"`
	Text         string   `json:"text,omitempty" maxLength:"500"`
}

type giveInput struct {
	Number     string `path:"number" maxLength:"40"`
	Key        string `header:"Idempotency-Key" maxLength:"200"`
	UserAgent  string `header:"User-Agent"`
	MobileHint string `header:"Sec-CH-UA-Mobile"`
	Body       ratingBody
}

type ratingInput struct {
	Number string `path:"number" maxLength:"40"`
}

type answerJSON struct {
	State      rating.State `json:"state" enum:"opened,claimed,answered"`
	Due        string       `json:"due" doc:"YYYY-MM-DD"`
	Text       string       `json:"text,omitempty"`
	AnsweredAt *time.Time   `json:"answered_at,omitempty"`
}

type ratingJSON struct {
	Number       string         `json:"number"`
	Satisfaction int            `json:"satisfaction" doc:"5 very satisfied … 1 very dissatisfied"`
	Labels       []string       `json:"labels"`
	Text         string         `json:"text,omitempty"`
	Channel      rating.Channel `json:"channel" enum:"pc,mobile,qr_code,tablet,terminal,sms"`
	GivenAt      time.Time      `json:"given_at"`
	Answer       *answerJSON    `json:"answer,omitempty" doc:"what the office owes for a bad rating"`
}

type ratingOutput struct{ Body ratingJSON }

type labelJSON struct {
	Code         string `json:"code"`
	Satisfaction int    `json:"satisfaction"`
	Name         string `json:"name"`
}

type labelsOutput struct {
	Body struct {
		Data []labelJSON `json:"data"`
		Next string      `json:"next" doc:"always empty"`
	}
}

func (s *site) api(r *web.Router) {
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "rate-case", Method: http.MethodPost, Path: "/api/v1/cases/{number}/rating", Tags: []string{"ratings"},
		DefaultStatus: http.StatusCreated, Summary: "好差评：一事一评 / rate a case of one's own that is over, once"}, s.giveAPI)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "get-rating", Method: http.MethodGet, Path: "/api/v1/cases/{number}/rating", Tags: []string{"ratings"},
		Summary: "本人的评价和答复 / one's own rating of a case, and the answer"}, s.ratingAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "list-rating-labels", Method: http.MethodGet, Path: "/api/v1/ratings/labels", Tags: []string{"ratings"},
		Summary: "评价标签 / the official labels of each grade"}, s.labelsAPI)
}

func (s *site) giveAPI(ctx context.Context, in *giveInput) (*ratingOutput, error) {
	by := actor.FromContext(ctx)
	grade, _ := rating.GradeOf(in.Body.Satisfaction)
	body, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(append([]byte("rating "+in.Number+" "), body...))
	err = s.Ratings.Rate(ctx, by, in.Number, rating.Rating{Grade: grade, Labels: in.Body.Labels, Text: in.Body.Text, Channel: channel(in.UserAgent, in.MobileHint)},
		once.Params{Actor: by.Name(), Key: in.Key, Digest: hex.EncodeToString(digest[:])})
	if err != nil {
		return nil, err
	}
	return s.read(ctx, in.Number)
}

func (s *site) ratingAPI(ctx context.Context, in *ratingInput) (*ratingOutput, error) {
	return s.read(ctx, in.Number)
}

func (s *site) read(ctx context.Context, number string) (*ratingOutput, error) {
	r, err := s.Ratings.Of(ctx, actor.FromContext(ctx), number)
	if err != nil {
		return nil, err
	}
	out := &ratingOutput{ratingJSON{Number: number, Satisfaction: r.Grade.Satisfaction(), Labels: r.Labels, Text: r.Text, Channel: r.Channel, GivenAt: r.At}}
	if a := r.Answer; a != nil {
		out.Body.Answer = &answerJSON{State: a.State, Due: a.Due.String(), Text: a.Text}
		if !a.At.IsZero() {
			out.Body.Answer.AnsweredAt = &a.At
		}
	}
	return out, nil
}

func (s *site) labelsAPI(ctx context.Context, _ *struct{}) (*labelsOutput, error) {
	out := &labelsOutput{}
	for _, l := range rating.Labels() {
		out.Body.Data = append(out.Body.Data, labelJSON{l.Code, l.Grade.Satisfaction(), said(ctx, "rating.label.", l.Code)})
	}
	return out, nil
}
