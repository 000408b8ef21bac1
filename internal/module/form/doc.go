// Package form keeps form definitions (表单) and checks what people fill in.
//
// A definition is a JSON Schema 2020-12 text, deployed once as an immutable numbered version and compiled then: a schema that
// can't be read, a condition with an unknown field, an example that does not fit are refused at deployment with a sentence that
// says where. The same text serves the page (package formweb renders it without scripts), the API (it is sent as it is) and the
// check when a case is submitted, so the three can't differ.
//
// # The dialect
//
// The root is an object; each property has a title and examples of which the first ones together make a valid form. Types are
// string, integer, number, boolean, an array of listed texts, an object (a group of fields) or an array of objects (a repeated
// group); groups are one level deep. Choices are "oneOf" of {const, title} or "enum". Formats: id-number, uscc, region,
// civil-date, phone, email. The extensions:
//
//	x-show      CEL over the fields above it at the root: the field exists only while it holds
//	x-required  must be filled while it is shown ("required" is for fields that are always shown)
//	x-refresh   other fields depend on it: the page fetches the field set again when it changes
//	x-prefill   where a first value comes from: "subject.name", "situation.network"
//	x-widget    "textarea", "select" or "radio" instead of the usual control
//	x-order     on an object: the order of its properties, when it is not the written one
//
// Hidden fields have no answer: [Check] drops what is sent for them. Unknown fields are refused. Errors name the field and a
// line in the locales, never the value.
//
// It does not store answers (casefile does) and does not ask the situation questions (item does).
package form
