// Package tooltest finds the programs of others that tests need: a second implementation, a browser.
package tooltest

import (
	"os"
	"os/exec"
	"testing"
)

// Need returns the path of a program that the package from installs. A machine may lack it, and the test is skipped; not where CI is true, where
// scripts/test.sh has installed it.
func Need(t testing.TB, program, from string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: install %s", program, from)
	}
	t.Skipf("%s is missing: install %s", program, from)
	return ""
}
