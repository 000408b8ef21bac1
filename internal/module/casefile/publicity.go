package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// What is about to be decided is made public (公示), so that whoever knows better can object (异议) before it is. A stranger reads the item, the office, a
// masked name and what the office wrote, from the first to the last day; nothing of it afterwards.
const (
	publicityDays     = 7  // when the office says nothing else
	mostPublicityDays = 30 // of a notice
)

// Publicity is one notice as a stranger reads it.
type Publicity struct {
	ID        string
	Region    string
	Office    string
	Item      string
	Applicant string // masked
	Content   string
	Paper     string
	FromOn    civil.Date
	UntilOn   civil.Date // last day
	Over      bool       // it is no longer public: only who objected reads it
}

// What was withdrawn or is no longer accepted is not public any more.
const selectPublicity = `SELECT p.id, p.region, p.office, p.item, p.applicant, p.content, p.paper, p.from_on, p.until_on FROM casefile_publicity p
JOIN casefile_case c ON c.id = p.case_id AND c.state NOT IN ('withdrawn', 'rejected') `

// personalNumber finds what no notice may say: numbers of persons and phones.
var personalNumber = regexp.MustCompile(`[0-9]{17}[0-9Xx]|1[0-9]{10}`)

// publicize makes public what is about to be decided.
func (st *step) publicize(ctx context.Context, tx *db.Tx) (err error) {
	days := st.in.Days
	if days == 0 {
		days = publicityDays
	}
	wrong := fault.New(fault.Invalid, "casefile.bad_step")
	if days < 1 || days > mostPublicityDays {
		wrong.Field("days", "casefile.publicity.days", mostPublicityDays)
	}
	if personalNumber.MatchString(st.in.Comment) {
		wrong.Field("comment", "casefile.publicity.personal")
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	p := Publicity{ID: db.NewKey(), Region: st.c.Region, Office: st.c.OfficeName, Item: st.c.ItemName, Applicant: st.c.Applicant, Content: st.in.Comment, FromOn: st.today, UntilOn: st.today.Add(days)}
	w := st.words()
	w.fields["applicant"], w.fields["from_on"], w.fields["limit_on"] = p.Applicant, p.FromOn.Chinese(), p.UntilOn.Chinese()
	if st.paper, err = st.issue(ctx, tx, PublicityNotice, w); err != nil {
		return err
	}
	st.data["publicity"], st.data["until_on"] = p.ID, p.UntilOn.String()
	st.toldArgs = []string{p.UntilOn.String()}
	return tx.Later(ctx, `INSERT INTO casefile_publicity (id, case_id, region, office, item, applicant, content, paper, from_on, until_on) VALUES (`+db.In(10, 1)+`)`,
		p.ID, st.c.ID, p.Region, p.Office, p.Item, p.Applicant, p.Content, st.paper, p.FromOn, p.UntilOn)
}

// Publicities lists what is public today in a region and below, what ends first at first; region is digits of its code, "" is everywhere. after is the last of the page before.
func (s *Service) Publicities(ctx context.Context, region string, after Publicity, limit int) (list []Publicity, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		today := civil.Of(tx.Now).String()
		from := today
		if !after.UntilOn.IsZero() {
			from = after.UntilOn.String()
		}
		list, err = db.All[Publicity](ctx, tx, selectPublicity+`WHERE p.until_on >= $1 AND (p.until_on, p.id) > ($2, $3) AND p.region LIKE $4 ORDER BY p.until_on, p.id LIMIT $5`,
			today, from, after.ID, region+"%", limit)
		return err
	})
	return list, err
}

// Publicity returns one notice that is public today, with what by objected to it. Over, only who objected finds it, with his reply; fault.NotFound "casefile.publicity.none" for others.
func (s *Service) Publicity(ctx context.Context, by actor.Actor, id string) (p Publicity, own []Objection, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := db.All[Publicity](ctx, tx, selectPublicity+`WHERE p.id = $1`, id)
		if err != nil {
			return err
		}
		own = nil
		if by.SignedIn() {
			if own, err = s.objections(ctx, tx, `publicity_id = $1 AND account_id = $2`, id, by.Account); err != nil {
				return err
			}
		}
		if len(list) == 0 || len(own) == 0 && list[0].UntilOn.Before(civil.Of(tx.Now)) {
			return fault.New(fault.NotFound, "casefile.publicity.none")
		}
		p = list[0]
		p.Over = p.UntilOn.Before(civil.Of(tx.Now))
		return nil
	})
	return p, own, err
}

// Objection is what somebody has to say against what is public.
type Objection struct {
	ID        string
	Name      string // of who was not signed in
	Contact   string
	Text      string
	At        time.Time
	Reply     string
	RepliedAt time.Time
}

// objectionContent is what of an objection is sealed.
type objectionContent struct{ Name, Contact, Text string }

type objectionRow struct {
	ID        string
	CaseID    string
	Content   []byte
	At        time.Time
	Reply     []byte
	RepliedAt time.Time
}

func (s *Service) objections(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Objection, error) {
	rows, err := db.All[objectionRow](ctx, tx, `SELECT id, case_id, content, at, reply, replied_at FROM casefile_objection WHERE `+where+` ORDER BY id LIMIT 300`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading objections: %w", err)
	}
	out := make([]Objection, len(rows))
	for i, r := range rows {
		text, err := s.unseal(r.Content, r.CaseID, "objection")
		if err != nil {
			return nil, err
		}
		var c objectionContent
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, fmt.Errorf("decoding an objection: %w", err)
		}
		reply, err := s.unseal(r.Reply, r.CaseID, "reply")
		if err != nil {
			return nil, err
		}
		out[i] = Objection{r.ID, c.Name, c.Contact, c.Text, r.At, string(reply), r.RepliedAt}
	}
	return out, nil
}

// mayDecideOpenly tells why a case can't be decided yet for what is public of it.
func (st *step) mayDecideOpenly() error {
	if st.in.Action != Approve && st.in.Action != Refuse {
		return nil
	}
	if !st.publicUntil.IsZero() && !st.today.After(st.publicUntil) {
		return fault.New(fault.Conflict, "casefile.publicity.lasts", st.publicUntil.String())
	}
	if st.unanswered > 0 {
		return fault.New(fault.Conflict, "casefile.publicity.unanswered", st.unanswered)
	}
	return nil
}

// loadPublicity reads until when a case is public and how many objections wait.
func (s *Service) loadPublicity(ctx context.Context, tx *db.Tx, caseID string) (until civil.Date, unanswered int, err error) {
	days, err := db.All[civil.Date](ctx, tx, `SELECT until_on FROM casefile_publicity WHERE case_id = $1 ORDER BY until_on DESC LIMIT 1`, caseID)
	if err != nil || len(days) == 0 {
		return until, 0, err
	}
	unanswered, err = db.One[int](ctx, tx, `SELECT count(*) FROM casefile_objection WHERE case_id = $1 AND replied_at IS NULL`, caseID)
	return days[0], unanswered, err
}

// Limits of what strangers write. Many notices, few words: an office must be able to read them all.
const (
	longestObjection   = 1000
	longestContact     = 100
	mostObjections     = 300 // to one notice
	objectionsEachMost = 3   // of one account to one notice
)

// publisher is who acts when a stranger objects.
var publisher = actor.Program("casefile.publicity")

// Object takes an objection to what is public today, of whoever is signed in or leaves a way to be reached. The office is told, and a process that waits for the message
// "objection" hears of it. fault.NotFound "casefile.publicity.none" when it is over, fault.Conflict "casefile.publicity.enough" when too many came.
func (s *Service) Object(ctx context.Context, by actor.Actor, publicityID string, in Objection) error {
	in.Name, in.Contact, in.Text = strings.TrimSpace(in.Name), strings.TrimSpace(in.Contact), strings.TrimSpace(in.Text)
	if err := in.check(by); err != nil {
		return err
	}
	text, err := json.Marshal(objectionContent{in.Name, in.Contact, in.Text})
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		type row struct{ CaseID string }
		found, err := db.All[row](ctx, tx, `SELECT case_id FROM casefile_publicity WHERE id = $1 AND until_on >= $2`, publicityID, civil.Of(tx.Now).String())
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound, "casefile.publicity.none")
		}
		c, err := byID(ctx, tx, found[0].CaseID)
		if err != nil {
			return err
		}
		if c.State != Accepted && c.State != Suspended {
			return fault.New(fault.Conflict, "casefile.publicity.decided")
		}
		all, err := db.One[int](ctx, tx, `SELECT count(*) FROM casefile_objection WHERE publicity_id = $1`, publicityID)
		if err != nil {
			return err
		}
		own, err := db.One[int](ctx, tx, `SELECT count(*) FROM casefile_objection WHERE publicity_id = $1 AND account_id = $2 AND account_id <> ''`, publicityID, by.Account)
		if err != nil {
			return err
		}
		if all >= mostObjections || own >= objectionsEachMost {
			return fault.New(fault.Conflict, "casefile.publicity.enough")
		}
		sealed, err := s.needs.Keys.Seal(text, aad(c.ID, "objection"))
		if err != nil {
			return err
		}
		id := db.NewKey()
		err = tx.Later(ctx, `INSERT INTO casefile_objection (id, publicity_id, case_id, account_id, subject_id, content, at) VALUES (`+db.In(7, 1)+`)`,
			id, publicityID, c.ID, by.Account, by.For(), sealed, tx.Now)
		if err != nil {
			return err
		}
		return s.objected(ctx, tx, c, id)
	})
}

func (in Objection) check(by actor.Actor) error {
	wrong := fault.New(fault.Invalid, "casefile.publicity.bad")
	for _, x := range [][2]string{{"name", in.Name}, {"contact", in.Contact}} {
		if n := len([]rune(x[1])); n > longestContact || n == 0 && !by.SignedIn() {
			wrong.Field(x[0], "casefile.publicity."+x[0], longestContact)
		}
	}
	if n := len([]rune(in.Text)); n == 0 || n > longestObjection {
		wrong.Field("text", "casefile.publicity.text", longestObjection)
	}
	return wrong.OrNil()
}

// objected tells the process that waits for it, the history and the office.
func (s *Service) objected(ctx context.Context, tx *db.Tx, c *Case, id string) error {
	waits, err := s.needs.Flows.Waits(ctx, tx, c.ID, objectionMessage)
	if err != nil {
		return err
	}
	data := map[string]any{"objection": id}
	if waits {
		if data["told"], err = s.needs.Flows.Correlate(ctx, tx, objectionWord(c)); err != nil {
			return err
		}
	}
	seen := c.Version
	c.Version++
	if err := move(ctx, tx, c, seen); err != nil {
		return err
	}
	if err := s.record(ctx, tx, publisher, c, Event{Action: Object, State: c.State}, "case.objected", data); err != nil {
		return err
	}
	offices, err := s.needs.Flows.TaskOffices(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if !slices.Contains(offices, c.OfficePath) {
		offices = append(offices, c.OfficePath)
	}
	for _, path := range offices {
		if err := s.tellAt(ctx, tx, c, path, "casefile.told.objected"); err != nil {
			return err
		}
	}
	return nil
}

// answerObjection replies to one that waits; who was signed in is told.
func (st *step) answerObjection(ctx context.Context, tx *db.Tx) error {
	type row struct{ ID, PublicityID, SubjectID string }
	open, err := db.All[row](ctx, tx, `SELECT id, publicity_id, subject_id FROM casefile_objection WHERE case_id = $1 AND replied_at IS NULL ORDER BY id LIMIT 300`, st.c.ID)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return fault.New(fault.Conflict, "casefile.publicity.no_objection")
	}
	at := slices.IndexFunc(open, func(r row) bool { return r.ID == st.in.Objection })
	if at < 0 && (st.in.Objection != "" || len(open) > 1) {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("objection", "casefile.publicity.which_missing")
	}
	o := open[max(at, 0)]
	reply, err := st.s.needs.Keys.Seal([]byte(st.in.Comment), aad(st.c.ID, "reply"))
	if err != nil {
		return err
	}
	st.data["objection"] = o.ID
	err = tx.LaterOne(ctx, fault.New(fault.Conflict, "casefile.publicity.no_objection"), `UPDATE casefile_objection SET reply = $1, replied_by = $2, replied_at = $3 WHERE id = $4 AND replied_at IS NULL`,
		reply, st.by.Name(), tx.Now, o.ID)
	if err != nil || o.SubjectID == "" {
		return err
	}
	return st.s.tellObjector(ctx, tx, st.c, o.SubjectID, o.PublicityID)
}
