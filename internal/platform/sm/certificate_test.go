package sm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"xiangyun/internal/platform/sm"
)

// TestLargeRSA refuses keys that would keep a processor busy; the largest in use is read.
func TestLargeRSA(t *testing.T) {
	issuer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		bits uint
		e    int
		ok   bool
	}{{8192, 65537, true}, {8193, 65537, false}, {2048, 65539, false}} {
		n := new(big.Int).Lsh(big.NewInt(1), c.bits-1) // no product of primes: nobody asks before verifying
		pub := &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: c.e}
		x := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, x, x, pub, issuer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sm.ParseCertificate(der); (err == nil) != c.ok {
			t.Errorf("%d bits, exponent %d: %v", c.bits, c.e, err)
		}
	}
}
