// Package blob keeps uploaded files (材料文件) on disk, named after the SHA-256 of their content.
//
// A file streams in once and is never in memory as a whole: while its bytes pass they are counted against the limit, hashed,
// looked at and encrypted into a temporary file of the same file system, which is then made durable and renamed to its place.
// Whatever goes wrong before the rename leaves nothing behind but, after a crash, a temporary file that [Store.Sweep] removes.
// The same content handed in twice is kept once, and removed by [Store.Collect] when no row has named it for long enough.
//
//	reader ─► limit ─► SHA-256 ─► kind by content ─► frames ─► tmp/… ──fsync, rename, fsync──► ab/cd/abcd…
//
// What a file is, is decided by its content alone, against a short list ([MediaTypes]); a name that says something else is
// refused as mislabelled. The list holds what a browser shows without running anything, and OFD (GB/T 33190).
//
// # At rest
//
// Uploads are personal data, so files are encrypted (GB/T 39786): SM4-GCM in frames of 64 KiB, each bound to its place, under a
// key derived for this one file from the keyring. A frame that was changed, moved, dropped or cut off is noticed when it is
// read, a cut-off or lengthened file already when it is opened. Reading seeks freely.
//
//	magic 8 │ key id 4 │ salt 16 │ sealed: SHA-256, size, kind │ frame 0 │ frame 1 │ … │ last frame, 1 byte to 64 KiB
//
// What it does not do: it does not scan for malware, it keeps no names and no owners, and it knows of no rows: who collects says which
// contents are named.
package blob
