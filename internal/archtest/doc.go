// Package archtest holds the rules of ARCHITECTURE.md as tests.
//
// Each rule reads the source tree and returns findings, each a sentence a newcomer understands: where, what, and what to do. The
// same rules run over small trees with one fault planted in each, so that a rule that went blind is noticed.
package archtest
