package keeperweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) entryRoutes(r *web.Router) {
	r.Page("GET /desk/library/entries", web.Staff, s.entries)
	r.Page("GET /desk/library/entries/{code}", web.Staff, s.entry)
	r.Page("POST /desk/library/entries/{code}", web.Staff, s.improve)
	r.Page("POST /desk/library/entries/{code}/contact", web.Staff, s.contactEverywhere)
}

type entriesView struct {
	Rows  []item.Own
	Next  string
	Paged bool
	Done  string
}

// entries is GET /desk/library/entries: what the offices of a chief or keeper offer.
func (s *site) entries(w http.ResponseWriter, r *http.Request) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	v := entriesView{Paged: after != "", Done: r.URL.Query().Get("done")}
	var err error
	if v.Rows, err = s.Items.Own(ctx, actor.FromContext(ctx), after, rowsShown+1); err != nil {
		return err
	}
	if len(v.Rows) > rowsShown {
		v.Rows = v.Rows[:rowsShown]
		v.Next = v.Rows[rowsShown-1].Code
	}
	return page.Render(w, r, http.StatusOK, entriesPage(v))
}

func (v entriesView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = "/desk/library/entries"
	}
	if v.Next != "" {
		p.Next = query("/desk/library/entries", "after", v.Next)
	}
	return p
}

func entryColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.entry.office")}, {Text: page.T(ctx, "keeper.element.promise_days"), Number: true},
		{Text: page.T(ctx, "keeper.element.visits"), Number: true}, {Text: page.T(ctx, "keeper.entry.phone")}, {Text: page.T(ctx, "keeper.items.state")}}
}

func (v entriesView) rows(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, o := range v.Rows {
		rows[i] = design.Row{Cells: []design.Cell{{Text: o.Name, Href: entryAt(o.Code), Note: o.Code}, {Text: o.OfficeName}, {Text: strconv.Itoa(o.PromiseDays)},
			{Text: strconv.Itoa(o.Visits)}, {Text: o.Contact.Phone}, {View: design.Badge(*stateBadge(ctx, o.State))}}}
	}
	return rows
}

func entryAt(code string) string { return "/desk/library/entries/" + url.PathEscape(code) }

// entryView is one entry with the form that betters it.
type entryView struct {
	*item.Own
	Promise   string `form:"promise_days"`
	Visited   string `form:"visits"`
	Address   string `form:"address"`
	Windows   string `form:"windows"`
	Hours     string `form:"hours"`
	Phone     string `form:"phone"`
	Supervise string `form:"supervise"`
	Done      string
	Errors    design.Errors
}

func (v *entryView) contact() item.Contact {
	return item.Contact{Address: v.Address, Windows: v.Windows, Hours: v.Hours, Phone: v.Phone, Supervise: v.Supervise}
}

// entry is GET /desk/library/entries/{code}.
func (s *site) entry(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := s.Items.OwnEntry(ctx, actor.FromContext(ctx), r.PathValue("code"))
	if err != nil {
		return err
	}
	c := o.Override.Contact
	v := &entryView{Own: o, Address: c.Address, Windows: c.Windows, Hours: c.Hours, Phone: c.Phone, Supervise: c.Supervise, Done: r.URL.Query().Get("done"),
		Promise: digits(o.Promised()), Visited: digits(o.Override.Visits)}
	return page.Render(w, r, http.StatusOK, entryPage(v))
}

// spanText is a number of days with its unit.
func spanText(ctx context.Context, n int, unit item.Unit) string {
	return page.T(ctx, "keeper.entry.span", n, optionName(ctx, "promise_unit", string(unit)))
}

func digits(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// improve is POST /desk/library/entries/{code}: what the office says of its own about one item.
func (s *site) improve(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, func(ctx context.Context, v *entryView) (string, error) {
		o := item.Override{Contact: v.contact()}
		var err error
		if o.PromiseDays, err = number("promise_days", v.Promise); err != nil {
			return "", err
		}
		if o.Visits, err = number("visits", v.Visited); err != nil {
			return "", err
		}
		return proposedAt(s.Items.ProposeOverride(ctx, actor.FromContext(ctx), v.Code, o))
	})
}

// contactEverywhere is POST /desk/library/entries/{code}/contact: the same address and phones in all entries of the entry's office.
func (s *site) contactEverywhere(w http.ResponseWriter, r *http.Request) error {
	return s.change(w, r, func(ctx context.Context, v *entryView) (string, error) {
		return proposedAt(s.Items.ProposeContact(ctx, actor.FromContext(ctx), v.OfficeID, v.contact()))
	})
}

// proposedAt is where a proposal that was just made is seen.
func proposedAt(p *item.Proposal, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return proposalAt(p.ID) + "?done=proposed", nil
}

// change reads the form, does what its button says and shows the form again when that is refused.
func (s *site) change(w http.ResponseWriter, r *http.Request, do func(context.Context, *entryView) (string, error)) error {
	ctx := r.Context()
	v := &entryView{}
	if err := page.Bind(r, v); err != nil {
		return err
	}
	var err error
	if v.Own, err = s.Items.OwnEntry(ctx, actor.FromContext(ctx), r.PathValue("code")); err != nil {
		return err
	}
	to, err := do(ctx, v)
	if refused(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		for i, e := range v.Errors {
			if len(e.Name) > len("contact.") && e.Name[:len("contact.")] == "contact." {
				v.Errors[i].Name = e.Name[len("contact."):]
			}
		}
		return page.Render(w, r, status(err), entryPage(v))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, to)
	return nil
}

// number reads a whole number; nothing typed keeps what the base says.
func number(name, text string) (*int, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no number is what was typed
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.form_invalid").Field(name, "page.not_a_number").Because(err)
	}
	return &n, nil
}
