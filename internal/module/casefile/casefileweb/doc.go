// Package casefileweb shows cases (办件) to the people they belong to and to the officers who handle them, and speaks the JSON API of cases.
//
// An application is a draft until it is handed in: each step (situation, form, materials, confirmation) is saved as it is, complete or not,
// and can be left and taken up again on any device. Every page works with scripts off; a form is sent, done once and answered by a
// redirect, and a refused one comes again with what was typed. An action carries the version of the case the officer saw: whoever is
// second is told what happened meanwhile, and nothing is done twice.
//
//	guide ─► situation ─► form ─► materials ─► confirm ─► case page ◄─► correction, withdrawal
//	desk inbox ─► case with materials ─► one page per action ─► next
//
// Decisions are made in package casefile; nothing is decided here.
package casefileweb
