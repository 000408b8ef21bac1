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
// Whoever holds one presents it (亮证) by a code that lives a minute and works once. Each verification that meets a certificate is written down
// for its holder. Strangers who only know the identifier see that it exists and whether it is in force, and nothing of the person.
//
// The record rests sealed, the documents too. It does not decide who deserves a certificate (casefile does) and draws no pages (platform/paper).
package cert
