package logweb

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// recent is how many checkpoints the page lists.
const recent = 10

type logView struct {
	Origin    string
	Address   string // of the server, as the commands name it
	Keys      []audit.Key
	Newest    audit.Checkpoint // zero before the first
	Recent    []audit.Checkpoint
	Growth    []audit.Checkpoint // one a day, the oldest first
	Witnesses []audit.WitnessState
	Now       time.Time
}

// growthDays is how far back the chart of growth goes.
const growthDays = 30

// log is GET /log.
func (s *site) log(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := logView{Origin: s.Log.Origin(), Keys: s.Log.Keys(), Address: s.Address()}
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		v.Now = tx.Now
		if v.Recent, err = s.Log.Checkpoints(ctx, tx, recent); err != nil {
			return err
		}
		if err := s.Log.Cosigned(ctx, tx, v.Recent); err != nil {
			return err
		}
		if v.Witnesses, err = s.Log.Witnesses(ctx, tx); err != nil {
			return err
		}
		hourly, err := s.Log.Growth(ctx, tx, tx.Now.AddDate(0, 0, -growthDays))
		v.Growth = daily(append(hourly, v.Recent[:min(1, len(v.Recent))]...))
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
		{Label: page.T(ctx, "log.witness.signed"), Value: number(int64(len(v.Newest.Cosignatures))), Icon: "users", Note: page.T(ctx, "log.witness.of", len(v.Witnesses))},
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
		out[i] = design.Row{Cells: []design.Cell{{Text: page.DateTime(ctx, c.At)}, {Text: design.Number(c.Size)}, {Text: number(int64(len(c.Cosignatures)))}, {View: code(hex.EncodeToString(c.Root))}}}
	}
	return out
}

func checkpointColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "log.signed_at")}, {Text: page.T(ctx, "log.size"), Number: true}, {Text: page.T(ctx, "log.witness.signed"), Number: true},
		{Text: page.T(ctx, "log.root"), Extra: true}}
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

// commands are how anybody checks the log, in their order.
func (v logView) commands() []string {
	return []string{"curl -O " + v.Address + apiBase + "/keys", "xiangyun log monitor " + v.Address + " --keys keys --state log.json --once",
		"xiangyun log monitor " + v.Address + " --keys keys --file CERTIFICATE.pdf --once"}
}

// daily keeps the last checkpoint of each day.
func daily(list []audit.Checkpoint) (out []audit.Checkpoint) {
	for _, c := range list {
		if n := len(out); n > 0 && civil.Of(out[n-1].At) == civil.Of(c.At) {
			out[n-1] = c
			continue
		}
		out = append(out, c)
	}
	return out
}

func growth(ctx context.Context, v logView) design.ChartParams {
	p := design.ChartParams{Title: page.T(ctx, "log.growth"), Kind: design.Line, Series: []design.Series{{Name: page.T(ctx, "log.size")}}}
	for _, c := range v.Growth {
		p.Labels = append(p.Labels, page.Date(ctx, c.At))
		p.Series[0].Values = append(p.Series[0].Values, float64(c.Size))
	}
	if n := len(v.Growth); n > 0 {
		p.Summary = page.T(ctx, "log.growth_text", n, design.Number(v.Growth[n-1].Size-v.Growth[0].Size))
	}
	return p
}

func witnessColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "log.witness.name")}, {Text: page.T(ctx, "log.witness.state")}, {Text: page.T(ctx, "log.size"), Number: true}, {Text: page.T(ctx, "log.witness.age")},
		{Text: page.T(ctx, "log.witness.key"), Extra: true}}
}

func witnessRows(ctx context.Context, v logView) []design.Row {
	out := make([]design.Row, len(v.Witnesses))
	for i, w := range v.Witnesses {
		state, size, age := design.Cell{Text: page.T(ctx, "log.witness.good")}, "—", "—"
		switch {
		case w.Refusal != "":
			state = design.Cell{Text: said(ctx, "log.witness.refusal.", w.Refusal), Note: page.T(ctx, "log.witness.knows", design.Number(w.Known))}
			out[i].Tone = design.Bad
		case w.Signed.IsZero():
			state = design.Cell{Text: page.T(ctx, "log.witness.not_yet")}
		}
		if !w.Signed.IsZero() {
			size, age = design.Number(w.Size), ago(ctx, v.Now.Sub(w.Signed))
		}
		out[i].Cells = []design.Cell{{Text: w.Key.Name}, state, {Text: size}, {Text: age}, {View: code(w.Key.String())}}
	}
	return out
}

// ago says an age in minutes, or hours when it is long.
func ago(ctx context.Context, age time.Duration) string {
	switch minutes := int(age.Minutes()); {
	case minutes < 1:
		return page.T(ctx, "log.witness.now")
	case minutes < 120:
		return page.T(ctx, "log.witness.minutes", minutes)
	default:
		return page.T(ctx, "log.witness.hours", minutes/60)
	}
}

// demoWitnesses tells whether witnesses run in the process they watch.
func (v logView) demoWitnesses() bool {
	return slices.ContainsFunc(v.Witnesses, func(w audit.WitnessState) bool { return strings.HasPrefix(w.Key.Name, "demo.witness/") })
}
