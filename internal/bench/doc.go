// Package bench measures what people wait for, each figure beside the bare operation it can't do without, in the same run on the same machine.
//
// It starts the real binary with the demo province on a fresh store, loads it over HTTP, and prints one JSON object a line:
//
//	{"name":"submit_and_accept_8","engine":"sqlite","value":…,"unit":"cases/s","limit_name":"…","limit":…,"ratio":…,"n":…}
//
// The ratio is value over limit: for rates it says how much of the bare rate is left, for times how many times the bare time is needed. What a
// limit leaves out is said where it is made. Everything stays on the loopback, in a folder of its own and, on PostgreSQL, in databases of its
// own; all of it is gone afterwards. Nothing here ships.
package bench
