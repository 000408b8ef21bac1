package hallweb

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// line is one material of the application: the ways open for it and what was scanned so far.
type line struct {
	Code, Name, Standard string
	Required, Upload     bool
	Ways                 []design.ChoiceOption
	Way                  string
	Files                []design.FileItem
	Error                string
}

func (l line) done() bool { return len(l.Files) > 0 || l.Way != "" && l.Way != item.WayUpload }

// asks tells whether a way is open to anybody who takes it, for it asks something of him.
func asks(kind string) bool {
	return kind == item.WayUpload || kind == item.WayPledge || kind == item.WayLater
}

func (s *site) lines(ctx context.Context, a actor.Actor, o desked) ([]line, error) {
	given := map[string]casefile.Given{}
	for _, g := range o.draft.Application.Materials {
		given[g.Code] = g
	}
	files, err := s.Materials.Present(ctx, a, casefile.FilesOf(o.draft.Application.Materials))
	if err != nil {
		return nil, err
	}
	out := make([]line, 0, len(o.prep.Offers))
	for _, offer := range o.prep.Offers {
		l := line{Code: offer.Rule.Code, Name: offer.Rule.Name, Standard: offer.Rule.Standard, Required: offer.Rule.Required}
		first := ""
		for _, w := range offer.Ways {
			kind := w.Way.Kind
			l.Upload = l.Upload || kind == item.WayUpload
			if !w.Ready && !asks(kind) || slices.ContainsFunc(l.Ways, func(o design.ChoiceOption) bool { return o.Value == kind }) {
				continue
			}
			if first == "" && !asks(kind) {
				first = kind
			}
			l.Ways = append(l.Ways, design.ChoiceOption{Value: kind, Text: said(ctx, "hall.way.", kind)})
		}
		for _, id := range given[l.Code].Files {
			if f, there := files[id]; there {
				l.Files = append(l.Files, design.FileItem{Name: f.Name, Href: "/applications/" + o.draft.ID + "/files/" + id, Size: f.Size, Remove: &design.ButtonParams{
					Text: page.T(ctx, "hall.remove"), Name: "remove", Value: l.Code + "/" + id, Kind: design.Quiet, Small: true, NoCheck: true}})
			}
		}
		chosen := given[l.Code].Way
		switch {
		case len(l.Files) > 0:
			l.Way = item.WayUpload
		case slices.ContainsFunc(l.Ways, func(o design.ChoiceOption) bool { return o.Value == chosen }):
			l.Way = chosen
		case first != "":
			l.Way = first
		case len(l.Ways) == 1 || !l.Upload && len(l.Ways) > 0:
			l.Way = l.Ways[0].Value
		case l.Upload:
			l.Way = item.WayUpload
		}
		out = append(out, l)
	}
	return out, nil
}

// missing tells what is needed and not there yet.
func missing(ctx context.Context, lines []line) (out design.Errors) {
	for _, l := range lines {
		if l.Required && !l.done() {
			out = append(out, design.FieldError{Name: "materials." + l.Code, Text: page.T(ctx, "hall.material_needed", l.Name)})
		}
	}
	return out
}

// beside puts refusals of materials to their lines and gives each a field the summary can link to.
func beside(list design.Errors, lines []line) design.Errors {
	for i, e := range list {
		kind, code, ok := strings.Cut(e.Name, ".")
		if !ok || kind != "materials" && kind != "file" {
			continue
		}
		list[i].Name = ""
		for n := range lines {
			if lines[n].Code == code {
				lines[n].Error = e.Text
				if lines[n].Upload {
					list[i].Name = "file." + code
				}
			}
		}
	}
	return list
}

// receive reads a form with scanned pages and stores them.
func (s *site) receive(r *http.Request, offers []casefile.Offer) (page.Sent, error) {
	takes := func(code string) bool {
		return slices.ContainsFunc(offers, func(o casefile.Offer) bool {
			return o.Rule.Code == code && slices.ContainsFunc(o.Rule.Ways, func(w item.Way) bool { return w.Kind == item.WayUpload })
		})
	}
	return page.ReadFiles(r, takes, func(content io.Reader, name string) (string, error) {
		f, err := s.Materials.Upload(r.Context(), by(r), content, name)
		return f.ID, err
	})
}

func (l line) badge(ctx context.Context) *design.BadgeParams {
	switch {
	case l.done():
		return &design.BadgeParams{Text: page.T(ctx, "hall.material_done"), Tone: design.Good, Icon: "check"}
	case !l.Required:
		return &design.BadgeParams{Text: page.T(ctx, "hall.material_optional"), Tone: design.Muted}
	}
	return &design.BadgeParams{Text: page.T(ctx, "hall.material_missing"), Tone: design.Warn}
}

// accepted are the kinds of files a scanner gives and offices take.
var accepted = []string{".pdf", ".jpg", ".jpeg", ".png", ".ofd"}
