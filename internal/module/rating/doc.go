// Package rating takes what applicants think of how their case was handled (好差评, 国办发〔2019〕51号): one honest rating a case, and an answer
// to every bad one.
//
// Only the applicant of a case that was decided or has ended may rate it, once, of the applicant's own accord. There is no rating by default:
// what nobody said does not count. Five [Grade]s; the labels ([Label]) are the national platform's and belong to a grade. The two worst grades
// open a rectification (差评整改):
//
//	opened ──claim──► claimed ──answer──► answered
//
// Each step is due by a date in working days of the office's region. The head of the rated office claims and answers, the applicant is told.
//
// The rated office never learns who rated: a [Rectification] has the grade, the labels and the words, and neither case, person nor hour. So the
// leaves of this module are about "rating:ID" and not about the case, whose leaves the office may read. Words are sealed; opening them leaves a
// leaf. The public figures are counters moved in the transaction of the rating: reading them costs the same however many there are.
//
// It does not decide who an applicant is or when a case is over (casefile does), and does not report to the national platform (national does,
// when it hears of [Given]).
package rating
