package accountweb

import (
	"context"
	"net/http"
	"slices"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// guardianRows is how many guardianships one page lists.
const guardianRows = 20

type guardiansView struct {
	Rows           []account.Guardianship
	Next           string
	Done           string
	WardName       string `form:"ward_name"`
	WardNumber     string `form:"ward_number"`
	GuardianName   string `form:"guardian_name"`
	GuardianNumber string `form:"guardian_number"`
	Kind           string `form:"kind"`
	Basis          string `form:"basis"`
	Errors         design.Errors
}

// guardians is GET /desk/guardians: what this office wrote down of who looks after whom, and the form for more.
func (s *site) guardians(w http.ResponseWriter, r *http.Request) error {
	return s.showGuardians(w, r, http.StatusOK, guardiansView{Done: r.URL.Query().Get("done")})
}

func (s *site) showGuardians(w http.ResponseWriter, r *http.Request, status int, v guardiansView) error {
	list, err := s.Accounts.RecordedHere(r.Context(), actor.FromContext(r.Context()), r.URL.Query().Get("after"), guardianRows+1)
	if err != nil {
		return err
	}
	if v.Rows = list; len(list) > guardianRows {
		v.Rows, v.Next = list[:guardianRows], list[guardianRows-1].ID
	}
	return page.Render(w, r, status, guardiansPage(v))
}

// recordGuardian is POST /desk/guardians.
func (s *site) recordGuardian(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v guardiansView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	by := actor.FromContext(ctx)
	if err := s.guardianMisses.Spent(by.Account); err != nil { // whoever guesses names and numbers is stopped, before he guesses right
		return err
	}
	_, err := s.Accounts.RecordGuardian(ctx, by, account.NewGuardianship{WardName: v.WardName, WardNumber: spaceless(v.WardNumber),
		GuardianName: v.GuardianName, GuardianNumber: spaceless(v.GuardianNumber), Kind: account.GuardianKind(v.Kind), Basis: v.Basis})
	if fault.Is(err, fault.Invalid) {
		if f, _ := fault.Of(err); slices.ContainsFunc(f.Fields, func(f fault.FieldError) bool { return f.Key == "account.no_match" }) {
			if err := s.guardianMisses.Allow(by.Account); err != nil {
				return err
			}
		}
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showGuardians(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/guardians?done=guardian")
	return nil
}

// confirmGuardian is POST /desk/guardians/{id}/confirm.
func (s *site) confirmGuardian(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.ConfirmGuardian(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/guardians?done=guardian_confirmed")
	return nil
}

// endOwnGuardian is POST /me/guardians/{id}/end: an adult ends it for himself.
func (s *site) endOwnGuardian(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.EndGuardian(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/me/companies?done=guardian_ended")
	return nil
}

// endGuardian is POST /desk/guardians/{id}/end.
func (s *site) endGuardian(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.EndGuardian(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/guardians?done=guardian_ended")
	return nil
}

func guardianTable(ctx context.Context, v guardiansView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "account.guardian.recorded"), HideName: true, Empty: page.T(ctx, "account.guardian.none"), First: true,
		Columns: []design.Column{{Text: page.T(ctx, "account.guardian.ward")}, {Text: page.T(ctx, "account.guardian.who")}, {Text: page.T(ctx, "account.guardian.kind")},
			{Text: page.T(ctx, "account.guardian.basis")}, {Text: page.T(ctx, "account.guardian.until")}, {Text: page.T(ctx, "account.guardian.end"), Hidden: true}}}
	for _, g := range v.Rows {
		until := page.T(ctx, "account.guardian.endless")
		if !g.LastOn.IsZero() {
			until = page.Civil(ctx, g.LastOn.String())
		}
		if g.Waiting {
			until = page.T(ctx, "account.guardian.waiting")
		}
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: g.Ward}, {Text: g.Guardian}, {Text: said(ctx, "account.guardian.as.", string(g.Kind))}, {Text: g.Basis}, {Text: until},
			{View: guardianButtons(g)}}})
	}
	if v.Next != "" {
		p.Pager = &design.PagerParams{Next: "/desk/guardians?after=" + v.Next}
	}
	return p
}

func guardianKinds(ctx context.Context) []design.ChoiceOption {
	var out []design.ChoiceOption
	for _, k := range []account.GuardianKind{account.GuardianParent, account.GuardianOther, account.GuardianAppointed} {
		out = append(out, design.ChoiceOption{Value: string(k), Text: said(ctx, "account.guardian.as.", string(k)), Hint: said(ctx, "account.guardian.hint.", string(k))})
	}
	return out
}

func wardTable(ctx context.Context, v companiesView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "account.wards"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "account.guardian.ward")},
		{Text: page.T(ctx, "account.guardian.kind")}, {Text: page.T(ctx, "account.guardian.until")}, {Text: page.T(ctx, "account.companies.act"), Hidden: true}}}
	for _, w := range v.Wards {
		until := page.T(ctx, "account.guardian.endless")
		if !w.LastOn.IsZero() {
			until = page.Civil(ctx, w.LastOn.String())
		}
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: w.Name}, {Text: said(ctx, "account.guardian.as.", string(w.Kind))}, {Text: until},
			{View: actButton(account.Agency{CompanyID: w.SubjectID, Name: w.Name}, w.SubjectID == v.Acting)}}})
	}
	return p
}

func guardianOfMeTable(ctx context.Context, v companiesView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "account.guardian.of_me"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "account.guardian.who")},
		{Text: page.T(ctx, "account.guardian.basis")}, {Text: page.T(ctx, "account.guardian.end"), Hidden: true}}}
	for _, g := range v.Guardians {
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: g.Guardian}, {Text: g.Basis}, {View: endGuardianButton("/me/guardians/", g.ID, g.Guardian)}}})
	}
	return p
}
