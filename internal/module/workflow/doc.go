// Package workflow moves work from post to post. It knows no law: what a step decides is its caller's.
//
// A definition (流程定义) is versioned and immutable; an instance (流程实例) is pinned to one version and holds tokens; a token that stands at
// a task waits for a post. The core is pure: [Definition.Begin] and [Definition.Complete] take a state and return the next with its effects, and know
// neither database nor clock. Around it [Service] stores what they say inside the caller's transaction.
//
//	start → task → ┬ task ┬ → join → task → end
//	               └ task ┘
//
// A task names a role and a place (the case's own office, the service centre, the township, each office asked for an opinion); places become
// offices when the instance starts. Of two officers who complete one task at the same moment exactly one does; the other is told.
//
// Around a task stands what an office does with its work before it is completed, [Tasks]: claimed and released, transferred, forwarded, delegated and
// given back, signed by others before or after, copied, urged, sent back, taken back. Other offices are asked for an opinion, or called together to
// look at a thing; an absent officer has a deputy. What others are asked is a side task (旁支任务) in their inbox: it never moves a token. A token moves
// when the task is done and everybody who signs after it has signed. Only what binds nobody outside may be signed after, taken back or skipped.
package workflow
