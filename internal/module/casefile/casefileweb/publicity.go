package casefileweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// publicityRows is how many notices a page shows.
const publicityRows = 20

// objectionMax is how much an objection may say.
const objectionMax = 1000

type publicitiesView struct {
	Region  string
	Regions func(parent string) []design.Option
	Rows    []design.Row
	Next    string // address of the next page
}

type publicityView struct {
	ID, Title           string
	Rows                []design.SummaryRow
	Own                 []design.SummaryListParams
	Over, Done, Unknown bool // Unknown: who looks is not signed in
	Typed               casefile.Objection
	Errors              design.Errors
}

// publicityRoutes are where strangers read what is public, and object.
func (s *site) publicityRoutes(r *web.Router) {
	r.Page("GET /publicity", web.Public, s.publicities)
	r.Page("GET /publicity/{id}", web.Public, s.publicity)
	r.Page("POST /publicity/{id}", web.Public, s.object)
}

// publicities is GET /publicity: what is public in a region today.
func (s *site) publicities(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := publicitiesView{Region: q.Get("region"), Regions: s.regionsOf(ctx)}
	prefix := ""
	if c, err := region.Parse(v.Region); err == nil {
		prefix = c.Prefix()
	} else {
		v.Region = ""
	}
	var after casefile.Publicity
	if on, err := civil.Parse(q.Get("on")); err == nil {
		after = casefile.Publicity{UntilOn: on, ID: q.Get("after")}
	}
	list, err := s.Cases.Publicities(ctx, prefix, after, publicityRows+1)
	if err != nil {
		return err
	}
	if len(list) > publicityRows {
		list = list[:publicityRows]
		last := list[publicityRows-1]
		v.Next = "/publicity?" + url.Values{"region": {v.Region}, "on": {last.UntilOn.String()}, "after": {last.ID}}.Encode()
	}
	for _, p := range list {
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: p.Item, Href: "/publicity/" + url.PathEscape(p.ID)}, {Text: p.Applicant}, {Text: p.Office}, {Text: s.regionName(p.Region)},
			{Text: dateText(ctx, p.UntilOn)}}})
	}
	return page.Render(w, r, http.StatusOK, publicitiesPage(v))
}

// publicity is GET /publicity/{id}.
func (s *site) publicity(w http.ResponseWriter, r *http.Request) error {
	return s.renderPublicity(w, r, http.StatusOK, casefile.Objection{}, nil)
}

func (s *site) renderPublicity(w http.ResponseWriter, r *http.Request, status int, typed casefile.Objection, wrong error) error {
	ctx := r.Context()
	p, own, err := s.Cases.Publicity(ctx, by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := publicityView{ID: p.ID, Title: p.Item, Typed: typed, Errors: design.ErrorsOf(ctx, wrong), Unknown: !by(r).SignedIn(), Done: r.URL.Query().Get("done") == "1",
		Over: p.Over}
	for _, x := range [][2]string{{"applicant", p.Applicant}, {"office", p.Office}, {"region", s.regionName(p.Region)}, {"content", p.Content}, {"from", dateText(ctx, p.FromOn)},
		{"until", dateText(ctx, p.UntilOn)}} {
		v.Rows = row(v.Rows, page.T(ctx, "casefile.publicity."+x[0]), x[1])
	}
	for _, o := range own {
		v.Own = append(v.Own, objectionList(ctx, o))
	}
	return page.Render(w, r, status, publicityPage(v))
}

// object is POST /publicity/{id}: few from one address, so that nobody buries an office.
func (s *site) object(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name    string `form:"name"`
		Contact string `form:"contact"`
		Text    string `form:"text"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	typed := casefile.Objection{Name: in.Name, Contact: in.Contact, Text: in.Text}
	from := web.Address(r)
	if err := s.byObject.Spent(from); err != nil {
		return err
	}
	err := s.Cases.Object(r.Context(), by(r), r.PathValue("id"), typed)
	if fault.Is(err, fault.Invalid) {
		return s.renderPublicity(w, r, http.StatusUnprocessableEntity, typed, err)
	}
	if err != nil {
		return err
	}
	_ = s.byObject.Allow(from) // of two at once one is too many: it has arrived, the next is refused
	web.Redirect(w, r, "/publicity/"+url.PathEscape(r.PathValue("id"))+"?done=1")
	return nil
}

// objectionList shows one objection with its reply.
func objectionList(ctx context.Context, o casefile.Objection) design.SummaryListParams {
	who := o.Name
	if who == "" {
		who = page.T(ctx, "casefile.publicity.signed_in")
	}
	rows := row(nil, page.T(ctx, "casefile.publicity.who"), who)
	rows = row(rows, page.T(ctx, "casefile.publicity.your_contact"), o.Contact)
	rows = row(rows, page.T(ctx, "casefile.publicity.your_text"), o.Text)
	if o.RepliedAt.IsZero() {
		rows = row(rows, page.T(ctx, "casefile.publicity.reply"), page.T(ctx, "casefile.publicity.no_reply"))
	} else {
		rows = row(rows, page.T(ctx, "casefile.publicity.reply"), o.Reply)
	}
	return design.SummaryListParams{Title: page.T(ctx, "casefile.publicity.objection_of", page.DateTime(ctx, o.At)), Level: 2, Rows: rows}
}

// publicityFields are the fields of what an officer makes public, and of his reply.
func publicityFields(ctx context.Context, t typed) []templ.Component {
	if t.action == casefile.Publicize {
		return []templ.Component{commentField(ctx, t, false, focus()), daysField(ctx, t, strconv.Itoa(7), page.T(ctx, "casefile.publicity.days_hint"), nil)}
	}
	p := design.ChoiceParams{Name: "objection", Label: page.T(ctx, "casefile.publicity.which"), Values: t.values["objection"], Error: t.errors.Of("objection")}
	for _, o := range t.view.Objections {
		if o.RepliedAt.IsZero() {
			p.Options = append(p.Options, design.ChoiceOption{Value: o.ID, Text: o.Text, Hint: page.T(ctx, "casefile.publicity.objection_of", page.DateTime(ctx, o.At))})
		}
	}
	if len(p.Options) == 1 {
		p.Values = []string{p.Options[0].Value}
	}
	return []templ.Component{design.Choice(p), commentField(ctx, t, false, nil)}
}
