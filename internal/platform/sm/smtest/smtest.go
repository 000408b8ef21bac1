// Package smtest gives tests a keyring.
package smtest

import (
	"testing"

	"xiangyun/internal/platform/sm"
)

// Keyring returns a fresh keyring that lives in memory.
func Keyring(t testing.TB) *sm.Keyring {
	t.Helper()
	k, err := sm.NewKeyring()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
