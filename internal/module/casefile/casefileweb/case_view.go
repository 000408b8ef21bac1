package casefileweb

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form/formweb"
)

// facts is what the pages of a case share, for applicants and officers alike.
type facts struct {
	Number    string
	State     string
	Title     string
	Office    string
	Clock     design.ClockParams
	Track     *design.TrackParams // nil before the clock begins
	Time      []design.SummaryRow // what else there is to say of the time
	Events    []design.TimelineEvent
	Documents []design.FileItem
	Facts     []design.SummaryRow
	Answers   []design.SummaryRow
	Buttons   []design.ButtonParams
	Note      string          // what has just been done
	Picture   templ.Component // of where its process stands; nil for none
}

func (f facts) badge(ctx context.Context) *design.BadgeParams {
	b := stateBadge(ctx, f.State)
	return &b
}

// clock is the case's clock under a heading of this level.
func (f facts) clock(level int) design.ClockParams {
	f.Clock.Level = level
	return f.Clock
}

type caseView struct {
	facts
	Receipt   bool // it has just been handed in
	QueryCode string
	NextText  string
	NextTone  design.Tone
	Urge      bool // there is somebody to remind
	Materials []design.SummaryRow
}

type deskCaseView struct {
	facts
	Brief     []design.SummaryRow // what is next, by when, and who waits
	TimeNote  string
	Opinions  bool // others have said something that who goes on must read
	TimeTone  design.Tone
	Applicant string
	Handed    []handedView
	More      moreView
	Written   []design.SummaryListParams // with tasks
	Disclose  *design.Link               // to numbers and phones in clear; nil for who may not see them, or where there are none
}

// handedView is one material beside the form: how it was given and what can be seen of it.
type handedView struct {
	Name     string
	How      string
	Files    []design.FileItem
	Previews []design.Link // Icon "image" is drawn, anything else framed
}

// note is what stands beside a material's name: its files, and without any how it was given.
func (h handedView) note() string {
	names := make([]string, len(h.Files))
	for i, f := range h.Files {
		names[i] = f.Name
	}
	if len(names) == 0 {
		return h.How
	}
	return strings.Join(names, "、")
}

type actionView struct {
	Number  string
	Title   string
	Name    string
	Heading string
	About   string
	Kind    design.ButtonKind
	Hidden  []design.Hidden
	Fields  []templ.Component
	Preview string
	Paper   bool // it issues a document, which can be seen before
	Errors  design.Errors
}

type movedView struct {
	Number  string
	Section string
	Reason  string
	Badge   *design.BadgeParams
	Events  []design.TimelineEvent
	Comment string // what was typed, so that it is not lost
	Back    string
}

type withdrawView struct {
	Number, Title, Comment string
	Hidden                 []design.Hidden
	Errors                 design.Errors
}

type correctView struct {
	Number, Title, Comment, Asked string
	Notice                        *design.Link
	Hidden                        []design.Hidden
	Wanted, Others                []materialLine // what the notice names; what else may be given anew
	OthersOpen, FormOpen          bool           // for there is something to see
	Form                          formweb.Params // without a definition there are no answers to correct
	MaxBytes                      int64
	Errors                        design.Errors
}

type casesView struct {
	Note   string
	Drafts []draftCard
	Cases  []caseCard
	First  string
	Next   string
}

type draftCard struct {
	Title, Href, Discard string
	Meta                 []string
}

type caseCard struct {
	Title, Href, Text string
	Meta              []string
	Tone              design.Tone
	Badge             design.BadgeParams
}

type progressView struct {
	Number string
	Found  bool
	Rows   []design.SummaryRow
	Clock  design.ClockParams
	Events []design.TimelineEvent
	Errors design.Errors
}

type deskView struct {
	Tabs        design.TabsParams
	Note        string       // what has just been done
	Done        *design.Link // the case it was done with
	Following   string       // address of the most urgent case
	Rows        []design.Row
	First, Next string
}

type searchView struct {
	Text, State, From, Until string
	Asked                    bool
	Rows                     []design.Row
	Next                     string // id of the last row when there are more
	Errors                   design.Errors
}

type receiveView struct {
	Kind, Number, Name, Item, Code string
	Items                          []design.ChoiceOption
	Authorised                     bool
	Drafts                         []draftCard
	Errors                         design.Errors
}
