// Package signed checks sealed and signed documents of whatever origin, OFD and PDF, item by item.
//
//	OFD   every signature of the package (GB/T 33190, 15), its seal by the ten checks of GB/T 38540, every file it names by its SM3
//	PDF   every signature of the file (ISO 32000, 12.8), its CMS SignedData (RFC 5652), every byte it covers
//
// What a stranger may send is hostile until the contrary is shown: [Check] bounds what it unpacks, follows nothing, runs nothing, and refuses an archive that two
// readers may read differently. A [Report] says of each check whether it passed, failed, or had nothing to say, and besides what no signature
// covers: files beside the document, what was appended afterwards, attachments, scripts.
//
// [SignPDF] makes the CMS of a PDF written with room for one.
//
// What it does not do: it knows no register. Which roots are trusted and whether a seal was in use is what the caller's [ses.Trust] says.
package signed
