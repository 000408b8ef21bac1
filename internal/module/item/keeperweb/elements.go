package keeperweb

import (
	"context"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const elementsAt = "/desk/library/elements"

func (s *site) elementRoutes(r *web.Router) {
	r.Page("GET "+elementsAt, web.Staff, s.elements)
	r.Page("POST "+elementsAt+"/{key}", web.Staff, s.lockElement)
	r.Page("POST "+elementsAt+"/keeper", web.Staff, s.keepElement)
}

type elementsView struct {
	Elements []item.Element
	Keeps    bool // may lock and unlock
	Done     bool
}

// keeper refuses who keeps nothing.
func (s *site) keeper(ctx context.Context) (actor.Actor, error) {
	by := actor.FromContext(ctx)
	if !s.Items.KeepsAny(by) {
		return by, fault.New(fault.Forbidden, "item.keepers_only")
	}
	return by, nil
}

// elements is GET /desk/library/elements: the sixteen, and which of them are locked.
func (s *site) elements(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by, err := s.keeper(ctx)
	if err != nil {
		return err
	}
	v := elementsView{Keeps: s.Items.KeepsProvince(by), Done: r.URL.Query().Get("done") != ""}
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		v.Elements, err = s.Items.Elements(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, elementsPage(v))
}

// lockElement is POST /desk/library/elements/{key}: locking is done, unlocking proposed.
func (s *site) lockElement(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Locked string `form:"locked"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	by, key := actor.FromContext(ctx), r.PathValue("key")
	if in.Locked != "1" {
		p, err := s.Items.ProposeUnlock(ctx, by, key)
		if err != nil {
			return err
		}
		web.Redirect(w, r, proposalAt(p.ID)+"?done=proposed")
		return nil
	}
	if err := s.Items.LockElement(ctx, by, key, true); err != nil {
		return err
	}
	web.Redirect(w, r, elementsAt+"?done=1")
	return nil
}

// keepElement is POST /desk/library/elements/keeper: which level answers for an element.
func (s *site) keepElement(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Element string `form:"element"`
		Keeper  string `form:"keeper"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	level, _ := strconv.Atoi(in.Keeper) // anything else is no level
	if err := s.Items.SetElementKeeper(ctx, actor.FromContext(ctx), in.Element, level); err != nil {
		return err
	}
	web.Redirect(w, r, elementsAt+"?done=1")
	return nil
}

func elementColumns(ctx context.Context, keeps bool) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "keeper.meter.element")}, {Text: page.T(ctx, "keeper.lock.code")}, {Text: page.T(ctx, "keeper.lock.keeper")}, {Text: page.T(ctx, "keeper.lock.state")}}
	if keeps {
		list = append(list, design.Column{Text: page.T(ctx, "keeper.lock.change"), Hidden: true})
	}
	return list
}

func elementRows(ctx context.Context, v elementsView) []design.Row {
	rows := make([]design.Row, len(v.Elements))
	for i, e := range v.Elements {
		state := design.BadgeParams{Text: page.T(ctx, "keeper.lock.locked"), Tone: design.Good}
		if !e.Locked {
			state = design.BadgeParams{Text: page.T(ctx, "keeper.lock.unlocked"), Tone: design.Muted}
		}
		rows[i].Cells = []design.Cell{{Text: figure(e.Position) + " " + elementName(ctx, e.Key)}, {Text: e.Key}, {Text: levelName(ctx, e.Keeper)}, {View: design.Badge(state)}}
		if v.Keeps {
			rows[i].Cells = append(rows[i].Cells, design.Cell{View: lockForm(e)})
		}
	}
	return rows
}

// other is what the button of an element leads to.
func other(e item.Element) (value, key string) {
	if e.Locked {
		return "0", "keeper.lock.unlock"
	}
	return "1", "keeper.lock.lock"
}
