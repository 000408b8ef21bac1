// Package job runs work that must happen after a transaction and outside it: at least once, on any node, never in silence.
//
// A job is a row, written in the caller's transaction by [Queue.Insert], so it exists exactly when the business does. Nodes claim
// due rows for the time of a lease; a node that dies lets its leases run out and another takes over. A handler may therefore run
// twice and must be idempotent.
//
//	available ──claim──▶ running ──ok──▶ completed
//	    ▲                  │ error: attempt < limit, later each time
//	    └──────────────────┤
//	                       ├─ error at the last attempt ──▶ discarded   (kept until an administrator retries it)
//	                       └─ [Cancel] ──▶ cancelled
//
// One column, due_at, carries both times that matter: when an available job may start and when a running job's lease ends. So one
// partial index finds all work, new and orphaned, and the claim is one statement.
//
// [Queue.Every] runs periodic work on the node that holds the leader's lease. It is not an exclusive lock: after a long pause two
// nodes may overlap for a moment, and what they run must bear it.
//
// The states follow River (riverqueue.com); the queue is ours because the law's clocks ride on it and must behave alike on both engines.
package job
