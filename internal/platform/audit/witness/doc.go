// Package witness is somebody else's memory of a log: it cosigns a checkpoint only when the log's tree continues everything it cosigned before.
//
//	log ──POST add-checkpoint (old size, consistency proof, signed note)──► witness
//	     ◄──── cosignature line ──── verify signatures, compare, verify the proof, store, sign
//
// It speaks C2SP tlog-witness and signs C2SP cosignature/v1 with Ed25519. A witness that knows a larger tree, or another root for the same size, does
// not sign: a log that shows different people different histories, or was rolled back, gets no second cosignature. Trees are hashed with SM3, so
// witnesses that know SHA-256 alone can't serve these logs.
//
// A witness is worth what its independence is worth. Run it on another machine, under another hand, with the keys of the log handed over on paper.
//
// [Witness] is the keeper of the state, [Handler] serves it, [Remote] asks one elsewhere. The state is one folder: key and state.json. A folder with
// a key but no state is refused, for a witness without memory would sign anything.
package witness
