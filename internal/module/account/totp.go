package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238's default, what every authenticator app speaks
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// totpStep is the length of a step of RFC 6238.
const totpStep = 30

// totp returns the six digits of a step.
func totp(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// totpFits finds the step of a code, one step either way for slow clocks; a step at or before last was used already.
func totpFits(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	current := now.Unix() / totpStep
	for _, s := range []int64{current, current - 1, current + 1} {
		if s > last && hmac.Equal([]byte(totp(secret, s)), []byte(code)) {
			return s, true
		}
	}
	return 0, false
}

// secretSize is the length RFC 4226 recommends for a secret.
const secretSize = 20

func newSecret() []byte {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b) // never fails
	return b
}

// secretText is how a secret is typed into an authenticator app.
func secretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// enrolment is the address an authenticator app reads from a QR code.
func enrolment(login string, secret []byte) string {
	v := url.Values{"secret": {secretText(secret)}, "issuer": {"Xiangyun"}}
	return "otpauth://totp/" + url.PathEscape("Xiangyun:"+login) + "?" + v.Encode()
}

func decodeSecret(text string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
}
