// Package seal keeps the electronic seals (电子印章) of offices and companies, and is how one is affixed to a document.
//
//	            refuse
//	applied ───────────► refused
//	   │ approve           make              suspend
//	   └──────► approved ──────► in use ◄──────────────► suspended
//	                               │        resume           │
//	                               └────────── end ──────────┴──► ended
//
// An office's chief or who acts for a company applies (申请); the office that keeps the register of seals reviews (审核备案): for offices the province's
// service administration, for companies the county's police. The maker (制章者) signs what was approved, and the seal is in use. A change (变更) is a new
// version with an esID of its own; when it is made, the version before it ends. [Service.Standing] says how a seal stood at any instant: a signature is
// judged by the instant it was made.
//
// Who keeps a seal is a manager (管理员), named by the office's chief or by who applied for the company; managers name operators (操作员), a company's
// name other managers too. One person may be both. Every use comes from a business: a
// case, a certificate that is being issued, or an application for use (用印申请) that a manager approved for one document.
//
// Affixing follows prepare → record → sign → compare → record. The use is stored with what will be signed before any key is touched; no transaction is
// open while a device signs; what comes back is verified against what was stored; then it becomes true together with its leaf. [Prepared] carries the
// procedure: only prepare makes one, and it is redeemed once. However a device fails, the same call made again goes on with the same use.
//
// Keys are behind crypto.Signer, each seal's own; certificates come from a built-in authority, whose names and pictures carry 测试, or by request from
// one outside. What the package does not do: it reads no documents (their digest comes from the caller) and draws no page.
package seal
