package hallweb

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
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
	var ids []string
	for _, g := range o.draft.Application.Materials {
		given[g.Code] = g
		ids = append(ids, g.Files...)
	}
	files, err := s.scanned(ctx, a, ids)
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

// scanned reads those of the files that still exist and are the clerk's.
func (s *site) scanned(ctx context.Context, a actor.Actor, ids []string) (out map[string]material.File, err error) {
	out = map[string]material.File{}
	if len(ids) == 0 {
		return out, nil
	}
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			f, err := s.Materials.Mine(ctx, tx, a, id)
			if fault.Is(err, fault.NotFound) {
				continue // an upload nobody handed in is forgotten after a while
			}
			if err != nil {
				return err
			}
			out[id] = f
		}
		return nil
	})
	return out, err
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

// merge puts what was sent to what the draft held: new files come to the old ones, another way takes them back.
func (s *site) merge(ctx context.Context, a actor.Actor, o desked, in sent) ([]casefile.Given, error) {
	before := map[string]casefile.Given{}
	for _, g := range o.draft.Application.Materials {
		before[g.Code] = g
	}
	var out []casefile.Given
	for _, offer := range o.prep.Offers {
		code := offer.Rule.Code
		g := casefile.Given{Code: code, Way: before[code].Way}
		if in.values.Has("way." + code) {
			g.Way = in.values.Get("way." + code)
		}
		for _, id := range before[code].Files {
			if in.values.Get("remove") != code+"/"+id {
				g.Files = append(g.Files, id)
			}
		}
		switch fresh := in.files[code]; {
		case len(fresh) > 0:
			g.Way, g.Files = item.WayUpload, append(g.Files, fresh...)
		case g.Way != "" && g.Way != item.WayUpload:
			g.Files = nil
		}
		if g.Way != "" || len(g.Files) > 0 {
			out = append(out, g)
		}
	}
	return out, nil
}

// sent is what the form carried: its values, the files by the code of their material, and why others were refused.
type sent struct {
	values  url.Values
	files   map[string][]string
	refusal *fault.Error
}

// mostText bounds the values of a form with files.
const mostText = 1 << 20

// mostParts bounds how many of them there are: each costs something, be it empty.
const mostParts = 2000

// receive reads a form with scanned pages as it comes: no file is ever whole in memory, and none rests unsealed on a disk.
func (s *site) receive(r *http.Request, offers []casefile.Offer) (sent, error) {
	in := sent{values: url.Values{}, files: map[string][]string{}, refusal: fault.New(fault.Invalid, "hall.bad_materials")}
	parts, err := r.MultipartReader()
	if err != nil {
		return in, fault.New(fault.Invalid, "hall.unreadable").Because(err)
	}
	left := int64(mostText)
	for count := 1; ; count++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return in, nil
		}
		if err != nil {
			return in, cut(err)
		}
		if left -= int64(len(part.FormName())); left < 0 || count > mostParts {
			return in, fault.New(fault.TooLarge, "hall.unreadable")
		}
		code, isFile := strings.CutPrefix(part.FormName(), "file.")
		takes := slices.ContainsFunc(offers, func(o casefile.Offer) bool {
			return o.Rule.Code == code && slices.ContainsFunc(o.Rule.Ways, func(w item.Way) bool { return w.Kind == item.WayUpload })
		})
		switch {
		case isFile && part.FileName() != "" && takes:
			err = s.takeFile(r, &in, part, code)
		case !isFile:
			var text []byte
			if text, err = io.ReadAll(io.LimitReader(part, left+1)); err != nil {
				err = cut(err)
			}
			if left -= int64(len(text)); left < 0 {
				err = fault.New(fault.TooLarge, "hall.unreadable")
			}
			in.values.Add(part.FormName(), strings.TrimSpace(string(text)))
		}
		if err != nil {
			return in, err
		}
	}
}

// takeFile stores one page; one the store refuses is told by its material and the others go on.
func (s *site) takeFile(r *http.Request, in *sent, part *multipart.Part, code string) error {
	f, err := s.Materials.Upload(r.Context(), by(r), part, part.FileName())
	if err == nil {
		in.files[code] = append(in.files[code], f.ID)
		return nil
	}
	if whole, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return whole // the rest of the form can't be read any more
	}
	why, ok := fault.Of(err)
	if !ok {
		return cut(err)
	}
	if why.Kind == fault.TooLarge || why.Kind == fault.Unsupported || why.Kind == fault.Invalid {
		in.refusal.Field("file."+code, why.Key, why.Args...)
		return nil
	}
	return err
}

// cut tells a form that was cut off from a fault of ours.
func cut(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fault.New(fault.Invalid, "hall.unreadable").Because(err)
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
