// Package notice tells people things (消息通知): stored first, in the transaction of what happened, sent later.
//
// A message is a key and arguments, said in the reader's language when it is read; it holds no personal numbers. The in-app message is the
// record; an SMS that says there is one follows from a job after the commit.
package notice

import (
	"context"
	"embed"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "notice", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Message is what somebody is told.
type Message struct {
	ID      string
	Subject string // the person or company told
	Key     string // a line of the locales
	Args    []string
	Link    string // a path of ours to go on from
	Desk    bool   // told for the work, read at the desk; otherwise a matter of the person's own
	At      time.Time
	Read    bool
}

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Queue  Queue
	Phones Phones
	SMS    Sender
}

// Queue takes jobs, met by platform/job.
type Queue interface {
	Insert(ctx context.Context, tx *db.Tx, a job.Args, options ...job.Option) error
}

// Phones finds where a subject can be reached, met by the account module.
type Phones interface {
	// Phone returns the subject's mobile number in clear, "" when it has none.
	Phone(ctx context.Context, tx *db.Tx, subject string) (string, error)
}

// Sender sends a short text, met by an adapter.
type Sender interface {
	// Send hands the text to the operator under a reference: the same reference twice is sent once.
	Send(ctx context.Context, phone, text, reference string) error
}

// Service keeps messages. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
}

// New returns the service.
func New(d *db.DB, n Needs) *Service { return &Service{db: d, needs: n} }

// deliver is the job that sends an SMS for a message. It carries what the text is made of, which is no personal data: whom it is for is a key.
type deliver struct {
	Message string   `json:"message"`
	Subject string   `json:"subject"`
	Key     string   `json:"key"`
	Args    []string `json:"args"`
}

// JobKind implements job.Args.
func (deliver) JobKind() string { return "notice.deliver" }

// Send stores a message and a job that announces it, in the caller's transaction.
func (s *Service) Send(ctx context.Context, tx *db.Tx, m Message) error {
	id := db.NewKey()
	if m.Args == nil {
		m.Args = []string{}
	}
	err := tx.Later(ctx, `INSERT INTO notice_message (id, subject_id, message_key, args, link, sent_at, desk) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, m.Subject, m.Key, db.JSON[[]string]{V: m.Args}, m.Link, tx.Now, m.Desk)
	if err != nil {
		return fmt.Errorf("storing a message: %w", err)
	}
	return s.needs.Queue.Insert(ctx, tx, deliver{id, m.Subject, m.Key, m.Args})
}

// Register gives the queue its handler. say turns a message into the short text of an SMS.
func (s *Service) Register(q *job.Queue, say func(key string, args []string) string) {
	job.HandleMany(q, func(ctx context.Context, list []deliver) []error {
		phones, outcomes := s.phones(ctx, list)
		for i, d := range list {
			if phones[i] != "" && outcomes[i] == nil {
				// Between two transactions: the operator is another system, and knows the reference if this runs again.
				outcomes[i] = s.needs.SMS.Send(ctx, phones[i], say(d.Key, d.Args), d.Message)
			}
		}
		return outcomes
	})
}

// phones finds whom messages go to, and what kept it from finding out.
func (s *Service) phones(ctx context.Context, list []deliver) (phones []string, failed []error) {
	phones, failed = make([]string, len(list)), make([]error, len(list))
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		for i, d := range list {
			phones[i], failed[i] = s.needs.Phones.Phone(ctx, tx, d.Subject)
		}
		return nil
	})
	if err != nil {
		for i := range failed {
			failed[i] = err
		}
	}
	return phones, failed
}

type messageRow struct {
	ID         string
	SubjectID  string
	MessageKey string
	Args       db.JSON[[]string]
	Link       string
	SentAt     time.Time
	ReadAt     time.Time
	Desk       bool
}

// reader is whose messages by reads: at the desk those told to an officer for the work, elsewhere those of whom by acts for.
func reader(by actor.Actor) (subject string, desk bool) {
	if by.Kind == actor.Officer {
		return by.Subject, true
	}
	return by.For(), false
}

const selectMessage = `SELECT id, subject_id, message_key, args, link, sent_at, read_at, desk FROM notice_message WHERE `

// List returns by's messages, newest first, those older than the message `before` when it is not empty.
func (s *Service) List(ctx context.Context, by actor.Actor, before string, limit int) (out []Message, err error) {
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	subject, desk := reader(by)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		rows, err := db.All[messageRow](ctx, tx, selectMessage+`subject_id = $1 AND desk = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, subject, desk, before, limit)
		for _, r := range rows {
			out = append(out, Message{r.ID, r.SubjectID, r.MessageKey, r.Args.V, r.Link, r.Desk, r.SentAt, !r.ReadAt.IsZero()})
		}
		return err
	})
	return out, err
}

// Unread counts by's unread messages, up to 99.
func (s *Service) Unread(ctx context.Context, by actor.Actor) (n int, err error) {
	subject, desk := reader(by)
	if subject == "" {
		return 0, nil
	}
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		n, err = db.One[int](ctx, tx, `SELECT count(*) FROM (SELECT id FROM notice_message WHERE subject_id = $1 AND desk = $2 AND read_at IS NULL LIMIT 99) AS unread`, subject, desk)
		return err
	})
	return n, err
}

// Open marks one of by's messages read and returns where it leads. fault.NotFound for anybody else's.
func (s *Service) Open(ctx context.Context, by actor.Actor, id string) (link string, err error) {
	subject, desk := reader(by)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		links, err := db.All[string](ctx, tx, `UPDATE notice_message SET read_at = COALESCE(read_at, $1) WHERE id = $2 AND subject_id = $3 AND desk = $4 RETURNING link`, tx.Now, id, subject, desk)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			return fault.New(fault.NotFound, "notice.not_found")
		}
		link = links[0]
		return nil
	})
	return link, err
}

// OpenAll marks by's messages read up to the one of this id: those that came after what by saw stay unread.
func (s *Service) OpenAll(ctx context.Context, by actor.Actor, latest string) error {
	subject, desk := reader(by)
	if subject == "" {
		return nil
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE notice_message SET read_at = $1 WHERE subject_id = $2 AND desk = $3 AND id <= $4 AND read_at IS NULL`, tx.Now, subject, desk, latest)
	})
}
