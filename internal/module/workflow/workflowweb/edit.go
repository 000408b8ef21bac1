package workflowweb

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// editView is a process on the drawing board.
type editView struct {
	Source   string
	From     int // version it began with, 0 for a new one
	Process  *process.Process
	Findings []bpmn.Finding
	Open     *elementForm // the element whose properties are shown; nil for none
	Own      *processForm // the process's own properties, when they are shown
	Done     string
	Errors   design.Errors
	Checked  bool
}

// begin is GET /desk/processes/new?sample=: a process to begin with.
func (s *site) begin(w http.ResponseWriter, r *http.Request) error {
	if err := s.may(r); err != nil {
		return err
	}
	samples, err := bpmn.Gallery()
	if err != nil {
		return err
	}
	for _, g := range samples {
		if g.Key == r.URL.Query().Get("sample") {
			return s.board(w, r, http.StatusOK, editView{Source: string(g.Source)})
		}
	}
	return fault.New(fault.NotFound, "workflow.no_definition")
}

// change is GET /desk/processes/{key}/edit.
func (s *site) change(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.PathValue("key")
	by := actor.FromContext(ctx)
	source, _, err := s.Shelf.Source(ctx, by, key, number(r.URL.Query().Get("version")))
	if err != nil {
		return err
	}
	newest, err := s.Shelf.Versions(ctx, by, key, 0, 1) // an old version is changed into the next one
	if err != nil {
		return err
	}
	v := editView{Source: string(source)}
	if p, err := bpmn.Read(source); err == nil && len(newest) > 0 && p.Key == key {
		v.From = newest[0].Version
	}
	return s.board(w, r, http.StatusOK, v)
}

// upload is POST /desk/processes/upload: a file somebody drew elsewhere.
func (s *site) upload(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := s.may(r); err != nil {
		return err
	}
	f, _, err := r.FormFile("file")
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return err
		}
		return s.showList(w, r, http.StatusUnprocessableEntity, design.Errors{{Name: "file", Text: page.T(ctx, "process.no_file")}})
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, drawLimit+1))
	if err != nil {
		return err
	}
	if len(source) > drawLimit {
		return fault.New(fault.TooLarge, "process.too_large", drawLimit>>20)
	}
	by := actor.FromContext(ctx)
	p, _, err := s.Deployer.Examine(ctx, by, source)
	if fault.Is(err, fault.Invalid) {
		return s.showList(w, r, http.StatusUnprocessableEntity, named(ctx, nil, err))
	}
	if err != nil {
		return err
	}
	v := editView{Source: string(source), Checked: true}
	newest, err := s.Shelf.Versions(ctx, by, p.Key, 0, 1)
	if err != nil {
		return err
	}
	if len(newest) > 0 {
		v.From = newest[0].Version
	}
	return s.board(w, r, http.StatusOK, v)
}

// named are the texts of a refused file, each with its element.
func named(ctx context.Context, p *process.Process, err error) design.Errors {
	list := design.ErrorsOf(ctx, err)
	for i, e := range list {
		if line, ok := strings.CutPrefix(e.Name, "line "); ok {
			list[i].Label = page.T(ctx, "process.line", line)
		} else {
			list[i].Label = elementName(p, e.Name)
		}
		list[i].Name = ""
	}
	return list
}

// board shows a process on the drawing board, checked.
func (s *site) board(w http.ResponseWriter, r *http.Request, status int, v editView) error {
	ctx := r.Context()
	p, found, err := s.Deployer.Examine(ctx, actor.FromContext(ctx), []byte(v.Source))
	if fault.Is(err, fault.Invalid) { // drawn with scripts, and not to be read so far: say what is wrong and let it be drawn on
		v.Errors = append(v.Errors, named(ctx, nil, err)...)
		return page.Render(w, r, http.StatusUnprocessableEntity, editPage(s, v))
	}
	if err != nil {
		return err
	}
	v.Process, v.Findings = p, found
	return page.Render(w, r, status, editPage(s, v))
}

// sent is what every form of the board sends.
type sent struct {
	Source string `form:"source"`
	From   int    `form:"from"`
	Do     string `form:"do"`
	Open   string `form:"open"`
}

// receive reads what a form sends, of those alone who may draw: reading and changing a large source is work.
func (s *site) receive(r *http.Request) (sent, error) {
	var in sent
	if err := s.may(r); err != nil {
		return in, err
	}
	if err := page.Bind(r, &in); err != nil {
		return in, err
	}
	in.Source = strings.ReplaceAll(in.Source, "\r\n", "\n") // forms send line ends so
	if len(in.Source) > drawLimit {
		return in, fault.New(fault.TooLarge, "process.too_large", drawLimit>>20)
	}
	return in, nil
}

// edit is POST /desk/processes/edit: whatever is done on the board.
func (s *site) edit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, err := s.receive(r)
	if err != nil {
		return err
	}
	v := editView{Source: in.Source, From: in.From}
	what, id, _ := strings.Cut(in.Do, ":")
	switch what {
	case "propose":
		return s.propose(w, r, v)
	case "download":
		return s.download(w, r, in)
	case "check":
		v.Checked = true
	case "open", "save":
		if id == "" {
			id = in.Open
		}
		status, err := s.element(r, &v, id, what == "save")
		if err != nil {
			return err
		}
		return s.board(w, r, status, v)
	case "process":
		v.Own = &processForm{}
		if p, err := bpmn.Read([]byte(v.Source)); err == nil {
			v.Own = ownForm(p)
		}
	case "save-process":
		v.Own = ownSent(r)
		source, err := bpmn.EditProcess([]byte(v.Source), v.Own.Name, v.Own.variables())
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			v.Own.Errors = design.ErrorsOf(ctx, err)
			return s.board(w, r, http.StatusUnprocessableEntity, v)
		}
		if err != nil {
			return err
		}
		v.Source, v.Own, v.Done = string(source), nil, "saved"
	}
	return s.board(w, r, http.StatusOK, v)
}

func (s *site) download(w http.ResponseWriter, r *http.Request, in sent) error {
	p, _, err := s.Deployer.Examine(r.Context(), actor.FromContext(r.Context()), []byte(in.Source))
	name := "process"
	if err == nil {
		name = p.Key
	} else if !fault.Is(err, fault.Invalid) {
		return err // what can't be read yet may be taken away all the same
	}
	send(w, name, []byte(in.Source))
	return nil
}

// propose asks another keeper to deploy what is on the board.
func (s *site) propose(w http.ResponseWriter, r *http.Request, v editView) error {
	ctx := r.Context()
	p, err := s.Deployer.Propose(ctx, actor.FromContext(ctx), []byte(v.Source), v.From)
	if fault.Is(err, fault.Invalid) {
		return s.board(w, r, http.StatusUnprocessableEntity, v) // the board says what is wrong
	}
	if fault.Is(err, fault.Conflict) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.board(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, proposalAt(p.ID)+"?done=proposed")
	return nil
}

// panel is POST /desk/processes/panel: the properties of an element beside the drawing, when scripts run.
func (s *site) panel(w http.ResponseWriter, r *http.Request) error {
	in, err := s.receive(r)
	if err != nil {
		return err
	}
	v := editView{Source: in.Source, From: in.From}
	id := in.Open
	if _, asked, ok := strings.Cut(in.Do, ":"); ok {
		id = asked
	}
	status, err := s.element(r, &v, id, strings.HasPrefix(in.Do, "save"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		v.Errors = named(r.Context(), nil, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, panelPart(s, v))
	}
	if err != nil {
		return err
	}
	return page.Render(w, r, status, panelPart(s, v))
}

// may refuses who has no right to draw.
func (s *site) may(r *http.Request) error { return s.Shelf.May(actor.FromContext(r.Context())) }
