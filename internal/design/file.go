package design

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

func i64(n int64) string { return strconv.FormatInt(n, 10) }

// fileSize writes bytes as people read them: "1 KB", "34 KB", "1.2 MB".
func fileSize(n int64) string {
	switch {
	case n < 1<<20:
		return fmt.Sprintf("%d KB", max(1, (n+512)>>10))
	case n < 1<<30:
		return strings.Replace(fmt.Sprintf("%.1f MB", float64(n)/(1<<20)), ".0 ", " ", 1)
	}
	return strings.Replace(fmt.Sprintf("%.1f GB", float64(n)/(1<<30)), ".0 ", " ", 1)
}

// fileHint says which files are taken, when the page says nothing else.
func fileHint(ctx context.Context, p FileFieldParams) string {
	var kinds []string
	for _, a := range p.Accept {
		kinds = append(kinds, strings.ToUpper(strings.TrimPrefix(a, ".")))
	}
	list := strings.Join(kinds, tr(ctx, "design.list.comma"))
	switch {
	case list != "" && p.MaxBytes > 0:
		return tr(ctx, "design.file.kinds_and_size", list, fileSize(p.MaxBytes))
	case list != "":
		return tr(ctx, "design.file.kinds", list)
	case p.MaxBytes > 0:
		return tr(ctx, "design.file.size", fileSize(p.MaxBytes))
	}
	return ""
}

// fileAccept is the accept attribute. With the camera the media types stand beside the endings: phones then offer to take a
// picture, while "capture" would take the choice of an existing one away.
func fileAccept(p FileFieldParams) string {
	kinds := p.Accept
	if p.Camera {
		kinds = append(append([]string{}, kinds...), "image/jpeg", "image/png")
	}
	return strings.Join(kinds, ",")
}
