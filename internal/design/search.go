package design

// SearchBoxParams is a box to search with; see [SearchBox].
type SearchBoxParams struct {
	Action  string // "/items" when empty
	Name    string // "q" when empty
	ID      string
	Value   string
	Label   string // "搜索" when empty; for screen readers, shown when Large
	Hint    string // shown in the empty box
	Suggest string // address of suggestions while typing; empty for none. It answers with [Suggestions]
	Live    string // selector of the part of the page that is refreshed with what is found while typing; empty for none
	Large   bool
	Focus   bool   // the cursor stands in it when the page is shown: the page is about finding something
	Key     string // its accesskey, for who works by the keyboard
	Hidden  []Hidden
}

// SuggestionsParams answer a [SearchBox] while the person types; see [Suggestions].
type SuggestionsParams struct {
	Links []Link
	Query string
}

// FiltersParams narrow a list; see [Filters]. Its children are the fields; it is a GET form.
type FiltersParams struct {
	Action string
	Title  string // "筛选" when empty
	Chosen []Link // what is chosen; each leads to the list without it
	Reset  string // address of the list without filters
	Hidden []Hidden
	Live   string // selector of the part a change refreshes at once when scripts run; empty for none
}
