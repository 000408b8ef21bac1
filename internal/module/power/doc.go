// Package power is the list of powers and duties (权责清单): everything the government of the province may do to people or for them, on which law,
// who exercises it at which level, what it owes at each step and what it answers for. What is not in the list may not be done (法无授权不可为), and
// no service item exists without a power in force (权责清单之外无审批).
//
// A [Version] of a power never changes; the version in force on a day is the last one whose first day has come, so a change published today
// for next year needs no clock to come true. A version says what it makes of the power:
//
//	adopt ─▶ in force ⇄ suspended ─▶ abolished, for ever        change keeps the state
//
// Nobody writes a version. It comes from an [Adjustment] (调整), proposed by a department because law changed, the State Council delegated or
// cancelled, an office was reformed or practice showed a need:
//
//	proposed ──both agree──▶ examined ──government──▶ approved ──establishment office──▶ published
//	   ▲  └──either disagrees──▶ returned            └──refuses──▶ returned
//	   └────────resubmitted─────────┘                      any open stage ──proposer──▶ withdrawn
//
// The two examiners are the establishment office (机构编制: is it this office's?) and the legality office (司法: does the law say so?). Nobody acts
// twice in one round: proposer, both examiners and who approves are four persons. One power has one open adjustment at most.
//
// What was published is told as [Adjusted]: at once, and again on the first day when that lies ahead. The item library follows it.
//
// Sources: 中办发〔2015〕21号; 吉政办发〔2016〕8号; GB/T 39554.1-2020 for the code of 12 digits; GB/T 39046-2020 A.1 and A.2 for kinds and levels.
//
// It does not know items (package item asks it), keeps no record of how powers are exercised and punishes nobody.
package power
