package item

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Category is what a reader found wrong in a guide.
type Category string

// The categories.
const (
	WrongPhone     Category = "phone"     // nobody answers the telephone, or somebody else does
	WrongAddress   Category = "address"   // the place or the hours are others
	WrongMaterials Category = "materials" // the window asked for something else
	WrongTimeOrFee Category = "time_fee"  // it took longer, or cost something else
	WrongOther     Category = "other"
)

// Categories lists the categories in the order they are asked.
func Categories() []Category {
	return []Category{WrongPhone, WrongAddress, WrongMaterials, WrongTimeOrFee, WrongOther}
}

// LongestFeedback is how many characters a reader, and a keeper who answers, may write.
const LongestFeedback = 500

// Feedback is one reader saying that a guide is wrong (指南有误), until a keeper of its office answers.
type Feedback struct {
	ID         string
	Object     string // code of the entry (31 characters), or of the base item (12 digits)
	OfficePath string // whose keepers see it; "22" is the province's
	Version    int    // of the entry or base item when it was said
	Category   Category
	Said       string
	Sender     string // the subject who is told; "" when nobody was signed in
	SentAt     time.Time
	ClosedAt   time.Time // zero while open
	ClosedBy   string
	Answer     string

	BaseCode string // of the item; "" in lists
}

// Notice is what somebody is told; see [Notices].
type Notice struct {
	Subject string
	Key     string // a line of the locales
	Args    []string
	Link    string
}

// Report is what a reader says of a guide.
type Report struct {
	Object   string // code of the entry or of the base item
	Category Category
	Said     string
}

// SendFeedback takes a reader's word that a guide is wrong and has a keeper of its office asked. Anybody may; the same sender saying the same about
// the same guide is kept once while it is open, and who is not signed in is told apart by the words alone. fault.Invalid for an unknown category or
// a text that is empty or longer than [LongestFeedback]; fault.NotFound for an unknown guide.
func (s *Service) SendFeedback(ctx context.Context, by actor.Actor, r Report) error {
	r.Said = strings.TrimSpace(r.Said)
	refusal := fault.New(fault.Invalid, "item.feedback.incomplete")
	if !slices.Contains(Categories(), r.Category) {
		refusal.Field("category", "item.feedback.choose")
	}
	checkWords(refusal, "said", r.Said)
	if err := refusal.OrNil(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f := Feedback{ID: db.NewKey(), Object: r.Object, Category: r.Category, Said: r.Said, Sender: by.For()}
		var err error
		if f.OfficePath, f.Version, err = s.ownerOf(ctx, tx, r.Object); err != nil {
			return err
		}
		if !by.SignedIn() {
			open, err := countFeedback(ctx, tx, f.Object)
			if err != nil {
				return fmt.Errorf("counting feedback: %w", err)
			}
			if open >= mostByStrangers {
				return fault.New(fault.TooMany, "item.feedback.enough")
			}
		}
		n, err := insertFeedback(ctx, tx, f, markOf(by, r.Said))
		if err != nil {
			return fmt.Errorf("storing feedback: %w", err)
		}
		if n == 0 {
			return nil
		}
		todo := Todo{OfficePath: f.OfficePath, Kind: GuideDisputed, Object: f.Object, Cause: f.ID, Said: string(f.Category), OpenedBy: by.Name()}
		if err := s.OpenTodo(ctx, tx, todo); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.feedback_sent", Actor: by.Name(), Subject: f.Sender, Object: "item:" + f.Object,
			Data: map[string]any{"feedback": f.ID, "category": f.Category}})
	})
}

// mostByStrangers is how many reports on one guide may be open before those who are not signed in are asked to wait: nobody reads more, and a flood
// must not fill the log.
const mostByStrangers = 50

// ownerOf returns whose keepers answer for a guide, and its version.
func (s *Service) ownerOf(ctx context.Context, tx *db.Tx, code string) (path string, version int, err error) {
	if len(code) == 12 {
		b, err := s.Base(ctx, tx, code)
		if err != nil {
			return "", 0, err
		}
		return "22", b.Version, nil
	}
	e, err := s.Entry(ctx, tx, code)
	if err != nil {
		return "", 0, err
	}
	return e.OfficePath, e.Version, nil
}

// markOf is what makes two reports one: the account, or of a stranger the words.
func markOf(by actor.Actor, said string) string {
	if by.SignedIn() {
		return "a:" + by.Name()
	}
	sum := sha256.Sum256([]byte(said))
	return "w:" + hex.EncodeToString(sum[:16])
}

func checkWords(refusal *fault.Error, field, text string) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		refusal.Field(field, "item.feedback.say")
	case n > LongestFeedback:
		refusal.Field(field, "item.feedback.too_long", LongestFeedback)
	}
}

// FeedbackQuery narrows a keeper's list of feedback.
type FeedbackQuery struct {
	Answered bool
	Object   string // code of one guide; "" for all
	After    string // id of the last row of the page before
	Limit    int    // at most [Most]
}

// Feedback lists what readers say of the guides within by's reach: open ones oldest first, answered ones newest first. fault.Forbidden for who
// keeps nothing.
func (s *Service) Feedback(ctx context.Context, by actor.Actor, q FeedbackQuery) ([]Feedback, error) {
	reach := s.needs.Rights.Reach(by, ActImprove)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	q.Limit = min(q.Limit, Most)
	var list []Feedback
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		list, err = feedbackWithin(ctx, tx, reach, q)
		return err
	})
	return list, err
}

// ReadFeedback returns one report to a keeper of its office, and to whoever sent it while signed in; fault.NotFound "item.feedback.gone" for
// everybody else.
func (s *Service) ReadFeedback(ctx context.Context, by actor.Actor, id string) (Feedback, error) {
	var f Feedback
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		f, err = s.feedbackFor(ctx, tx, by, id)
		if err != nil || by.For() != "" && by.For() == f.Sender {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.feedback_read", Actor: by.Name(), Office: by.OfficePath, Subject: f.Sender,
			Object: "item:" + f.Object, Data: map[string]any{"feedback": f.ID}})
	})
	return f, err
}

func (s *Service) feedbackFor(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Feedback, error) {
	f, err := feedbackByID(ctx, tx, id)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return Feedback{}, fmt.Errorf("reading feedback: %w", err)
	}
	if err != nil {
		return Feedback{}, fault.New(fault.NotFound, "item.feedback.gone")
	}
	if f.BaseCode, err = itemOf(ctx, tx, f.Object); err != nil {
		return Feedback{}, err
	}
	own := by.For() != "" && by.For() == f.Sender
	if !own && !s.MayAnswer(by, f) {
		return Feedback{}, fault.New(fault.NotFound, "item.feedback.gone")
	}
	return f, nil
}

// MayAnswer tells whether by keeps the guide a report is about, as [Service.ReadFeedback] returned it.
func (s *Service) MayAnswer(by actor.Actor, f Feedback) bool {
	return s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: f.OfficePath, Item: cmp.Or(f.BaseCode, f.Object)}) == nil
}

// AnswerFeedback closes a report with an answer, and what waits for a keeper with it; a sender who was signed in is told. fault.NotFound
// "item.feedback.gone" beyond by's reach, fault.Conflict "item.feedback.answered" when it is closed already, fault.Invalid for no answer.
func (s *Service) AnswerFeedback(ctx context.Context, by actor.Actor, id, answer string) error {
	answer = strings.TrimSpace(answer)
	refusal := fault.New(fault.Invalid, "item.feedback.incomplete")
	checkWords(refusal, "answer", answer)
	if err := refusal.OrNil(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f, err := s.feedbackFor(ctx, tx, by, id)
		if err == nil && !s.MayAnswer(by, f) {
			err = fault.New(fault.NotFound, "item.feedback.gone")
		}
		if err != nil {
			return err
		}
		if err := s.closeFeedback(ctx, tx, by, f, answer); err != nil {
			return err
		}
		return closeTodoOf(ctx, tx, GuideDisputed, f.Object, f.ID, by.Name(), answer)
	})
}

// closeFeedback closes a report with its leaf and tells its sender.
func (s *Service) closeFeedback(ctx context.Context, tx *db.Tx, by actor.Actor, f Feedback, answer string) error {
	n, err := answerFeedback(ctx, tx, f.ID, by.Name(), answer)
	if err != nil {
		return fmt.Errorf("closing feedback: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "item.feedback.answered")
	}
	err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.feedback_answered", Actor: by.Name(), Office: by.OfficePath, Subject: f.Sender,
		Object: "item:" + f.Object, Data: map[string]any{"feedback": f.ID, "category": f.Category}})
	if err != nil || f.Sender == "" {
		return err
	}
	name, err := s.nameOf(ctx, tx, f.Object)
	if err != nil {
		return err
	}
	return s.needs.Notices.Send(ctx, tx, Notice{Subject: f.Sender, Key: "item.told.feedback", Args: []string{name}, Link: "/items/" + f.Object + "/feedback/" + f.ID})
}

func (s *Service) nameOf(ctx context.Context, tx *db.Tx, code string) (string, error) {
	if len(code) == 12 {
		b, err := s.Base(ctx, tx, code)
		if err != nil {
			return "", err
		}
		return b.Short, nil
	}
	e, err := s.Entry(ctx, tx, code)
	if err != nil {
		return "", err
	}
	return e.Short, nil
}

// MostCounted is where [Service.OpenFeedback] stops counting.
const MostCounted = 100

// OpenFeedback returns how many reports about a guide wait for an answer, counted up to [MostCounted]; ok is false for who does not keep it.
func (s *Service) OpenFeedback(ctx context.Context, by actor.Actor, e *Entry) (n int, ok bool, err error) {
	path := e.OfficePath
	object := e.Code
	if object == "" {
		path, object = "22", e.BaseCode
	}
	if s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: path, Item: e.BaseCode}) != nil {
		return 0, false, nil
	}
	err = s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		n, err = countFeedback(ctx, tx, object)
		return err
	})
	return n, true, err
}
