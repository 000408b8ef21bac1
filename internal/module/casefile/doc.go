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
// as of the day it received the materials (第三十二条第四项), whatever its officers have asked of each other. Corrections are asked for once and completely.
// One kind of special procedure stops the clock once; the head of the office may have it once more, with a reason, and supervision counts that.
//
// Documents (文书) are filled from forms that are data (papers/*.toml), checked at start. A document is kept as the whole letter it is, sealed, with the
// digest of its text in the row and in the leaf, and set again from it to the same bytes as PDF and OFD: neither a new form nor an applicant's new name
// changes what was issued. Its number is the next of its office, kind and year, taken in the step's own transaction, so that none is left out. What the
// applicant promises (告知承诺书, 容缺受理承诺书) is kept in the same way, with the hand-in it comes with: it is an act of law, and is read as it was agreed. It bears no
// seal, for it is his word. The receipt of a hand-in (材料接收凭证) follows from its record and is written on demand, with the case's number, which is without gaps
// as well; what may change later, his name and the office's, is kept inside what was handed in, so that it costs a submission nothing.
//
// What the applicant promised to bring later (容缺受理) stops no clock. It is asked for in writing before its day and becomes a task of the office after it; until
// it came, nothing is handed out and no certificate made, if the item's rule says so. What promises a decision at once, or rests on a pledge (告知承诺), may be
// accepted, decided and handed over in one act ([Settle]); a pledge is checked afterwards, as a task with a day, and a false one leads to the chief. A renewal
// asked for in time and not decided when the certificate expires is granted by law ([Service.RenewSilent]). What was granted ends by [Annul] or [CancelGrant];
// the case stays closed, and its outcome says so. Rules of these are rows: casefile_gap_rule, casefile_inspection_rule, casefile_extension_rule. Tasks beside an
// item's own process are processes of their own (flows/*.json).
//
// Whoever is told of the right to a hearing (听证, 行政许可法第四十六条至第四十八条) asks for it in time or the case goes on; asked for, it is called, presided over by
// somebody who does not examine the case, recorded and confirmed before anything is decided. What is made public before a decision (公示) anybody may object to; until
// it is over and every objection is answered nothing is decided ([Service.Object]). What officers write to other offices with tasks is issued as a document
// ([Service.IssueLetter]), which who applied does not read.
//
// [Service.Report] gives the columns of the national exchange; who applied is sealed in it.
//
// What reached the wrong department is transferred to the right one of the same government before it is accepted (转办): the other office takes it or sends
// it back, the day of receipt and the day of the answer stand. Officers read numbers and phones of people masked; who handles the case sees them for a
// purpose, and each look is a leaf ([Service.Disclose]). Who took a step for the applicant is in the history ([Proxy]).
//
// It does not issue certificates (cert does, when it hears of [Approved]), know who is an applicant (account) or decide who sits where (office).
package casefile
