// Package sm is the one place where Xiangyun touches the commercial cryptography (商用密码) of GB/T 32905, 32907 and 32918.
//
// It wraps one library behind the standard interfaces, so that nothing else in the program names it:
//
//	SM3   [Hash], [Sum], [HMAC]                  hash.Hash
//	SM4   [NewGCM], [Keyring.Seal], [Keyring.Open]  cipher.AEAD
//	SM2   [GenerateSM2], [Verify]                crypto.Signer
//
// SM2 and Ed25519 signers sign the message itself, never a digest of it: Sign takes the message where the interface says
// "digest" and refuses an opts that names a hash. SM2 hashes the message with ZA of the default user id "1234567812345678",
// as GM/T 0009 has it, and writes the signature as DER SEQUENCE { r INTEGER, s INTEGER }.
//
// # The keyring
//
// A [Keyring] holds the data keys that seal personal fields, the key of the search columns and the named signers. On disk it
// is a row of generations, keyring-000001.json, keyring-000002.json …, each complete and never changed once written: a
// rotation writes the next one. A generation is created under its name by a hard link, which exactly one process can do, so
// two nodes that start or rotate at once end with the same keys. Every secret in it is wrapped by SM4-GCM under a key
// encryption key (KEK) that lives in another file, and the whole generation carries an HMAC-SM3 of it.
//
//	first start ──► KEK file (0600, warning) ──► keyring-000001.json ──Rotate──► keyring-000002.json ──Rewrap──► …
//
// Sealed values name the key they were sealed with: old keys go on opening, only the newest seals.
//
// What it does not do: it is no certified cryptographic module. A file KEK serves development; in production the KEK comes
// from an HSM or a secret store, mounted as a file, and the signers are replaced by adapters that implement crypto.Signer.
package sm
