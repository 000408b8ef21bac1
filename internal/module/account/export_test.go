package account

import "time"

// CodeForTest is the code an authenticator app would show.
func CodeForTest(secret []byte, at time.Time) string { return totp(secret, at.Unix()/totpStep) }

// MostStrangers is how many names nobody has are counted.
const MostStrangers = mostStrangers

// Strangers is what counts them.
type Strangers struct{ *strangers }

// NewStrangers counts none.
func NewStrangers() Strangers { return Strangers{newStrangers()} }

// Fail counts a wrong guess.
func (s Strangers) Fail(login string, at time.Time) error { return s.fail(login, at) }

// Len is how many are counted.
func (s Strangers) Len() int { return len(s.fresh) + len(s.old) }
