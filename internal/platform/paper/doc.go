// Package paper sets one page of text and writes it as PDF, as OFD (GB/T 33190) and as SVG for the screen.
//
// A [Sheet] says what stands on the page: title, number, labelled fields, a code to scan, who issued it and when. [Writer.Set] lays it out
// once, in millimetres, and the three writers draw the same [Page]:
//
//	Sheet ──Set──► Page ──► PDF   the font's subset inside, text that can be copied and searched
//	                    ──► OFD   the same subset, a package any OFD reader opens
//	                    ──► SVG   for the screen, in the reader's own font
//
// The same sheet gives the same bytes, whenever and wherever it is written: no times, no random identifiers.
//
// # The slot
//
// A document may carry an attachment of a size fixed beforehand, the slot. [File.Digest] covers every byte of the file but the slot's
// content, so that a record which names the digest, and is signed, can be put into the file afterwards with [File.Fill]. [Open] finds
// the slot again in the bytes of a stranger: it inflates nothing, follows no reference, and refuses what it does not know exactly.
//
// What it does not do: it makes no documents of several pages, and it knows no keys. Whoever fills the slot signs.
package paper
