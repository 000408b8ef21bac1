package account

import "time"

// CodeForTest is the code an authenticator app would show.
func CodeForTest(secret []byte, at time.Time) string { return totp(secret, at.Unix()/totpStep) }
