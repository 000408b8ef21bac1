package ses

import (
	"bytes"
	"context"
	"crypto"
	"crypto/subtle"
	"strings"
	"time"

	"xiangyun/internal/platform/sm"
)

// The checks of an affixed seal, in their order.
const (
	CheckForm       = "form"          // 1 the DER of a signature
	CheckSignature  = "signature"     // 2 the signer's signature fits
	CheckSigner     = "signer"        // 3 the signer's certificate leads to a root, was valid and not revoked, may sign
	CheckTime       = "time"          // 4 the time is possible
	CheckDigest     = "digest"        // 5 the document is the one that was sealed
	CheckSeal       = "seal"          // 6 the DER of a seal, with nothing critical that is not understood
	CheckMake       = "make"          // 7 the maker's signature of the seal fits
	CheckMaker      = "maker"         // 8 the maker's certificate leads to a root
	CheckInUse      = "in_use"        // 9 the seal was valid and in use
	CheckMayUse     = "may_use"       // 10 the signer is one whom the seal names
	CheckTimestamps = "timestamp"     // besides, where there is one: the timestamp fits
	clockTolerance  = 5 * time.Minute // by how much two clocks may differ
)

// Result is the outcome of one check.
type Result struct {
	Name   string `json:"name"` // one of the Check constants
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // why not, as the end of a key of the locale: "digest.differs"; "" when OK
}

// Standing is what became of a seal or is true of it at an instant.
type Standing int

// What a register says of a seal.
const (
	Unknown   Standing = iota // the register does not know it
	InUse                     // 启用
	Suspended                 // 挂失、停用
	Ended                     // 注销, or changed for a newer one
)

// Trust is whom a check believes and asks. A nil member fails the checks that need it: nobody asked is not nobody objected.
type Trust struct {
	Roots, Between *sm.Pool
	Western        *sm.Pool // whom signatures of PDF may lead to besides; no seal does
	Known          Known    // whose certificates are good for PDF; nil lets pass all that Roots lead to, and none that Western does
	Revocations    Revocations
	Seals          Seals
	Timestamps     Timestamps
}

// Known knows which certificates are of seals here: an authority outside serves many others, and to be its customer is not to be an office.
type Known interface {
	// Keeps tells whether a certificate is, or was, that of a key here that signs PDF.
	Keeps(ctx context.Context, c *sm.Certificate) (bool, error)
}

// Revocations knows which certificates were revoked, and when.
type Revocations interface {
	// Revoked returns the instant a certificate was revoked, zero for one that was not.
	Revoked(ctx context.Context, c *sm.Certificate) (time.Time, error)
}

// Seals knows the standing of seals.
type Seals interface {
	// Standing returns what was true at an instant of the seal that is these bytes of DER, not of any that only calls itself by its number.
	Standing(ctx context.Context, whole []byte, at time.Time) (Standing, error)
}

// Timestamps verifies RFC 3161 tokens.
type Timestamps interface {
	// Time returns the time a token says, after verifying that it is a trusted authority's over these bytes.
	Time(ctx context.Context, token, over []byte) (time.Time, error)
}

// Check judges an affixed seal against the digest of the document it should be on, as of now. It returns every check, passed or not, in order; what a
// failed check makes impossible is failed too, with the detail "not_reached". The timestamp's check is there only when a timestamp is.
func Check(ctx context.Context, signature, digest []byte, trust Trust, now time.Time) []Result {
	s, err := ParseSignature(signature)
	if err != nil {
		out := []Result{{CheckForm, false, CheckForm + ".unreadable"}}
		for _, name := range []string{CheckSignature, CheckSigner, CheckTime, CheckDigest, CheckSeal, CheckMake, CheckMaker, CheckInUse, CheckMayUse} {
			out = append(out, Result{name, false, name + ".not_reached"})
		}
		return out
	}
	c := &checker{trust: trust, s: s, now: now}
	c.signer, _ = sm.ParseCertificate(s.Cert)
	c.maker, _ = sm.ParseCertificate(s.Seal.MakerCert)
	stamped := ""
	if s.Timestamp != nil {
		stamped = c.timestamp(ctx)
	}
	c.add(CheckForm, "")
	c.add(CheckSignature, fits(c.signer, s.signed, s.Value))
	c.add(CheckSigner, c.chain(ctx, c.signer, s.At))
	c.add(CheckTime, c.time())
	c.add(CheckDigest, differs(s.Digest, digest))
	c.add(CheckSeal, c.understood())
	c.add(CheckMake, c.made(ctx))
	c.add(CheckMaker, c.chain(ctx, c.maker, s.Seal.Info.Created))
	c.add(CheckInUse, c.inUse(ctx))
	c.add(CheckMayUse, c.mayUse())
	if s.Timestamp != nil {
		c.add(CheckTimestamps, stamped)
	}
	return c.out
}

// Passed tells whether every check passed.
func Passed(results []Result) bool {
	for _, r := range results {
		if !r.OK {
			return false
		}
	}
	return len(results) > 0
}

// checker holds one check's knowledge.
type checker struct {
	trust         Trust
	s             *Signature
	signer, maker *sm.Certificate // nil when unreadable
	proven        time.Time       // when the timestamp says the signature existed; zero without a good one
	now           time.Time
	out           []Result
}

func (c *checker) add(name, why string) {
	if why != "" {
		why = name + "." + why
	}
	c.out = append(c.out, Result{name, why == "", why})
}

// fits tells why a signature does not fit, "" when it does.
func fits(cert *sm.Certificate, signed, signature []byte) string {
	switch {
	case cert == nil:
		return "certificate_unreadable"
	case !sm.Verify(crypto.PublicKey(cert.PublicKey), signed, signature):
		return "does_not_fit"
	}
	return ""
}

// made judges the maker's signature, and the timestamp over it that a V5 seal may carry.
func (c *checker) made(ctx context.Context) string {
	seal := c.s.Seal
	if why := fits(c.maker, seal.signed, seal.Signature); why != "" || seal.Timestamp == nil {
		return why
	}
	if c.trust.Timestamps == nil {
		return "timestamp_not_asked"
	}
	if _, err := c.trust.Timestamps.Time(ctx, seal.Timestamp, seal.Signature); err != nil {
		return "timestamp_does_not_fit"
	}
	return ""
}

// chain judges a certificate as of an instant.
func (c *checker) chain(ctx context.Context, cert *sm.Certificate, at time.Time) string {
	switch {
	case cert == nil:
		return "certificate_unreadable"
	case at.Before(cert.NotBefore) || at.After(cert.NotAfter):
		return "not_valid_then"
	case sm.Chain(cert, c.trust.Roots, c.trust.Between, at) != nil:
		return "not_trusted"
	case cert.KeyUsage&(sm.UseSign|sm.UseCommit) == 0:
		return "may_not_sign"
	case c.trust.Revocations == nil:
		return "revocation_not_asked"
	}
	revoked, err := c.trust.Revocations.Revoked(ctx, cert)
	switch {
	case err != nil:
		return "revocation_not_answered"
	case revoked.IsZero():
		return ""
	case !revoked.After(at):
		return "revoked"
	case c.proven.IsZero() || !revoked.After(c.proven):
		return "revoked_since" // whoever holds the key now could write any time into a signature
	}
	return ""
}

// timestamp verifies the token and remembers its time.
func (c *checker) timestamp(ctx context.Context) string {
	if c.trust.Timestamps == nil {
		return "not_asked"
	}
	at, err := c.trust.Timestamps.Time(ctx, c.s.Timestamp, c.s.Value)
	if err != nil {
		return "does_not_fit"
	}
	if at.After(c.now.Add(clockTolerance)) {
		return "in_the_future"
	}
	c.proven = at
	return ""
}

// time judges the time the signature names: not to come, and not after a timestamp that proves it.
func (c *checker) time() string {
	switch {
	case c.s.At.After(c.now.Add(clockTolerance)):
		return "in_the_future"
	case c.signer != nil && (c.s.At.Before(c.signer.NotBefore) || c.s.At.After(c.signer.NotAfter)):
		return "outside_certificate"
	case c.s.At.Before(c.s.Seal.Info.Created.Add(-clockTolerance)):
		return "before_the_seal"
	case !c.proven.IsZero() && c.s.At.After(c.proven.Add(clockTolerance)):
		return "after_timestamp"
	}
	return ""
}

func differs(a, b []byte) string {
	if subtle.ConstantTimeCompare(a, b) != 1 {
		return "differs"
	}
	return ""
}

// understood refuses critical extensions: this package knows none.
func (c *checker) understood() string {
	for _, list := range [][]Extension{c.s.Seal.Info.Extensions, c.s.Extensions} {
		for _, e := range list {
			if e.Critical {
				return "critical_extension"
			}
		}
	}
	return ""
}

func (c *checker) inUse(ctx context.Context) string {
	if c.s.At.Before(c.s.Seal.Info.From) || c.s.At.After(c.s.Seal.Info.To) {
		return "not_valid_then"
	}
	if c.trust.Seals == nil {
		return "not_asked"
	}
	standing, err := c.trust.Seals.Standing(ctx, c.s.Seal.Raw, c.s.At)
	if err != nil {
		return "not_answered"
	}
	switch standing {
	case InUse:
		return ""
	case Suspended:
		return "suspended"
	case Ended:
		return "ended"
	}
	return "unknown"
}

// mayUse looks for the signer's certificate among those the seal names.
func (c *checker) mayUse() string {
	for _, cert := range c.s.Seal.Info.Certs {
		if bytes.Equal(cert, c.s.Cert) {
			return ""
		}
	}
	sum := sm.Sum(c.s.Cert)
	for _, d := range c.s.Seal.Info.Digests {
		if strings.EqualFold(d.Type, "SM3") || d.Type == "1.2.156.10197.1.401" {
			if bytes.Equal(d.Value, sum[:]) {
				return ""
			}
		}
	}
	return "not_named"
}
