package sm

import (
	"crypto/cipher"
	"fmt"

	"github.com/emmansun/gmsm/sm4"
)

// GCM sizes of SM4, in bytes.
const (
	KeySize   = 16 // SM4 key
	NonceSize = 12
	TagSize   = 16
)

// NewGCM returns SM4-GCM (GB/T 32907 with the mode of GB/T 36624) under a key of [KeySize] bytes. The AEAD may be used by
// many goroutines. A nonce must never be used twice under one key.
func NewGCM(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing SM4 key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("preparing SM4-GCM: %w", err)
	}
	return aead, nil
}
