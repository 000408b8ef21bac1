package rating_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/module/rating/ratingtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

const number = "220102031261124000001"

var (
	good = rating.Rating{Grade: rating.VerySatisfied, Labels: []string{"512", "513"}, Text: "很快，谢谢", Channel: rating.Mobile}
	bad  = rating.Rating{Grade: rating.Dissatisfied, Labels: []string{"209"}, Text: "等了两个星期", Channel: rating.PC}
)

// The two national standards number the grades in opposite directions; the text of neither may leak into the other.
func TestGradesAtTheEdge(t *testing.T) {
	for satisfaction, basic := range map[int]string{5: "1", 4: "2", 3: "3", 2: "4", 1: "5"} {
		g, ok := rating.GradeOf(satisfaction)
		h, okToo := rating.GradeOfBasicData(basic)
		if !ok || !okToo || g != h || g.Satisfaction() != satisfaction || g.BasicDataCode() != basic {
			t.Errorf("%d is %q, %s is %q", satisfaction, g, basic, h)
		}
		if g.Bad() != (satisfaction <= 2) {
			t.Errorf("%s: bad is %v", g, g.Bad())
		}
	}
	if g, _ := rating.GradeOf(5); g != rating.VerySatisfied {
		t.Errorf("5 is %s", g)
	}
	for _, n := range []int{0, 6, -1} {
		if _, ok := rating.GradeOf(n); ok {
			t.Errorf("%d is a grade", n)
		}
	}
	if _, ok := rating.GradeOfBasicData("6"); ok || rating.Grade("").Satisfaction() != 0 || rating.Grade("x").BasicDataCode() != "" {
		t.Error("a grade that is none has a number")
	}
}

func TestLabels(t *testing.T) {
	all := rating.Labels()
	if len(all) != 40 {
		t.Fatalf("%d labels, the national list has 40", len(all))
	}
	for _, l := range all {
		if len(l.Code) != 3 || l.Code[:1] != fmt.Sprint(l.Grade.Satisfaction()) || l.Text == "" {
			t.Errorf("%+v does not fit its grade", l)
		}
	}
	for _, g := range rating.Grades {
		if n := len(rating.LabelsOf(g)); n != 8 {
			t.Errorf("%s has %d labels", g, n)
		}
	}
	if rating.SMS.Code() != 6 || rating.PC.Code() != 1 || rating.Channel("default").Code() != 0 {
		t.Error("the channels are numbered wrongly")
	}
}

func TestRate(t *testing.T) {
	h, ctx := ratingtest.Open(t), t.Context()
	h.Over(ratingtest.Case(number))
	if _, err := h.Of(ctx, ratingtest.Applicant, number); !fault.HasKey(err, "rating.none") {
		t.Fatalf("before: %v", err)
	}
	if err := h.Rate(ctx, ratingtest.Applicant, number, good, once.Params{}); err != nil {
		t.Fatal(err)
	}
	got, err := h.Of(ctx, ratingtest.Applicant, number)
	if err != nil {
		t.Fatal(err)
	}
	if got.At.IsZero() {
		t.Error("no time")
	}
	got.At = time.Time{}
	if diff := cmp.Diff(&good, got); diff != "" {
		t.Error(diff)
	}
	if err := h.Rate(ctx, ratingtest.Applicant, number, bad, once.Params{}); !fault.Is(err, fault.Conflict) || !fault.HasKey(err, "rating.already") {
		t.Errorf("a second rating: %v", err)
	}
	if diff := cmp.Diff([]any{rating.Given{CaseNumber: number, Satisfaction: 5}}, anys(h.Events)); diff != "" {
		t.Error(diff)
	}
	if len(h.Leaves) != 1 || h.Leaves[0].Kind != "rating.given" || h.Leaves[0].Subject != ratingtest.Applicant.Subject {
		t.Fatalf("leaves %+v", h.Leaves)
	}
	text, err := json.Marshal(h.Leaves[0])
	if err != nil {
		t.Fatal(err)
	}
	// The rated office may read the leaves of its cases: this must not be one of them, nor say what was written.
	if s := string(text); strings.Contains(s, number) || strings.Contains(s, "谢谢") || strings.Contains(s, "512") {
		t.Errorf("the leaf says too much: %s", s)
	}
	words := column[[]byte](t, h, `SELECT words FROM rating_rating`)
	if bytes.Contains(words, []byte("很快")) || len(words) < len("很快，谢谢") {
		t.Error("the words are not sealed")
	}
}

func anys[T any](in []T) (out []any) {
	for _, v := range in {
		out = append(out, v)
	}
	return out
}

func column[T any](t *testing.T, h *ratingtest.Hall, query string) (v T) {
	t.Helper()
	err := h.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		v, err = db.One[T](t.Context(), tx, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRateRefuses(t *testing.T) {
	h, ctx := ratingtest.Open(t), t.Context()
	h.Over(ratingtest.Case(number))
	refused := map[string]struct {
		field string
		r     rating.Rating
	}{
		"rating.grade_missing":        {"satisfaction", rating.Rating{Channel: rating.PC}},
		"rating.label_of_other_grade": {"labels", rating.Rating{Grade: rating.Satisfied, Labels: []string{"512"}, Channel: rating.PC}},
		"rating.label_unknown":        {"labels", rating.Rating{Grade: rating.Satisfied, Labels: []string{"999"}, Channel: rating.PC}},
		"rating.text_long":            {"text", rating.Rating{Grade: rating.Satisfied, Text: strings.Repeat("好", 501), Channel: rating.PC}},
		"rating.channel_unknown":      {"channel", rating.Rating{Grade: rating.Satisfied}},
	}
	for key, c := range refused {
		err := h.Rate(ctx, ratingtest.Applicant, number, c.r, once.Params{})
		f, ok := fault.Of(err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field || f.Fields[0].Key != key {
			t.Errorf("%s: %v", key, err)
		}
	}
	for name, by := range map[string]actor.Actor{"stranger": ratingtest.Stranger, "chief": ratingtest.Chief, "nobody": {}} {
		if err := h.Rate(ctx, by, number, good, once.Params{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s rates: %v", name, err)
		}
		if _, err := h.Of(ctx, by, number); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads: %v", name, err)
		}
	}
	if n := column[int](t, h, `SELECT count(*) FROM rating_rating`); n != 0 || len(h.Leaves) != 0 {
		t.Errorf("%d ratings, %d leaves of refused ones", n, len(h.Leaves))
	}
	long := rating.Rating{Grade: rating.Satisfied, Text: strings.Repeat("好", 500), Channel: rating.PC}
	if err := h.Rate(ctx, ratingtest.Applicant, number, long, once.Params{}); err != nil {
		t.Errorf("500 characters: %v", err)
	}
}

// Of many at once one is taken; a request sent again with its key is answered as the first time.
func TestOnce(t *testing.T) {
	h, ctx := ratingtest.Open(t), t.Context()
	h.Over(ratingtest.Case(number))
	var taken, refused atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch err := h.Rate(ctx, ratingtest.Applicant, number, good, once.Params{}); {
			case err == nil:
				taken.Add(1)
			case fault.HasKey(err, "rating.already"):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 || refused.Load() != 7 {
		t.Errorf("%d taken, %d refused", taken.Load(), refused.Load())
	}
	other := number[:20] + "2"
	c := ratingtest.Case(other)
	h.Over(c)
	key := once.Params{Actor: "zhang", Key: "k", Digest: "d"}
	for range 2 {
		if err := h.Rate(ctx, ratingtest.Applicant, other, bad, key); err != nil {
			t.Error(err)
		}
	}
	f, err := h.Figures(ctx, actor.Actor{}, rating.FiguresQuery{Limit: 10})
	if err != nil || f.Total.Total() != 2 || f.Total.Of(rating.VerySatisfied) != 1 || f.Total.Bad() != 1 {
		t.Errorf("counted %+v, %v", f, err)
	}
}

func TestRectification(t *testing.T) {
	h, ctx := ratingtest.Open(t), t.Context()
	h.Over(ratingtest.Case(number))
	if err := h.Rate(ctx, ratingtest.Applicant, number, bad, once.Params{}); err != nil {
		t.Fatal(err)
	}
	list, err := h.Rectifications(ctx, ratingtest.Chief, rating.RectificationQuery{Limit: 10})
	if err != nil || len(list.Rows) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	r := list.Rows[0]
	cal := workday.Standard(region.MustParse("220102000000"))
	today := r.OpenedOn
	if d := civil.Of(time.Now()).Days(today); d < -1 || d > 1 {
		t.Errorf("opened on %s", today)
	}
	if r.ClaimDue != cal.Add(today, 1) || r.VerifyDue != cal.Add(today, 3) || r.AnswerDue != cal.Add(today, 5) || r.Due() != r.ClaimDue {
		t.Errorf("due %s %s %s", r.ClaimDue, r.VerifyDue, r.AnswerDue)
	}
	if r.Late(r.ClaimDue) || !r.Late(r.ClaimDue.Add(1)) {
		t.Error("late on the wrong day")
	}
	if text := fmt.Sprintf("%+v", list); strings.Contains(text, number) || strings.Contains(text, "subject-zhang") || strings.Contains(text, "星期") {
		t.Errorf("the list says too much: %s", text)
	}
	for _, by := range []actor.Actor{ratingtest.Neighbour, ratingtest.Window, ratingtest.Applicant} {
		if _, err := h.Read(ctx, by, r.ID); !fault.HasKey(err, "rating.not_found") {
			t.Errorf("%s reads: %v", by.Account, err)
		}
		if err := h.Claim(ctx, by, r.ID); !fault.HasKey(err, "rating.not_found") {
			t.Errorf("%s claims: %v", by.Account, err)
		}
	}
	if err := h.Claim(ctx, ratingtest.Supervisor, r.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the supervisor claims: %v", err)
	}
	if err := h.Answer(ctx, ratingtest.Chief, r.ID, "先答复"); !fault.HasKey(err, "rating.moved_on") {
		t.Errorf("answered before it was claimed: %v", err)
	}
	if err := h.Claim(ctx, ratingtest.Chief, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.Claim(ctx, ratingtest.Chief, r.ID); !fault.HasKey(err, "rating.moved_on") {
		t.Errorf("claimed twice: %v", err)
	}
	for text, key := range map[string]string{" ": "rating.answer_missing", strings.Repeat("改", 1001): "rating.answer_long"} {
		if f, _ := fault.Of(h.Answer(ctx, ratingtest.Chief, r.ID, text)); f == nil || len(f.Fields) != 1 || f.Fields[0].Key != key {
			t.Errorf("%s: %v", key, f)
		}
	}
	if own, err := h.Of(ctx, ratingtest.Applicant, number); err != nil || own.Answer == nil || own.Answer.State != rating.Claimed || own.Answer.Due != r.AnswerDue || own.Answer.Text != "" {
		t.Errorf("the applicant sees %+v, %v", own, err)
	}
	if err := h.Answer(ctx, ratingtest.Chief, r.ID, "已增加窗口"); err != nil {
		t.Fatal(err)
	}
	if own, err := h.Of(ctx, ratingtest.Applicant, number); err != nil || own.Answer.State != rating.Answered || own.Answer.Text != "已增加窗口" {
		t.Errorf("the applicant sees %+v, %v", own, err)
	}
	if len(h.Sent) != 1 || h.Sent[0].Subject != ratingtest.Applicant.Subject || h.Sent[0].Link != "/cases/"+number+"/rate" {
		t.Errorf("sent %+v", h.Sent)
	}
	one, err := h.Read(ctx, ratingtest.Supervisor, r.ID)
	if err != nil || one.Text != bad.Text || one.Answer != "已增加窗口" || one.CanAnswer {
		t.Errorf("the supervisor reads %+v, %v", one, err)
	}
	var kinds []string
	for _, l := range h.Leaves {
		kinds = append(kinds, l.Kind)
		if strings.Contains(l.Object, number) {
			t.Errorf("a leaf of the case: %+v", l)
		}
	}
	if diff := cmp.Diff([]string{"rating.given", "rating.claimed", "rating.answered", "rating.read"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestListsByPages(t *testing.T) {
	h, ctx := ratingtest.Open(t), t.Context()
	for i := range 5 {
		c := ratingtest.Case(fmt.Sprintf("%s%d", number[:20], i))
		h.Over(c)
		if err := h.Rate(ctx, ratingtest.Applicant, c.Number, bad, once.Params{}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(answered bool) map[string]bool {
		seen := map[string]bool{}
		for after := ""; ; {
			list, err := h.Rectifications(ctx, ratingtest.Supervisor, rating.RectificationQuery{Answered: answered, After: after, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list.Rows {
				if seen[r.ID] {
					t.Error("a row is there twice")
				}
				seen[r.ID] = true
			}
			if after = list.Next; after == "" {
				return seen
			}
		}
	}
	waiting := read(false)
	if len(waiting) != 5 || len(read(true)) != 0 {
		t.Fatalf("%d wait", len(waiting))
	}
	n := 0
	for id := range waiting {
		if n++; n > 3 {
			break
		}
		if err := h.Claim(ctx, ratingtest.Chief, id); err != nil {
			t.Fatal(err)
		}
		if err := h.Answer(ctx, ratingtest.Chief, id, "已整改"); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := len(read(false)), len(read(true)); a != 2 || b != 3 {
		t.Errorf("%d wait, %d are answered", a, b)
	}
	other, err := h.Rectifications(ctx, ratingtest.Neighbour, rating.RectificationQuery{Limit: 10})
	if err != nil || len(other.Rows) != 0 {
		t.Errorf("the neighbour sees %+v, %v", other, err)
	}
	if _, err := h.Rectifications(ctx, ratingtest.Window, rating.RectificationQuery{Limit: 10}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the window lists: %v", err)
	}
}

func TestFigures(t *testing.T) {
	h, ctx := ratingtest.Open(t), t.Context()
	grades := map[string][]int{"220102d31": {5, 5, 4, 3, 1}, "220103d31": {2}, "2202d14": {5}}
	n := 0
	for path, list := range grades {
		for _, satisfaction := range list {
			n++
			c := ratingtest.Case(fmt.Sprintf("%s%02d", number[:19], n))
			c.OfficePath, c.OfficeName = path, "机构"+path
			h.Over(c)
			g, _ := rating.GradeOf(satisfaction)
			if err := h.Rate(ctx, ratingtest.Applicant, c.Number, rating.Rating{Grade: g, Channel: rating.PC}, once.Params{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		region         string
		offices, total int64
		rate           float64
	}{{"220102000000", 1, 5, 0.8}, {"220100000000", 2, 6, 4.0 / 6}, {"", 3, 7, 5.0 / 7}, {"220300000000", 0, 0, 0}} {
		q := rating.FiguresQuery{Limit: 10}
		if c.region != "" {
			q.Region = region.MustParse(c.region)
		}
		f, err := h.Figures(ctx, actor.Actor{}, q)
		if err != nil {
			t.Fatal(err)
		}
		rate, ok := f.Total.GoodRate()
		if int64(len(f.Offices)) != c.offices || f.Total.Total() != c.total || rate != c.rate || ok != (c.total > 0) {
			t.Errorf("%q: %+v, rate %v", c.region, f, rate)
		}
	}
	first, err := h.Figures(ctx, actor.Actor{}, rating.FiguresQuery{Limit: 2})
	if err != nil || len(first.Offices) != 2 || first.Next == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := h.Figures(ctx, actor.Actor{}, rating.FiguresQuery{Limit: 2, After: first.Next})
	if err != nil || len(second.Offices) != 1 || second.Next != "" || second.Total != first.Total {
		t.Errorf("%+v, %v", second, err)
	}
}
