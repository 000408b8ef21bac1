// Package journey tests the whole building from outside: the real binary, started as its users start it, driven over HTTP with curl,
// in Chromium with scripts on and off, and killed in the middle of its work. It ships nothing.
package journey
