package sm

import (
	"os"
	"testing"
)

// RefuseLinks makes hard links to a file fail, as they do when it is mounted.
func RefuseLinks(t *testing.T, file string, with error) {
	whole := link
	link = func(from, to string) error {
		if from == file {
			return &os.LinkError{Op: "link", Old: from, New: to, Err: with}
		}
		return whole(from, to)
	}
	t.Cleanup(func() { link = whole })
}
