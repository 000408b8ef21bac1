// Package casefile handles applications (办件) from the first draft to the delivered decision.
//
//	draft ─► submitted ─► accepted ⇄ suspended
//	            │  ▲          ├─► approved ─► delivered
//	            ▼  │          └─► refused  ─► delivered
//	        correcting
//	rejected ◄──┤                 withdrawn ◄── any open state
//
// A case is pinned to the version of its item, form and process. Who may take a step is said by the open task of the process, or by the table in
// access.go; what a step leads to, by the table in state.go. Each step compares the version it saw: of two at once exactly one wins and the
// other is told. It writes its history, its document with a number of its own, and its leaf in one transaction.
//
// Two clocks run from acceptance, the statute's and the promised, in the units of the item; the day of acceptance is not counted, and the days of
// special procedures are left out, as many as were announced in writing and no more (行政许可法第四十二条、第四十五条、第八十二条). The ledger of
// intervals and a calendar are all the dates follow from ([Recompute]); the log's leaves hold both ([Replay]). An office that says nothing for five working days has accepted
// as of the day it received the materials (第三十二条第四项). Corrections are asked for once and completely.
//
// Documents (文书) are filled from forms that are data (papers/*.toml), checked at start. A document is kept as the whole letter it is, sealed, with the
// digest of its text in the row and in the leaf, and set again from it to the same bytes as PDF and OFD: neither a new form nor an applicant's new name
// changes what was issued. Its number is the next of its office, kind and year, taken in the step's own transaction, so that none is left out. What follows
// from the record of a hand-in alone (材料接收凭证, 告知承诺书, 容缺受理承诺书) has the case's number and is written on demand: it costs a submission no row.
//
// It does not issue certificates (cert does, when it hears of [Approved]), know who is an applicant (account) or decide who sits where (office).
package casefile
