package logweb

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// recent is how many checkpoints the page lists.
const recent = 10

type logView struct {
	Origin string
	Keys   []audit.Key
	Newest audit.Checkpoint // zero before the first
	Recent []audit.Checkpoint
}

// log is GET /log.
func (s *site) log(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := logView{Origin: s.Log.Origin(), Keys: s.Log.Keys()}
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		v.Recent, err = s.Log.Checkpoints(ctx, tx, recent)
		return err
	})
	if err != nil {
		return err
	}
	if len(v.Recent) > 0 {
		v.Newest = v.Recent[0]
	}
	return page.Render(w, r, http.StatusOK, logPage(v))
}

// find is GET /log/leaves?position=: the form of the log's page.
func (s *site) find(w http.ResponseWriter, r *http.Request) error {
	n, err := position(r.URL.Query().Get("position"))
	if err != nil {
		return err
	}
	web.Redirect(w, r, leafHref(n))
	return nil
}

func position(text string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.NotFound, "log.not_found").Because(errors.New("no position"))
	}
	return n, nil
}

func leafHref(position int64) string { return "/log/leaves/" + strconv.FormatInt(position, 10) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

func stats(ctx context.Context, v logView) []design.Stat {
	return []design.Stat{
		{Label: page.T(ctx, "log.size"), Value: design.Number(v.Newest.Size), Icon: "shield-check", Note: page.T(ctx, "log.signed_at") + " " + page.DateTime(ctx, v.Newest.At)},
	}
}

func facts(ctx context.Context, v logView) []design.SummaryRow {
	rows := []design.SummaryRow{
		{Key: page.T(ctx, "log.origin"), Value: v.Origin, Copy: true},
		{Key: page.T(ctx, "log.root"), Value: hex.EncodeToString(v.Newest.Root), Copy: true},
	}
	for _, k := range v.Keys {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "log.key", k.Algorithm()), Value: k.String(), Copy: true})
	}
	return rows
}

func checkpointRows(ctx context.Context, list []audit.Checkpoint) []design.Row {
	out := make([]design.Row, len(list))
	for i, c := range list {
		out[i] = design.Row{Cells: []design.Cell{{Text: page.DateTime(ctx, c.At)}, {Text: design.Number(c.Size)}, {View: code(hex.EncodeToString(c.Root))}}}
	}
	return out
}

func checkpointColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "log.signed_at")}, {Text: page.T(ctx, "log.size"), Number: true}, {Text: page.T(ctx, "log.root"), Extra: true}}
}

// addresses are what a machine reads: the checkpoint and the last tiles of the tree.
func addresses(v logView) []string {
	out := []string{apiBase + "/checkpoint", apiBase + "/keys"}
	if v.Newest.Size == 0 {
		return out
	}
	place := (v.Newest.Size - 1) / 256
	p := audit.TilePath{Place: place, Width: int(v.Newest.Size - place*256)}
	bundle := p
	bundle.Entries = true
	return append(out, apiBase+"/"+p.String(), apiBase+"/"+bundle.String())
}

// steps are the lines of "how to check it yourself", in order.
func steps(ctx context.Context) []string {
	out := make([]string, 4)
	for i := range out {
		out[i] = said(ctx, "log.step.", strconv.Itoa(i+1))
	}
	return out
}
