// Package design is the design system of the pages: one calm, plain, accessible way to show every thing the government's
// online hall has to say.
//
// A component is a templ function of one params struct, kept in three files that lie side by side: name.go with the params
// (each field's meaning and zero value) and the examples, name.templ with the markup, css/name.css with the looks. The
// examples serve five ends at once: the gallery page, the generic test that renders and validates every component, the
// accessibility test with axe in Chromium, the pictures, and the reader.
//
// Rules every component keeps:
//   - HTML first: complete and usable without scripts; htmx and the modules of web/js only make it smoother.
//   - No inline script, no inline style, no style attribute: the content security policy forbids them. Lengths that follow
//     data are drawn with <progress>, <meter> or SVG presentation attributes.
//   - Colour is never the only carrier of a meaning: every state has its word and mostly its icon.
//   - Zero params render valid HTML; nothing panics on an empty slice or a missing text.
//   - Texts of the components themselves come from the locale files; texts of the page come in through the params.
//
// Three themes are classes on <html>: none for the light theme, "elder" for the 长者模式 (large type, large targets, and whatever
// carries data-extra hidden), "contrast" for high contrast. The last two combine.
package design
