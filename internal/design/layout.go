package design

import "context"

// Page is the frame around a page's content; see [Layout].
type Page struct {
	Title   string  // of the window; the page's own heading is made by [Heading]
	Crumbs  []Crumb // from the home page down; the home page itself is added
	Section string  // marks the main navigation: home items cases certificates verify desk library powers admin log
	Wide    bool    // uses the whole width: staff pages with wide tables
	Plain   bool    // leaves out search and navigation: sign-in, presenting a certificate
	Banner  *BannerParams
	Query   string   // what the header's search box shows
	Kept    []Hidden // what a search from the header keeps: the region chosen
	Results string   // selector of the part that shows what is found: it is refreshed while one types, when scripts run; empty for suggestions
	About   string   // what the page is about in a sentence, for search engines; empty says nothing
	Data    any      // the same as linked data (JSON-LD); nil for none
	Bare    bool     // nothing but the content: a screen on a wall
	Refresh int      // seconds after which a browser without scripts loads the page anew; 0 for never
	Live    bool     // the page refreshes parts of itself; screen readers are told by a polite region
	// Manifest is the address of what makes the page a program of its own on a phone; empty for none.
	Manifest string
}

// Crumb is one step of the way from the home page to this one.
type Crumb struct{ Text, Href string }

// Viewer is who looks at the page, as far as the frame shows it.
type Viewer struct {
	SignedIn   bool
	Name       string
	Kind       string // person company officer admin
	Keeps      bool   // works on the item library
	Adjusts    bool   // works on the list of powers
	Supervises bool   // answers for deadlines
	ActingFor  string // the company an agent acts for; empty for oneself
	Unread     int    // messages not read yet
	Links      []Link // further entries of the viewer's own menu
	Path       string // the address being shown, so that changing language or theme comes back to it
}

type viewerKey struct{}

// WithViewer puts the viewer into the context; the middleware that knows the session calls it for every page.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// ViewerOf returns the viewer in the context, the zero Viewer (nobody signed in) when there is none.
func ViewerOf(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey{}).(Viewer)
	return v
}

// Staff tells whether the viewer works here: officers and administrators get the staff navigation.
func (v Viewer) Staff() bool { return v.Kind == "officer" || v.Kind == "admin" }
