package account_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
)

// Wrong guesses tell nobody which names there are: a name that nobody has answers as one that somebody has, guess by guess.
func TestGuessesDoNotTellNames(t *testing.T) {
	s, _, _ := setup(t)
	register(t, s)
	in := func(login string) string {
		_, err := s.SignIn(t.Context(), account.Credentials{Login: login, Password: "wrong", Address: "127.0.0.1"})
		f, ok := fault.Of(err)
		if !ok {
			t.Fatal(err)
		}
		return fmt.Sprint(f.Kind, f.Key)
	}
	for n := range 6 {
		if known, unknown := in("zhang.san"), in("nobody.here"); known != unknown {
			t.Errorf("guess %d: %s for who is there, %s for who is not", n+1, known, unknown)
		}
	}
	if got := in("somebody.else"); got == in("nobody.here") {
		t.Errorf("another name is locked too: %s", got)
	}
}

func TestStrangersAreForgotten(t *testing.T) {
	s := account.NewStrangers()
	now := time.Now()
	fails := func(login string, at time.Time, key string) {
		t.Helper()
		if err := s.Fail(login, at); !fault.HasKey(err, key) {
			t.Errorf("%s after %s: %v, want %s", login, at.Sub(now), err, key)
		}
	}
	for range 5 {
		fails("a", now, "account.wrong")
	}
	fails("a", now.Add(14*time.Minute), "account.locked")
	for range 5 {
		fails("a", now.Add(16*time.Minute), "account.wrong")
	}
	fails("a", now.Add(16*time.Minute), "account.locked")
	for n := range 100_000 {
		if err := s.Fail(fmt.Sprint("b", n), now); errors.Is(err, nil) {
			t.Fatal("a stranger is let in")
		}
	}
	if n := s.Len(); n > account.MostStrangers {
		t.Errorf("%d names are counted", n)
	}
}
