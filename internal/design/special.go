package design

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/a-h/templ"
)

// RatingParams ask for one of the five grades (好差评); see [Rating]. Nothing is chosen beforehand unless Value says so.
type RatingParams struct {
	Name  string // "satisfaction" when empty
	Label string
	Hint  string
	Error string
	Value int                             // 5 非常满意 … 1 非常不满意; 0 for none
	Then  func(value int) templ.Component // shown below while that grade is chosen (always, without CSS :has); nil for nothing
}

// QRPanelParams show a code to be scanned; see [QRPanel].
type QRPanelParams struct {
	Path    string // SVG path data of the dark modules, one unit a module
	Size    int    // modules a side, quiet zone included
	Title   string
	Caption string
	Token   string // the text below, to be typed if scanning fails; empty for none
	Seconds int    // how long it is good; 0 for no countdown
	Renew   string // address that makes a new one; shown as a button
	Living  string // the time it was made; with it a stripe moves and a clock runs beside the code, which no picture of it does
	Big     bool   // as wide as a phone: to be scanned over a counter
	Post    bool   // the renewal is a POST
}

// ScannerParams read a code with the camera; see [Scanner]. Nothing shows without scripts and a camera: put the text field it
// fills beside it.
type ScannerParams struct {
	Target string // id of the input it fills
	Submit bool   // sends the input's form at once
	Reader bool   // browsers without a reader of codes fetch ours
}

// OfflineCheckParams are a form that checks codes without a network; see [OfflineCheck].
type OfflineCheckParams struct {
	Key   string            // the public key, base64url
	List  string            // address of the list of codes that no longer hold
	Label string            // of the field
	Hint  string            //
	Go    string            // on the button
	Bare  string            // said where no scripts run
	Words map[string]string // what the script says: see web/js/offline.js
}

// LogProofParams show that something is in the public log; see [LogProof].
type LogProofParams struct {
	Title    string
	Index    int64
	Leaf     string // hex
	Root     string // hex
	Size     int64  // of the tree
	At       string // of the checkpoint
	Path     []string
	Verified bool
	Pending  bool // written, not numbered yet
	Href     string

	Commitment string // hex: what the leaf is the hash of. With it the browser checks the proof by itself
	File       string // address of the proof as a file, for those who check it with a program
	Level      int    // of its heading, 3 (the zero value's meaning) or 2 and 4
}

// proofData is what the page's script checks the proof with, and what it says then.
func proofData(ctx context.Context, p LogProofParams) templ.Attributes {
	if p.Commitment == "" || p.Pending {
		return nil
	}
	return templ.Attributes{"data-proof": p.Commitment, "data-index": i64(p.Index), "data-size": i64(p.Size), "data-path": strings.Join(p.Path, " "), "data-root": p.Root,
		"data-good": tr(ctx, "design.proof.good"), "data-bad": tr(ctx, "design.proof.bad")}
}

// ChartKind says how a series is drawn.
type ChartKind string

// The kinds of charts.
const (
	Bars ChartKind = ""
	Line ChartKind = "line"
)

// Series is one row of figures, one for each label of its chart.
type Series struct {
	Name   string
	Values []float64
}

// ChartParams draw figures and give the same figures as a table; see [Chart].
type ChartParams struct {
	Title   string
	Summary string // what the figures say, in one sentence
	Kind    ChartKind
	Unit    string
	Labels  []string
	Series  []Series // at most four
	Source  string
	Format  func(float64) string // of a value; plain when nil
}

// ChartFrameParams frame a chart made elsewhere; see [ChartFrame].
type ChartFrameParams struct {
	Title   string
	Summary string
	Source  string
	Table   *TableParams // the same figures as a table
}

type grade struct {
	Value int
	Icon  string
}

// grades run from best to worst, as the official form prints them.
var grades = []grade{{5, "laugh"}, {4, "smile"}, {3, "meh"}, {2, "frown"}, {1, "annoyed"}}

func ratingID(p RatingParams) string { return idOf("", or(p.Name, "satisfaction")) }

// gradeID gives the first grade shown the field's own id, so that the error summary's link lands in it.
func gradeID(id string, value int) string {
	if value == grades[0].Value {
		return id
	}
	return id + "-" + itoa(value)
}

func qrBox(size int) string { return "0 0 " + itoa(size) + " " + itoa(size) }

// jsonText writes words for a script to read from an attribute.
func jsonText(words map[string]string) string {
	text, err := json.Marshal(words)
	if err != nil {
		return "{}" // a map of texts has a JSON form always
	}
	return string(text)
}
