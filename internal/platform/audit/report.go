package audit

import (
	"encoding/hex"
	"fmt"
)

// Report is what a verification found.
type Report struct {
	Origin      string
	Size        int64  // leaves in the tree
	Root        []byte // recomputed from the leaves
	Erased      int64  // of them and of the waiting, how many were lawfully emptied
	Waiting     int64  // leaves without a position yet
	Tiles       int64
	Checkpoints int64
	Failures    []Failure // the first [maxFailures]; empty when all is well
	Unlisted    int64     // failures beyond those
}

// Failure is one thing that is not as it was signed.
type Failure struct {
	Where string // "leaf 17", "tile 0 of level 1", "checkpoint of 512 leaves"
	What  string
}

func (f Failure) String() string { return f.Where + ": " + f.What }

const maxFailures = 100

// OK tells whether everything is as it was signed.
func (r Report) OK() bool { return len(r.Failures) == 0 }

// String is the report for the command line.
func (r Report) String() string {
	out := fmt.Sprintf("%s: %d leaves (%d waiting, %d erased), %d tiles, %d checkpoints\nroot %s\n", r.Origin, r.Size, r.Waiting, r.Erased, r.Tiles, r.Checkpoints,
		hex.EncodeToString(r.Root))
	for _, f := range r.Failures {
		out += f.String() + "\n"
	}
	switch {
	case r.Unlisted > 0:
		return out + fmt.Sprintf("and %d more\n", r.Unlisted)
	case r.OK():
		return out + "the log is whole\n"
	}
	return out
}

func (r *Report) fail(where, what string, args ...any) {
	if len(r.Failures) == maxFailures {
		r.Unlisted++
		return
	}
	r.Failures = append(r.Failures, Failure{where, fmt.Sprintf(what, args...)})
}
