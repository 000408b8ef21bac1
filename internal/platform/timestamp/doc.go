// Package timestamp makes, asks for and verifies timestamps (时间戳, RFC 3161 and GB/T 20520): somebody else's signed word that bytes existed at an instant.
//
//	Client.Timestamp ──request──► Authority.Answer ──token──► Verify
//
// A token is a CMS signature (RFC 5652) over a digest of the bytes and the time. Two families of algorithms are spoken, each whole: SM3 with SM2, and
// SHA-256 with ECDSA on P-256. [Authority] is a small one for trying out: its clock is the computer's. In earnest the time is that of an authority
// outside, which [Client] asks by HTTP.
package timestamp
