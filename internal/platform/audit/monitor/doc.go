// Package monitor is the outsider who does not believe a log: it fetches what the log publishes, recomputes it, and compares it with what it saw before
// and with what witnesses saw.
//
//	witnesses ─┐
//	checkpoint ┼─► signatures ─► entries since last time ─► root ─► as signed? as before? as the witnesses have it? ─► state for the next time
//	log ───────┘
//
// It needs no account and no database. What it can tell:
//
//	signature    the checkpoint is not signed by the log's keys
//	shrunk       the log has fewer leaves than it had: it was put back to an earlier state
//	rewritten    the tree that is signed now does not begin with the one that was signed before
//	split        two different trees of one size were signed
//	changed      a leaf that is published is not the one in the tree
//	removed      a leaf is missing
//	unwitnessed  fewer witnesses than wanted vouch for the log
//	unlogged     a certificate is signed, and its issuing is not in the log
//
// It can't tell what leaves say: of a leaf only its commitment is public. The state moves on only when nothing was found, so what was found once is
// found again.
package monitor
