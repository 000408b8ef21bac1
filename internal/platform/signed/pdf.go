package signed

import (
	"bytes"
	"context"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
)

// pdfRange is what a signature says it covers: two pieces of the file, its own digits between them.
type pdfRange struct {
	at         int // where the words are
	from, to   int // of the digits with their brackets
	end        int // of what is covered
	malformed  bool
	dictionary []byte // the signature's dictionary, as far as it was found
}

var (
	byteRange = regexp.MustCompile(`/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]`)
	subFilter = regexp.MustCompile(`/SubFilter\s*/([A-Za-z0-9.]{1,40})`)
	madeOn    = regexp.MustCompile(`/M\s*\(D:(\d{14})(Z|[+-]\d{2}'\d{2}'?)?`)
)

func checkPDF(ctx context.Context, content []byte, trust ses.Trust, now time.Time) Report {
	r := Report{Format: paper.PDF}
	text, err := scan(content)
	if err != nil {
		return refuse(paper.PDF, err)
	}
	if text.encrypted {
		r.Refused = "encrypted"
		return r
	}
	ranges := rangesOf(content)
	if len(ranges) > mostSignatures {
		return refuse(paper.PDF, paper.ErrTooLarge)
	}
	for _, at := range ranges {
		r.Signatures = append(r.Signatures, checkRange(ctx, content, at, trust, now))
	}
	if text.whole {
		r.find(FindWhole, Passed, "good")
	} else {
		r.find(FindWhole, Failed, "broken")
	}
	if len(ranges) == 0 {
		r.find(FindSigned, Failed, "none")
	} else {
		r.find(FindSigned, Passed, "good", len(ranges))
		r.appended(content, ranges)
	}
	if len(text.attachments) > 0 || text.files > 0 {
		r.find(FindAttachments, Silent, "some", max(text.files, 1), "PDF")
	} else {
		r.find(FindAttachments, Passed, "none")
	}
	if len(text.actions) > 0 {
		r.find(FindScripts, Failed, "scripts", strings.Join(text.actions, "、"))
	} else {
		r.find(FindScripts, Passed, "none")
	}
	return r
}

// rangesOf finds the signatures in the order of what they cover.
func rangesOf(content []byte) (out []pdfRange) {
	for _, m := range byteRange.FindAllSubmatchIndex(content, mostSignatures+1) {
		n := [4]int{}
		for i := range n {
			n[i], _ = strconv.Atoi(string(content[m[2+2*i]:m[3+2*i]])) // ten digits fit
		}
		r := pdfRange{at: m[0], from: n[1], to: n[2], end: n[2] + n[3]}
		r.malformed = n[0] != 0 || r.from < 1 || r.from >= r.to || r.to > len(content) || r.end > len(content) || r.to-r.from > 2*mostCMS+2
		// The digits belong to the dictionary that says the range: nothing of it may escape the signature but them.
		r.malformed = r.malformed || r.at >= r.from && r.at < r.to || content[r.from] != '<' || content[r.to-1] != '>'
		if !r.malformed {
			r.dictionary = dictionary(content, r)
		}
		r.malformed = r.malformed || r.dictionary == nil
		out = append(out, r)
	}
	return out
}

// mostDictionary is how far from its digits a signature's other words may stand.
const mostDictionary = 8 << 10

// dictionary returns the signature's words around its digits: from the beginning of its object to the end, without the digits.
func dictionary(content []byte, r pdfRange) []byte {
	before := content[max(0, r.from-mostDictionary):r.from]
	begin := bytes.LastIndex(before, []byte(" obj"))
	after := content[r.to:min(len(content), r.to+mostDictionary)]
	end := bytes.Index(after, []byte("endobj"))
	if begin < 0 || end < 0 {
		return nil
	}
	words := append(bytes.Clone(before[begin:]), after[:end]...)
	if !bytes.Contains(words, []byte("/ByteRange")) || !bytes.HasSuffix(bytes.TrimRight(before, " \r\n\t"), []byte("/Contents")) {
		return nil
	}
	return words
}

// checkRange checks one signature. The checks that are about seals say nothing: a PDF has none.
func checkRange(ctx context.Context, content []byte, r pdfRange, trust ses.Trust, now time.Time) (s Signature) {
	add := func(name, why string) {
		if why == "" {
			s.Checks = append(s.Checks, Finding{name, Passed, name + ".good", nil})
		} else {
			s.Checks = append(s.Checks, Finding{name, Failed, name + "." + why, nil})
		}
	}
	c, why := r.read(content)
	add(ses.CheckForm, why)
	if why != "" {
		for _, name := range []string{ses.CheckSignature, ses.CheckSigner, ses.CheckTime, ses.CheckDigest} {
			s.Checks = append(s.Checks, Finding{name, Silent, name + ".not_reached", nil})
		}
	} else {
		// What the signature calls itself (/Name) is the word of whoever wrote it: only the certificate's is shown.
		s.Signer, s.Name = c.cert.Subject.CommonName, c.cert.Subject.CommonName
		if s.At = c.at; s.At.IsZero() {
			s.At = r.madeAt()
		}
		proven, stamped := c.proven(ctx, trust, now)
		at := s.At
		if !proven.IsZero() {
			at = proven
		}
		if c.fits() {
			add(ses.CheckSignature, "")
		} else {
			add(ses.CheckSignature, "does_not_fit")
		}
		add(ses.CheckSigner, c.chain(ctx, trust, at, !proven.IsZero()))
		switch {
		case s.At.IsZero():
			add(ses.CheckTime, "not_said")
		case s.At.After(now.Add(5 * time.Minute)):
			add(ses.CheckTime, "in_the_future")
		case s.At.Before(c.cert.NotBefore) || s.At.After(c.cert.NotAfter):
			add(ses.CheckTime, "outside_certificate")
		default:
			add(ses.CheckTime, "")
		}
		h := c.digester.new()
		h.Write(content[:r.from])
		h.Write(content[r.to:r.end])
		if bytes.Equal(h.Sum(nil), c.digest) {
			add(ses.CheckDigest, "")
		} else {
			add(ses.CheckDigest, "differs")
		}
		defer func() { s.Checks = append(s.Checks, stamped) }()
	}
	for _, name := range []string{ses.CheckSeal, ses.CheckMake, ses.CheckMaker, ses.CheckInUse, ses.CheckMayUse} {
		s.Checks = append(s.Checks, Finding{name, Silent, "no_seal", nil})
	}
	return s
}

// read takes the digits apart: DER, and zeros behind it.
func (r pdfRange) read(content []byte) (*cms, string) {
	if r.malformed {
		return nil, "range"
	}
	if f := subFilter.FindSubmatch(r.dictionary); f == nil || string(f[1]) != "adbe.pkcs7.detached" && string(f[1]) != "ETSI.CAdES.detached" {
		return nil, "filter"
	}
	digits := content[r.from+1 : r.to-1]
	if bytes.ContainsAny(digits, "abcdef") && bytes.ContainsAny(digits, "ABCDEF") {
		return nil, "unreadable"
	}
	der := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(der, digits); err != nil {
		return nil, "unreadable"
	}
	n := derLength(der)
	if n == 0 || len(bytes.Trim(der[n:], "\x00")) > 0 {
		return nil, "unreadable"
	}
	c, err := parseCMS(der[:n])
	if err != nil {
		return nil, "unreadable"
	}
	return c, ""
}

// derLength is how long the first element of DER is, 0 when it is none.
func derLength(der []byte) int {
	if len(der) < 2 {
		return 0
	}
	n, head := int(der[1]), 2
	if n >= 0x80 {
		bytes := n & 0x7f
		if bytes == 0 || bytes > 3 || len(der) < 2+bytes {
			return 0
		}
		n, head = 0, 2+bytes
		for _, b := range der[2:head] {
			n = n<<8 | int(b)
		}
	}
	if head+n > len(der) {
		return 0
	}
	return head + n
}

func (r pdfRange) madeAt() time.Time {
	m := madeOn.FindSubmatch(r.dictionary)
	if m == nil {
		return time.Time{}
	}
	zone := strings.NewReplacer("'", "").Replace(string(m[2]))
	if zone == "" || zone == "Z" {
		zone = "+0000"
	}
	at, err := time.Parse("20060102150405-0700", string(m[1])+zone)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// proven verifies the timestamp and returns its time, zero without a good one.
func (c *cms) proven(ctx context.Context, trust ses.Trust, now time.Time) (time.Time, Finding) {
	name := ses.CheckTimestamps
	if c.token == nil {
		return time.Time{}, Finding{name, Silent, name + ".absent", nil}
	}
	if trust.Timestamps == nil {
		return time.Time{}, Finding{name, Failed, name + ".not_asked", nil}
	}
	at, err := trust.Timestamps.Time(ctx, c.token, c.value)
	if err != nil || at.After(now.Add(5*time.Minute)) {
		return time.Time{}, Finding{name, Failed, name + ".does_not_fit", nil}
	}
	return at, Finding{name, Passed, name + ".good", nil}
}

// chain judges the signer's certificate as of when the document was signed.
func (c *cms) chain(ctx context.Context, trust ses.Trust, at time.Time, proven bool) string {
	switch {
	case at.Before(c.cert.NotBefore) || at.After(c.cert.NotAfter):
		return "not_valid_then"
	case sm.Chain(c.cert, trust.Roots, c.between, at) != nil && (trust.Known == nil || sm.Chain(c.cert, trust.Western, c.between, at) != nil):
		return "not_trusted"
	}
	if trust.Known != nil {
		if kept, err := trust.Known.Keeps(ctx, c.cert); err != nil {
			return "not_answered"
		} else if !kept {
			return "not_trusted"
		}
	}
	switch {
	case c.cert.KeyUsage&(sm.UseSign|sm.UseCommit) == 0:
		return "may_not_sign"
	case trust.Revocations == nil:
		return "revocation_not_asked"
	}
	revoked, err := trust.Revocations.Revoked(ctx, c.cert)
	switch {
	case err != nil:
		return "revocation_not_answered"
	case revoked.IsZero():
		return ""
	case !revoked.After(at):
		return "revoked"
	case !proven:
		return "revoked_since"
	}
	return ""
}

// appended tells what stands behind the last signature: nobody signed it. What stands behind an earlier one was signed by the next, which is good for a document
// of somebody known here only when the next is known too.
func (r *Report) appended(content []byte, ranges []pdfRange) {
	end, known := 0, len(content)
	for i, one := range ranges {
		if one.malformed {
			continue
		}
		end = max(end, one.end)
		if !r.Signatures[i].stranger() {
			known = min(known, one.end)
		}
	}
	strange := false
	for i, one := range ranges {
		strange = strange || !one.malformed && one.end > known && r.Signatures[i].stranger()
	}
	rest := content[end:]
	pages := len(pageObject.FindAll(rest, 1000))
	switch {
	case end == 0:
		r.find(FindCoverage, Failed, "nothing")
	case strange && len(bytes.TrimSpace(rest)) == 0:
		r.find(FindCoverage, Passed, "good")
		r.find(FindAppended, Failed, "stranger")
	case len(bytes.TrimSpace(rest)) == 0:
		r.find(FindCoverage, Passed, "good")
		r.find(FindAppended, Passed, "none")
	default:
		r.find(FindCoverage, Failed, "behind", len(rest))
		r.find(FindAppended, Failed, "pages", len(rest), pages)
	}
}

// stranger tells of a signature whose signer nobody here vouches for.
func (s Signature) stranger() bool {
	return slices.ContainsFunc(s.Checks, func(f Finding) bool { return f.Name == ses.CheckSigner && f.Detail == ses.CheckSigner+".not_trusted" })
}

var pageObject = regexp.MustCompile(`/Type\s*/Page[^s]`)
