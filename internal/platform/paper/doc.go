// Package paper sets pages of text and writes them as PDF, as OFD (GB/T 33190) and as SVG for the screen.
//
// A [Sheet] is one page with a frame, for certificates. A [Letter] is a document of as many pages as it needs, with the measures of GB/T 9704. Each is laid
// out once, in millimetres, and the three writers draw the same pages:
//
//	Sheet  ──Set──► Page     ──► PDF   the fonts' subsets inside, text that can be copied and searched
//	Letter ──Lay──► Document ──► OFD   the same subsets, a package any OFD reader opens
//	                         ──► SVG   for the screen, in the reader's own font
//
// Chinese is set as print does it: both edges straight, no closing mark at the begin of a line, no opening one at its end. A character that one face
// lacks is taken from another; one that none has is drawn as a box with its code point and reported ([NoGlyph]).
//
// The same sheet or letter gives the same bytes, whenever and wherever it is written: no times, no random identifiers.
//
// # The slot
//
// A document may carry an attachment of a size fixed beforehand, the slot. [File.Digest] covers every byte of the file but the slot's
// content, so that a record which names the digest, and is signed, can be put into the file afterwards with [File.Fill]. [Open] finds
// the slot again in the bytes of a stranger: it inflates nothing, follows no reference, and refuses what it does not know exactly.
//
// # Seals
//
// [Document.Sealed] shows a seal's picture on the screen and in PDF. [File.Affix] puts the seal itself on an OFD, where readers take the picture out of it;
// [File.Sign] fills the room that a PDF was written with. Slot and seal do not spoil each other, in this order:
//
//	OFD   Affix ─► Digest ─► the record is signed ─► Fill          the seal names every file but the slot, the digest covers the seal
//	PDF   Digest ─► the record is signed ─► Fill ─► Sign           the digest leaves slot and signature out, the signature covers the slot
//
// [AsWritten] tells of a package written here whether even those bytes are as they were that no signature covers.
//
// [ReadOFD] reads a package of whatever origin: it checks that the package is whole and returns its text.
//
// What it does not do: it knows no keys. Whoever fills the slot signs.
package paper
