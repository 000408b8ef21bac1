package webtest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Fill types a value into the field with this label: a text, number, date or password field, a text area, or the option of a list with
// this text.
func (b *Browser) Fill(label, value string) *Browser {
	b.t.Helper()
	return b.fill(b.field(label), label, value)
}

// FillIn does so within the group with this legend, where several groups ask the same.
func (b *Browser) FillIn(legend, label, value string) *Browser {
	b.t.Helper()
	within := b.group(legend)
	n := named(within, within, label, isField, func(_, n *html.Node) string { return labelOf(b.page, n) })
	if n == nil {
		b.t.Fatalf("%s: %q has no field %q: %.600s", b.Path(), legend, label, text(within))
	}
	return b.fill(n, label, value)
}

func (b *Browser) fill(n *html.Node, label, value string) *Browser {
	b.t.Helper()
	switch n.Data {
	case "select":
		b.pick(n, label, value)
	case "textarea":
		for n.FirstChild != nil {
			n.RemoveChild(n.FirstChild)
		}
		n.AppendChild(&html.Node{Type: html.TextNode, Data: value})
	default:
		switch attr(n, "type") {
		case "radio", "checkbox", "file":
			b.t.Fatalf("%s: %q is a %s; use Choose or Attach", b.Path(), label, attr(n, "type"))
		}
		set(n, "value", value)
	}
	return b
}

func (b *Browser) pick(list *html.Node, label, option string) {
	b.t.Helper()
	options := all(list, func(n *html.Node) bool { return n.Data == "option" })
	var found *html.Node
	for _, o := range options {
		if text(o) == option || attr(o, "value") == option && option != "" {
			found = o
			break
		}
	}
	if found == nil {
		b.t.Fatalf("%s: the list %q has no option %q: %s", b.Path(), label, option, text(list))
	}
	for _, o := range options {
		remove(o, "selected")
	}
	set(found, "selected", "")
}

// Choose chooses the answer with this text: a radio button or a box to tick. question narrows it to the group with this legend; empty takes
// the first answer on the page.
func (b *Browser) Choose(question, answer string) *Browser {
	b.t.Helper()
	n := b.box(question, answer)
	if attr(n, "type") == "radio" {
		form := formOf(b.page, n)
		for _, other := range all(b.page, func(o *html.Node) bool { return attr(o, "type") == "radio" && attr(o, "name") == attr(n, "name") }) {
			if formOf(b.page, other) == form {
				remove(other, "checked")
			}
		}
	}
	set(n, "checked", "")
	return b
}

// Untick takes a tick away.
func (b *Browser) Untick(question, answer string) *Browser {
	b.t.Helper()
	remove(b.box(question, answer), "checked")
	return b
}

func (b *Browser) box(question, answer string) *html.Node {
	b.t.Helper()
	within := b.main()
	if question != "" {
		within = b.group(question)
	}
	isBox := func(n *html.Node) bool {
		return n.Data == "input" && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox")
	}
	n := named(within, within, answer, isBox, func(_, n *html.Node) string { return labelOf(b.page, n) })
	if n == nil {
		b.t.Fatalf("%s: %q has no answer %q: %.600s", b.Path(), question, answer, text(within))
	}
	return n
}

// group is the group of fields with this legend.
func (b *Browser) group(legend string) *html.Node {
	b.t.Helper()
	isGroup := func(n *html.Node) bool { return n.Data == "fieldset" }
	n := named(b.main(), b.page, legend, isGroup, func(_, n *html.Node) string {
		return text(first(n, func(n *html.Node) bool { return n.Data == "legend" }))
	})
	if n == nil {
		b.t.Fatalf("%s asks no %q: %.600s", b.Path(), legend, b.said())
	}
	return n
}

// Attach puts a file into the file field with this label.
func (b *Browser) Attach(label, name string, content []byte) *Browser {
	b.t.Helper()
	n := b.field(label)
	if attr(n, "type") != "file" {
		b.t.Fatalf("%s: %q takes no file", b.Path(), label)
	}
	b.files[n] = file{name, content}
	return b
}

// Value returns what stands in the field with this label.
func (b *Browser) Value(label string) string {
	b.t.Helper()
	n := b.field(label)
	switch n.Data {
	case "textarea":
		return raw(n)
	case "select":
		v, _ := selected(n)
		return v
	}
	return attr(n, "value")
}

// HasField tells whether there is a field with this label.
func (b *Browser) HasField(label string) bool { return b.findField(label) != nil }

// FieldError returns what the page says is wrong with a field, through its description.
func (b *Browser) FieldError(label string) string {
	b.t.Helper()
	n := b.field(label)
	if attr(n, "aria-invalid") != "true" {
		return ""
	}
	for id := range strings.FieldsSeq(attr(n, "aria-describedby")) {
		if strings.HasSuffix(id, "-error") {
			return text(byID(b.page, id))
		}
	}
	return ""
}

func (b *Browser) field(label string) *html.Node {
	b.t.Helper()
	n := b.findField(label)
	if n == nil {
		b.t.Fatalf("%s has no field %q: %.900s", b.Path(), label, b.said())
	}
	return n
}

func (b *Browser) findField(label string) *html.Node {
	return named(b.main(), b.page, label, isField, func(_, n *html.Node) string { return labelOf(b.page, n) })
}

func isField(n *html.Node) bool {
	switch n.Data {
	case "textarea", "select":
		return true
	case "input":
		switch attr(n, "type") {
		case "hidden", "submit", "button", "image", "reset", "radio", "checkbox":
			return false
		}
		return true
	}
	return false
}

// Press presses the button with these words and goes where its form leads.
func (b *Browser) Press(words string) *Browser {
	b.t.Helper()
	isButton := func(n *html.Node) bool {
		return (n.Data == "button" && attr(n, "type") != "button" || n.Data == "input" && attr(n, "type") == "submit") && !has(n, "disabled")
	}
	n := named(b.main(), b.page, words, isButton, nameOf)
	if n == nil {
		b.t.Fatalf("%s has no button %q: %.600s", b.Path(), words, b.said())
	}
	form := formOf(b.page, n)
	if form == nil {
		b.t.Fatalf("%s: the button %q belongs to no form", b.Path(), words)
	}
	return b.submit(form, n)
}

// entry is one name and value of a form that is sent.
type entry struct {
	name, value string
	file        *file
}

func (b *Browser) submit(form, pressed *html.Node) *Browser {
	b.t.Helper()
	entries := b.entries(form, pressed)
	action, method := attr(form, "action"), strings.ToUpper(attr(form, "method"))
	if a := attr(pressed, "formaction"); a != "" {
		action = a
	}
	if m := attr(pressed, "formmethod"); m != "" {
		method = strings.ToUpper(m)
	}
	to := b.resolve(action)
	to.Fragment = ""
	if method != http.MethodPost {
		to.RawQuery = encode(entries)
		return b.send(http.MethodGet, to, nil, "")
	}
	if attr(form, "enctype") != "multipart/form-data" {
		return b.send(http.MethodPost, to, []byte(encode(entries)), "application/x-www-form-urlencoded")
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, e := range entries {
		if e.file == nil {
			_ = w.WriteField(e.name, e.value) // a buffer takes everything
			continue
		}
		part, err := w.CreateFormFile(e.name, e.file.name)
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = part.Write(e.file.content) // a buffer takes everything
	}
	_ = w.Close() // a buffer takes everything
	return b.send(http.MethodPost, to, body.Bytes(), w.FormDataContentType())
}

// entries are the successful controls of a form, in the order of the page.
func (b *Browser) entries(form, pressed *html.Node) []entry {
	var out []entry
	for _, n := range all(b.page, func(n *html.Node) bool {
		return attr(n, "name") != "" && !has(n, "disabled") && formOf(b.page, n) == form
	}) {
		name := attr(n, "name")
		switch n.Data {
		case "textarea":
			out = append(out, entry{name: name, value: raw(n)})
		case "select":
			if v, ok := selected(n); ok {
				out = append(out, entry{name: name, value: v})
			}
		case "button":
			if n == pressed {
				out = append(out, entry{name: name, value: attr(n, "value")})
			}
		case "input":
			out = append(out, b.input(n, pressed)...)
		}
	}
	return out
}

func (b *Browser) input(n, pressed *html.Node) []entry {
	name, value := attr(n, "name"), attr(n, "value")
	switch attr(n, "type") {
	case "radio", "checkbox":
		if !has(n, "checked") {
			return nil
		}
		if !has(n, "value") {
			value = "on"
		}
	case "submit":
		if n != pressed {
			return nil
		}
	case "button", "reset", "image":
		return nil
	case "file":
		f := b.files[n]
		return []entry{{name: name, value: f.name, file: &f}}
	}
	return []entry{{name: name, value: value}}
}

func encode(entries []entry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, url.QueryEscape(e.name)+"="+url.QueryEscape(e.value))
	}
	return strings.Join(parts, "&")
}

// selected is the option of a list that is sent.
func selected(list *html.Node) (string, bool) {
	options := all(list, func(n *html.Node) bool { return n.Data == "option" })
	for _, o := range options {
		if has(o, "selected") {
			return optionValue(o), true
		}
	}
	if len(options) == 0 {
		return "", false
	}
	return optionValue(options[0]), true
}

func optionValue(o *html.Node) string {
	if has(o, "value") {
		return attr(o, "value")
	}
	return text(o)
}
