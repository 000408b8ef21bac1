package sm

import (
	"crypto/hmac"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// Size is the length of an SM3 digest in bytes.
const Size = sm3.Size

// Hash returns a new SM3 hash (GB/T 32905-2016).
func Hash() hash.Hash { return sm3.New() }

// Sum returns the SM3 digest of b.
func Sum(b []byte) [Size]byte { return sm3.Sum(b) }

// HMAC returns HMAC-SM3 of b under key.
func HMAC(key, b []byte) []byte {
	m := hmac.New(sm3.New, key)
	m.Write(b)
	return m.Sum(nil)
}
