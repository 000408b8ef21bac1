package design

import "github.com/a-h/templ"

// HeadingParams are the head of a page; see [Heading].
type HeadingParams struct {
	Title   string          // the page's only <h1>
	Caption string          // small line above it: what kind of thing this is
	Lead    string          // one or two sentences below it
	Badge   *BadgeParams    // the state of the thing
	Actions templ.Component // buttons, at the right on wide screens
}

// SectionParams is a titled part of a page; see [Section].
type SectionParams struct {
	Title string
	ID    string // for links to it; empty for none
	Text  string // a sentence below the title
	More  *Link  // "all of them", at the right of the title
	Extra bool   // hidden in 长者模式
	Level int    // of the heading, 2 (the zero value's meaning) to 4
}

// SplitParams puts a column beside the content on wide screens, below it on narrow ones; see [Split].
type SplitParams struct {
	Aside templ.Component
	Label string // names the column for screen readers
	Even  bool   // both as wide, the column staying in sight: documents beside a form
	First bool   // the column stands left and comes first (filters)
}

// HeroParams are the top of the home page; see [Hero].
type HeroParams struct {
	Title  string
	Lead   string
	Search SearchBoxParams
	Links  []Link // what people search most
}

// TileParams is a large door to something; see [Tile]. Put several into [Tiles].
type TileParams struct {
	Text  string
	Hint  string
	Href  string
	Icon  string
	Extra bool // hidden in 长者模式
}

// PanelParams tell that something has been done, with the number to keep; see [Panel].
type PanelParams struct {
	Title string
	Text  string
	Label string // names the number
	Value string // the number itself, large and easy to copy
}

// DetailsParams fold text away; see [Details].
type DetailsParams struct {
	Summary string
	Open    bool
}

// FoldParams are a titled part of a page that folds to its title; see [Fold].
type FoldParams struct {
	Title string
	Note  string // beside the title: how many, the latest of it
	ID    string // for links to it; empty for none
	Tone  Tone   // of the note; Neutral without a warning
	Level int    // of the heading, 2 (the zero value's meaning) to 4
	Open  bool
}

// BreadcrumbParams show the way from the home page; see [Breadcrumb]. [Layout] draws it from Page.Crumbs.
type BreadcrumbParams struct{ Crumbs []Crumb }

// OutlineParams show the parts of a thing that is worked on part by part; see [Outline].
type OutlineParams struct {
	Label string // names it for screen readers
	Parts []OutlinePart
}

// OutlinePart is one part of an [Outline], with what it consists of.
type OutlinePart struct {
	Text    string
	Note    string // a few words behind it: how many rows
	Href    string
	Current bool          // the part being shown
	Badge   *BadgeParams  // what is to be put right
	Parts   []OutlinePart // shown below the current part only, as a rule
}
