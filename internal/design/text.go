package design

import (
	"context"
	"embed"
	"io/fs"

	"xiangyun/internal/platform/page"
)

//go:embed locale/*.toml
var localeFiles embed.FS

// Locale holds the texts of the components in every language, to be loaded with those of the modules.
var Locale fs.FS = localeFiles

// tr translates a key into the page's language.
func tr(ctx context.Context, key string, args ...any) string { return page.T(ctx, key, args...) }

func locale(ctx context.Context) string { return page.Locale(ctx) }

func theme(ctx context.Context) (elder, contrast bool) {
	p := page.PrefsOf(ctx)
	return p.Elder, p.Contrast
}
