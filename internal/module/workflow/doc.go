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
package workflow
