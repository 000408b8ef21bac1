// Package ses reads, writes and checks electronic seals and the signatures made with them: the ASN.1 of GB/T 38540-2020.
//
//	SESeal         a seal (印章): header, esID, name and validity, the picture, who may sign; signed by its maker (制章者)
//	SES_Signature  an affixed seal (签章): the whole seal, the time, the SM3 of the document; signed by the seal's signer (签章者)
//
// Three versions are in use. The codec writes the second and reads all:
//
//	V1  GM/T 0031-2014   times are UTCTime; the maker signs {info, certificate, algorithm}; the signer's certificate is in what is signed
//	V4  GB/T 38540-2020  times are GeneralizedTime; the maker signs the info alone; an optional timestamp over the signature value
//	V5  GM/T 0031-2025   like V4, and the seal may carry a timestamp of its own
//
// Parsing is strict: DER only, nothing behind the last field, bounds on every list, UTC times, SM3 with SM2 as the only algorithm. Custom data
// (extDatas) is taken with the tag [0] EXPLICIT of the standard's grammar and without it, as widespread writers leave it out; it is written with it.
//
//	ParseSignature ─► Check ─► ten results, each passed or failed with a reason
//
// A signature is judged as of the time it was made ([Check]): a certificate or a seal that ended later does not spoil it, as long as a timestamp
// of somebody else proves that it was made before. What the package does not do: it keeps no keys, knows no documents (the caller gives the digest
// of what was signed) and asks nobody whether a seal was suspended; [Trust] names whom it asks.
package ses
