package casefileweb

import (
	"context"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// materialLine is one material to give: how it can be spared, what has been handed in.
type materialLine struct {
	Code, Name, Standard string
	Required             bool
	Ways                 []design.ChoiceOption
	Way                  string // the one taken
	Upload               bool   // files can be handed in
	Files                []design.FileItem
	Error, WayError      string
	Unmarked             bool   // it carries no badge unless something is asked of it or was given
	Blocked              bool   // no way is open to the applicant now
	Asked                string // what the officer wants, on the correction page
}

func (l materialLine) badge(ctx context.Context) *design.BadgeParams {
	switch {
	case l.Asked != "":
		return &design.BadgeParams{Text: page.T(ctx, "casefile.materials.to_correct"), Tone: design.Warn}
	case l.done():
		return &design.BadgeParams{Text: page.T(ctx, "casefile.materials.done"), Tone: design.Good, Icon: "check"}
	case l.Unmarked:
		return nil
	case !l.Required:
		return &design.BadgeParams{Text: page.T(ctx, "casefile.materials.optional"), Tone: design.Muted}
	}
	return &design.BadgeParams{Text: page.T(ctx, "casefile.materials.missing"), Tone: design.Warn}
}

// done tells whether nothing more is needed for the material.
func (l materialLine) done() bool { return len(l.Files) > 0 || l.Way != "" && l.Way != item.WayUpload }

// wayText says how a material is given.
func wayText(ctx context.Context, w item.Way) string {
	switch w.Kind {
	case item.WaySharing, item.WayPledge:
		return said(ctx, "casefile.way.", w.Kind, w.From)
	case item.WayLater:
		return page.T(ctx, "casefile.way.later", w.Days)
	}
	return said(ctx, "casefile.way.", w.Kind)
}

// removal is the button that takes a file back.
func removal(ctx context.Context, code, id string) *design.ButtonParams {
	return &design.ButtonParams{Text: page.T(ctx, "casefile.materials.remove"), Name: "remove", Value: code + "/" + id, Kind: design.Quiet, Small: true, NoCheck: true}
}

// kindName is the kind of a file as people know it.
func kindName(mediaType string) string {
	switch mediaType {
	case "application/pdf":
		return "PDF"
	case "image/jpeg":
		return "JPG"
	case "image/png":
		return "PNG"
	case "application/ofd":
		return "OFD"
	}
	return ""
}
