package accountweb

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
)

// stepLife is how long the second step of a sign-in may take.
const stepLife = 5 * time.Minute

// firstStep carries the first step of a sign-in to the second. The browser holds it sealed: it can neither read nor lengthen it.
type firstStep struct {
	Login    string    `json:"login"`
	Password string    `json:"password"`
	Until    time.Time `json:"until"`
}

var stepFor = []byte("accountweb/first-step")

func (s *site) sealStep(c account.Credentials) (string, error) {
	text, err := json.Marshal(firstStep{c.Login, c.Password, time.Now().Add(stepLife)})
	if err != nil {
		return "", err
	}
	sealed, err := s.Keys.Seal(text, stepFor)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// openStep returns the first step; fault.Unauthenticated "account.token_expired" for one that is too old or not ours.
func (s *site) openStep(text string) (t firstStep, err error) {
	expired := fault.New(fault.Unauthenticated, "account.token_expired")
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return t, expired
	}
	plain, err := s.Keys.Open(sealed, stepFor)
	if err != nil {
		return t, expired.Because(err)
	}
	if err := json.Unmarshal(plain, &t); err != nil || time.Now().After(t.Until) {
		return t, expired
	}
	return t, nil
}
