// Package db is the one transactional store under everything, on two engines behind one face.
//
// A module writes with [DB.Update] and reads with [DB.View]; both hand it a [Tx], whose Now is the one clock of everything that
// happens inside. It can neither commit nor reach the connection. One SQL text serves SQLite and PostgreSQL, inside the subset
// that docs/sql.md lists; rows become structs through [One], [All] and [Each].
//
// # What each engine does
//
// SQLite has one writer. Updates of many callers are gathered: each runs in a savepoint of its own, up to 64 share one commit
// and so one fsync, and every caller is told only after that commit ([writer]). Statements of a writer can't be cancelled half
// way, because SQLite answers an interrupt by rolling back the whole transaction, other people's savepoints included. Readers
// use connections of their own, on which writing is refused (query_only), each View one snapshot. A question that bounds itself runs
// to its end even when its caller has gone: watching for that costs as much as the question. [Each] is watched.
//
// On PostgreSQL an Update is one READ COMMITTED transaction, run again from its start after a deadlock or a serialization
// failure; a View is a read-only REPEATABLE READ transaction. Lost updates are prevented the same way on both: by
// compare-and-set in the module's SQL, never by FOR UPDATE.
//
// # What a module must know
//
// The function given to Update may run more than once: it has no effect outside the Tx. It must not call Update again: on
// SQLite the inner call would wait for the outer one. Every time.Time that enters is turned to UTC milliseconds, because two
// texts of one instant in two zones compare unequal on both engines.
package db
