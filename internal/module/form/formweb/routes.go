package formweb

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words and those of package form.
//
//go:embed locale/*.toml
var Locale embed.FS

// Regions lists the regions below one in the order people expect, for pickers.
type Regions func(ctx context.Context, parent string) []design.Option

// Routes adds the one partial: POST /forms/{key}/{version}/fields answers with the field set for what was typed so far. It knows
// nobody and stores nothing.
func Routes(r *web.Router, d *db.DB, s *form.Service, regions Regions) {
	r.Page("POST /forms/{key}/{version}/fields", web.Public, func(w http.ResponseWriter, req *http.Request) error {
		version, err := strconv.Atoi(req.PathValue("version"))
		if err != nil {
			return fault.New(fault.NotFound, "form.not_found")
		}
		if err := req.ParseForm(); err != nil {
			return fault.New(fault.Invalid, "form.unreadable").Because(err)
		}
		ctx := req.Context()
		var definition *form.Definition
		err = d.View(ctx, func(tx *db.Tx) error {
			var err error
			definition, err = s.Definition(ctx, tx, req.PathValue("key"), version)
			return err
		})
		if err != nil {
			return err
		}
		return page.Render(w, req, http.StatusOK, Fields(Params{Definition: definition, Answers: Parse(definition, req.PostForm),
			Regions: func(parent string) []design.Option { return regions(ctx, parent) }}))
	})
}
