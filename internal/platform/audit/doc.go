// Package audit is the public, tamper-evident log of everything that was decided, and of every reading of a person's data by
// somebody else.
//
//	business transaction ──Append──► audit_inbox ──Sequence, each second──► audit_leaf, audit_tile ──sign──► audit_checkpoint
//
// # Leaves
//
// Whoever decides appends an [Entry] in the transaction of the decision: one insert, which takes no lock anybody else waits for.
// An entry is salted and committed to at once:
//
//	commitment = SM3(salt ‖ canonical entry)      32 random bytes of salt; the entry as encode writes it
//	leaf hash  = SM3(0x00 ‖ commitment)           RFC 6962, with SM3 for SHA-256
//
// One sequencer at a time, whichever node moves the single row of audit_tree, numbers what waits and integrates it into a Merkle tree
// in batches. It takes whatever is in the inbox and never relies on the order of keys, so that a transaction that commits late loses
// nothing. [Log.ByObject] and its sisters show waiting leaves too: a list reads its own writes.
//
// # What is public
//
// The tree is cut into tiles as C2SP tlog-tiles has it, and each state of it is signed as a C2SP checkpoint ([Checkpoint]). An entry
// bundle (tile/entries/…) holds for each leaf two bytes of length, 0x0020, and its commitment: no more than that is public of a
// leaf. The salt keeps anybody from trying likely entries. [Log.Erase] removes salt, data and the identifiers of a person from every
// leaf about them; what is left is a commitment that can be opened by nobody any more, and the tree verifies as before.
//
// The checkpoint carries two signatures under the log's origin as key name. Key ids are SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4], as
// C2SP signed-note recommends:
//
//	Ed25519   type 0x01, key of 32 bytes
//	SM2       type 0xff ‖ "sm2-sm3.gmt0009", key 04‖x‖y of 65 bytes; the signature is GM/T 0009's DER over the note's text with
//	          the default user id. 0xff is what signed-note reserves for types it has not assigned a byte to.
//
// # Witnesses
//
// [Log.AskWitnesses] has others cosign the newest checkpoint; their lines stand below its note ([Log.Published]). Package witness is one, package monitor
// an outsider who recomputes the log and compares it with what it and they saw.
//
// # Checking it
//
// [Log.Verify] recomputes everything from the leaves up. Outsiders need no database: [VerifyCheckpoint], [VerifyInclusion] and
// [VerifyConsistency] work on what the log publishes. Whoever keeps an old checkpoint can tell later whether the log was cut
// short or rewritten; nobody inside can prove that alone.
package audit
