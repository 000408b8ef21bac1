package webtest

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

func attr(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func set(n *html.Node, name, value string) {
	remove(n, name)
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

func remove(n *html.Node, name string) {
	for i, a := range n.Attr {
		if a.Key == name {
			n.Attr = append(n.Attr[:i], n.Attr[i+1:]...)
			return
		}
	}
}

// all lists the elements below n, itself included, that match, in the order of the page.
func all(n *html.Node, match func(*html.Node) bool) []*html.Node {
	if n == nil {
		return nil
	}
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			out = append(out, d)
		}
	}
	if n.Type == html.ElementNode && match(n) {
		out = append([]*html.Node{n}, out...)
	}
	return out
}

func first(n *html.Node, match func(*html.Node) bool) *html.Node {
	if list := all(n, match); len(list) > 0 {
		return list[0]
	}
	return nil
}

func byID(page *html.Node, id string) *html.Node {
	return first(page, func(n *html.Node) bool { return attr(n, "id") == id })
}

// raw is the text below n as it stands.
func raw(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !silent(d) {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// text is what a reader reads below n, with single spaces.
func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !silent(d) {
			b.WriteString(d.Data)
		} else if d.Type == html.ElementNode && block[d.Data] {
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// silent tells whether a text is not shown.
func silent(n *html.Node) bool {
	return n.Parent != nil && (n.Parent.Data == "script" || n.Parent.Data == "style" || n.Parent.Data == "template")
}

var block = map[string]bool{"p": true, "div": true, "li": true, "td": true, "th": true, "tr": true, "dt": true, "dd": true, "h1": true, "h2": true, "h3": true,
	"h4": true, "label": true, "legend": true, "section": true, "header": true, "a": true, "button": true, "option": true, "br": true, "summary": true}

// nameOf is what a reader hears of a link or button.
func nameOf(_, n *html.Node) string {
	if l := attr(n, "aria-label"); l != "" {
		return l
	}
	if n.Data == "input" {
		return attr(n, "value")
	}
	return text(n)
}

// labelOf is the text of a field's label.
func labelOf(page, n *html.Node) string {
	if id := attr(n, "id"); id != "" {
		if l := first(page, func(l *html.Node) bool { return l.Data == "label" && attr(l, "for") == id }); l != nil {
			return text(l)
		}
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return text(p)
		}
	}
	if l := attr(n, "aria-label"); l != "" {
		return l
	}
	if id := attr(n, "aria-labelledby"); id != "" {
		return text(byID(page, id))
	}
	return ""
}

// named finds the element whose name is the words, begins with them or at least holds them, in that order, in the main part before the rest.
func named(main, page *html.Node, words string, match func(*html.Node) bool, name func(page, n *html.Node) string) *html.Node {
	fits := []func(string) bool{
		func(s string) bool { return s == words },
		func(s string) bool { return strings.HasPrefix(s, words) },
		func(s string) bool { return strings.Contains(s, words) },
	}
	for _, within := range []*html.Node{main, page} {
		list := all(within, match)
		for _, fit := range fits {
			for _, n := range list {
				if fit(name(page, n)) {
					return n
				}
			}
		}
	}
	return nil
}

// formOf is the form an element belongs to.
func formOf(page, n *html.Node) *html.Node {
	if id := attr(n, "form"); id != "" {
		return byID(page, id)
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "form" {
			return p
		}
	}
	return nil
}

var hole = regexp.MustCompile(`\[[a-z_]+(\.[a-z0-9_]+)+\]`)

// Check lists what is wrong with any page, whatever it is about.
func Check(page *html.Node) []string {
	var out []string
	if text(first(page, func(n *html.Node) bool { return n.Data == "title" })) == "" {
		out = append(out, "the page has no title")
	}
	if n := len(all(page, func(n *html.Node) bool { return n.Data == "h1" })); n != 1 {
		out = append(out, fmt.Sprintf("the page has %d first headings", n))
	}
	if h := hole.FindString(text(page)); h != "" {
		out = append(out, "the page says "+h)
	}
	ids := map[string]bool{}
	for _, n := range all(page, func(*html.Node) bool { return true }) {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				out = append(out, "the id "+id+" is there twice")
			}
			ids[id] = true
		}
		if has(n, "style") || n.Data == "style" || n.Data == "script" && attr(n, "src") == "" && attr(n, "type") != "application/ld+json" {
			out = append(out, "an inline style or script: "+n.Data)
		}
		if needsLabel(n) && labelOf(page, n) == "" {
			out = append(out, fmt.Sprintf("the field %q has no label", attr(n, "name")))
		}
		if (n.Data == "a" && has(n, "href") || n.Data == "button") && nameOf(page, n) == "" {
			out = append(out, n.Data+" without words: "+attr(n, "href"))
		}
	}
	for _, n := range all(page, func(n *html.Node) bool { return n.Data == "label" && attr(n, "for") != "" }) {
		if !ids[attr(n, "for")] {
			out = append(out, "a label for "+attr(n, "for")+", which is not there")
		}
	}
	return out
}

func needsLabel(n *html.Node) bool {
	switch n.Data {
	case "select", "textarea":
		return true
	case "input":
		switch attr(n, "type") {
		case "hidden", "submit", "button", "reset", "image":
			return false
		}
		return true
	}
	return false
}
