package design

import "strconv"

// TrackKind says what the clock did in a part of a [Track].
type TrackKind string

// The kinds of parts.
const (
	TrackRunning  TrackKind = "running"  // 计时
	TrackExcluded TrackKind = "excluded" // 不计时
	TrackWaiting  TrackKind = "waiting"  // before it began
	TrackAhead    TrackKind = "ahead"    // until the end, if nothing comes between
)

// TrackPart is a stretch of days, drawn to scale and said in words.
type TrackPart struct {
	Kind     TrackKind
	From     int // days after the track begins
	To       int
	Name     string // 现场核查
	Dates    string // 3月5日—3月9日
	Text     string // "扣除 3 个工作日，依据…"
	Document *Link  // what the applicant was told by
}

// TrackMark is a day that matters: the promised end, the statutory one, today.
type TrackMark struct {
	At   int // days after the track begins
	Name string
	Date string
	Tone Tone
}

// TrackParams show how a limit was used up, day by day; see [Track].
type TrackParams struct {
	Title   string
	Summary string // the same in a sentence
	Days    int    // the whole width
	Parts   []TrackPart
	Marks   []TrackMark
}

const trackWidth = 600.0

// trackAt places a day across the drawing.
func trackAt(day, days int) string {
	return strconv.FormatFloat(trackWidth*float64(min(max(day, 0), days))/float64(max(days, 1)), 'f', 1, 64)
}

// trackWide is how wide a part is drawn: never so narrow that it can't be seen.
func trackWide(p TrackPart, days int) string {
	return strconv.FormatFloat(max(2, trackWidth*float64(max(0, p.To-p.From))/float64(max(days, 1))), 'f', 1, 64)
}

// trackSign is the sign of a kind beside its words.
func trackSign(k TrackKind) string {
	switch k {
	case TrackExcluded:
		return "circle-pause"
	case TrackWaiting:
		return "hourglass"
	case TrackAhead:
		return "arrow-right"
	}
	return "clock"
}
