// Package web is the edge between HTTP and use cases: one router for pages and the JSON API, faults turned into pages or problem
// documents, sessions, limits and the headers that keep browsers safe.
//
// A handler returns an error instead of writing one. The router turns a [fault.Error] into a page in the person's language, or under
// /api/ into an RFC 9457 problem document, with the status of its kind; anything else is logged once and shown as a number to quote.
// Every route names who may enter ([Access]); what a person may do inside is the use case's to decide.
//
// # Order of a request
//
//	request id, log, recover → security headers → limits → preferences → cross-origin check → session → who acts → route
package web
