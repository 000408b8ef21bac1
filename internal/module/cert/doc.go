// Package cert issues, presents and verifies electronic certificates (电子证照, GB/T 36901 to 36906), which are as good as paper ones
// (国务院令第716号《国务院关于在线政务服务的若干规定》).
//
//	approved case ─► prepared ─► valid ⇄ suspended (暂扣)
//	                               ├─► revoked      withdrawn 撤回, revoked 撤销, cancelled 注销, penalty 吊销
//	                               ├─► superseded   a newer version was issued: 变更, 延续, 补办
//	                               └─► expired      by its date, no state of its own
//
// What a certificate says is its record: canonical JSON, signed with SM2, that names the digests of the two documents people keep, OFD and PDF.
// The documents carry record and signature in their slot, so that one file alone can be checked without us: [VerifyFile]. Which types there are,
// what stands on them and how they are numbered is data: [Type].
//
// Issuing is prepare → record → sign → compare → record, see [Service.IssueFor]: a crash anywhere is mended by running it again, without a second
// certificate for the case and without a number that nobody can explain. A certificate that is not in the log is not valid.
//
// Whoever holds one presents it (亮证) by a code that lives a minute and works once; a code that comes again is refused, and its holder told. Who verifies
// says what for, and reads what the type shows to such as him: [Type.Shows]. Each verification is written down for the holder, who may object to it
// ([Service.Complain]) and void what has not been used ([Service.Recall]). Strangers who only know the identifier see that it exists and whether it is in
// force, and nothing of the person. Besides the code there are
//
//	[Service.Present] with fields   some fields with a proof against a signed list of digests: over 18, and no more
//	[Service.GrantUse]              an office, company or person may use it for a purpose until a day (用证授权)
//	[Service.MakeCopy]              a copy for one matter, one recipient, one time, said across it (加注件)
//	[Service.PresentOffline]        a code checked where there is no network, for seven days at most
//	[Service.FindPublic]            an open register, for types whose law asks for one: lawyers
//
// A type changes by the proposal of one keeper and the approval of another, from a day on; certificates stay on the version they were issued under. Old
// paper stock is taken over from tables into a list of its own: nothing of it is signed, and its pages say so.
//
// The documents bear the seal of the office that issues, where it has one in use: SES on the OFD, PAdES on the PDF, see sealed.go.
//
// The record rests sealed, the documents too. It does not decide who deserves a certificate (casefile does) and draws no pages (platform/paper).
package cert
