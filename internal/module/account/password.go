package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"xiangyun/internal/platform/fault"
)

// The cost of a guess: RFC 9106's second recommendation with less memory, as OWASP advises for servers that sign many in.
const (
	argonTime    = 2
	argonMemory  = 19 * 1024 // KiB
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

// hashing bounds how many hashes run at once: a flood of sign-ins must not take all memory or starve every other request.
type hashing struct {
	slots chan struct{}
	queue chan struct{}
}

func newHashing(at, waiting int) *hashing {
	return &hashing{slots: make(chan struct{}, at), queue: make(chan struct{}, waiting)}
}

// do runs f in a slot; fault.Busy "account.too_many_sign_ins" when too many wait already.
func (h *hashing) do(ctx context.Context, f func()) error {
	select {
	case h.queue <- struct{}{}:
	default:
		return fault.New(fault.Busy, "account.too_many_sign_ins")
	}
	defer func() { <-h.queue }()
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	f()
	return nil
}

func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b.EncodeToString(salt), b.EncodeToString(key))
}

func passwordFits(stored, password string) bool {
	var version, memory, time, threads int
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads); err != nil {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || version != argon2.Version || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(threads), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// nobody is compared with when there is no such account, so that the answer takes as long.
var nobody = hashPassword("nobody signs in with this")

// checkPassword refuses passwords that are guessed first. Length is what counts (NIST SP 800-63B).
func checkPassword(password, login string) string {
	n := utf8.RuneCountInString(password)
	switch {
	case n < 8:
		return "account.password_short"
	case n > 128:
		return "account.password_long"
	case strings.EqualFold(password, login), len(strings.TrimLeft(password, password[:1])) == 0, strings.HasPrefix("12345678901234567890", password):
		return "account.password_easy"
	}
	return ""
}
