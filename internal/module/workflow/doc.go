// Package workflow moves work from post to post. It knows no law: what a step decides is its caller's.
//
// A definition (流程定义) is versioned and immutable; an instance (流程实例) is pinned to one version until a keeper migrates it. What a definition says
// is a [process.Process], written in BPMN or, for most items, in a short form of JSON; how its tokens move is package machine's, pure and
// deterministic. [Service] stores around it, always inside one transaction:
//
//	command ─▶ machine.Step ─▶ the instance's row: where its tokens stand, its variables, its version
//	                           rows of what it waits for: tasks · timers · messages and signals · calls of services · incidents
//
// The row's version is compared and set, so of two steps at one moment exactly one is done; the other is told, or tries again. An event and the end
// of its row are one transaction: a timer fires once, a message reaches one instance, a call moves its process once, whichever node does it and
// wherever it is killed. Services run between two transactions, with a key that stays the same when they are asked again.
//
// A task names a role and a place (the case's own office and the one above it, the service centre, the township, the village, each office asked for an
// opinion), and may name a level of it; places become offices when the instance starts. It may have a form of its own, and must be done by another person
// than an earlier one when its definition says so. Variables decide ways; they hold personal data only where a definition says so.
//
// A message that no instance waits for begins one of each process that has a start for it, once, however often it comes.
//
// What can't go on by itself, a gateway without a true condition or a service that failed for good, is an incident: keepers see it, and retry,
// migrate, give the step up or send back.
//
// Around a task stands what an office does with its work before it is completed, [Tasks]: claimed and released, transferred, forwarded, delegated and
// given back, signed by others before or after, copied, urged, sent back, taken back. Other offices are asked for an opinion, or called together to
// look at a thing; an absent officer has a deputy. What others are asked is a side task (旁支任务) in their inbox: it never moves a token. A token moves
// when the task is done and everybody who signs after it has signed. Only what binds nobody outside may be signed after, taken back or skipped. The program,
// which completes in the name of the law's own clock, waits for none of this: what is open ends, and the history and the log say so.
// [LetterMade] tells of what was written to others, which casefile issues as a document; a transfer or a delegation (转办、委派) moves work inside and
// needs no letter: its leaf is enough.
package workflow
