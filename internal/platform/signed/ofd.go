package signed

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
)

// mostSignatures bounds the work one file may make: each costs some verifications.
const mostSignatures = 32

const (
	rootPart   = "OFD.xml"
	sm3Name    = "1.2.156.10197.1.401"
	mostQuoted = 5 // names in one finding
)

// ofdChecker examines one package.
type ofdChecker struct {
	pack    *paper.Package
	sums    map[string][sm.Size]byte // by part
	covered map[string]bool          // by references that hold
	own     map[string]bool          // the signatures' own parts
	lists   map[string][]int         // of signatures, with those that cover them
	report  Report
}

func checkOFD(ctx context.Context, content []byte, trust ses.Trust, now time.Time) Report {
	pack, err := paper.OpenPackage(content)
	if err != nil {
		return refuse(paper.OFD, err)
	}
	c := &ofdChecker{pack: pack, sums: map[string][sm.Size]byte{}, covered: map[string]bool{}, own: map[string]bool{}, lists: map[string][]int{}, report: Report{Format: paper.OFD}}
	for _, name := range pack.Names() { // unpacks all of it once, and so checks every sum of the archive
		part, err := pack.Read(name)
		if err != nil {
			return refuse(paper.OFD, err)
		}
		c.sums[name] = sm.Sum(part)
	}
	root, err := pack.XML(rootPart)
	if err != nil {
		return refuse(paper.OFD, err)
	}
	for _, body := range root.All("DocBody") {
		if list := body.Child("Signatures"); list != nil {
			if err := c.signatures(ctx, list.Text, trust, now); err != nil {
				return refuse(paper.OFD, err)
			}
		}
	}
	c.findings(content, root)
	return c.report
}

func (c *ofdChecker) signatures(ctx context.Context, at string, trust ses.Trust, now time.Time) error {
	name, err := c.pack.Resolve(rootPart, at)
	if err != nil {
		return err
	}
	list, err := c.pack.XML(name)
	if err != nil {
		return err
	}
	c.own[name], c.lists[name] = true, nil
	for _, n := range list.All("Signature") {
		if len(c.report.Signatures) == mostSignatures {
			return paper.ErrTooLarge
		}
		s, err := c.signature(ctx, name, n, trust, now)
		if err != nil {
			return err
		}
		c.report.Signatures = append(c.report.Signatures, s)
	}
	return nil
}

// signature checks one entry of the list of signatures.
func (c *ofdChecker) signature(ctx context.Context, from string, n *paper.Node, trust ses.Trust, now time.Time) (s Signature, err error) {
	name, err := c.pack.Resolve(from, n.Attrs["BaseLoc"])
	if err != nil {
		return s, err
	}
	description, err := c.pack.XML(name)
	if err != nil {
		return s, err
	}
	info, at := description.Child("SignedInfo"), description.Child("SignedValue")
	if info == nil || at == nil || info.Child("References") == nil {
		return s, paper.ErrDamaged
	}
	valueName, err := c.pack.Resolve(name, at.Text)
	if err != nil {
		return s, err
	}
	value, err := c.pack.Read(valueName)
	if err != nil {
		return s, err
	}
	c.own[name], c.own[valueName] = true, true
	digest := c.sums[name]
	s.take(ses.Check(ctx, value, digest[:], trust, now))
	seal, err := ses.ParseSignature(value)
	if err != nil {
		if n.Attrs["Type"] == "Sign" { // a signature without a seal has another form
			s.Checks[0].Detail = ses.CheckForm + ".without_seal"
		}
		return s, nil
	}
	s.Name, s.SealID, s.At = seal.Seal.Info.Name, seal.Seal.Info.ID, seal.At
	if cert, err := sm.ParseCertificate(seal.Cert); err == nil {
		s.Signer = cert.Subject.CommonName
	}
	if strings.TrimPrefix(seal.Property, "/") != name {
		s.fail(ses.CheckDigest, "another_part")
	}
	if err := c.sealPart(&s, name, info, seal.Seal.Raw); err != nil {
		return s, err
	}
	c.references(&s, name, info.Child("References"))
	return s, nil
}

// sealPart compares the seal that readers show with the seal that was signed.
func (c *ofdChecker) sealPart(s *Signature, from string, info *paper.Node, signed []byte) error {
	seal := info.Child("Seal")
	if seal == nil || seal.Child("BaseLoc") == nil {
		return nil // readers take the picture out of the signature
	}
	name, err := c.pack.Resolve(from, seal.Child("BaseLoc").Text)
	if err != nil {
		return err
	}
	shown, err := c.pack.Read(name)
	if err != nil {
		return err
	}
	c.own[name] = true
	if !bytes.Equal(shown, signed) {
		s.fail(ses.CheckSeal, "another_shown")
	}
	return nil
}

// references compares every file that the signature names.
func (c *ofdChecker) references(s *Signature, from string, list *paper.Node) {
	if method := list.Attrs["CheckMethod"]; method != sm3Name && !strings.EqualFold(method, "SM3") {
		s.fail(ses.CheckDigest, "method", method)
		return
	}
	var changed []string
	for _, n := range list.All("Reference") {
		name, err := c.pack.Resolve(from, n.Attrs["FileRef"])
		if err != nil {
			changed = append(changed, n.Attrs["FileRef"])
			continue
		}
		value := n.Child("CheckValue")
		if value == nil || strings.TrimSpace(value.Text) != encoded(c.sums[name]) {
			changed = append(changed, name)
			continue
		}
		c.covered[name] = true
		if by, list := c.lists[name]; list {
			c.lists[name] = append(by, len(c.report.Signatures)) // this one is the next
		}
	}
	if len(changed) > 0 {
		s.fail(ses.CheckDigest, "changed", quoted(changed))
	}
}

func encoded(sum [sm.Size]byte) string { return base64.StdEncoding.EncodeToString(sum[:]) }

// quoted lists names, not without end.
func quoted(names []string) string {
	slices.Sort(names)
	if len(names) > mostQuoted {
		return strings.Join(names[:mostQuoted], "、") + "…"
	}
	return strings.Join(names, "、")
}

// findings say what is true of the package besides its signatures.
func (c *ofdChecker) findings(content []byte, root *paper.Node) {
	r := &c.report
	if _, err := paper.ReadOFD(content); err != nil {
		r.Why = err.Error()
		r.find(FindWhole, Failed, "broken")
	} else {
		r.find(FindWhole, Passed, "good")
	}
	if len(r.Signatures) == 0 {
		r.find(FindSigned, Failed, "none")
	} else {
		r.find(FindSigned, Passed, "good", len(r.Signatures))
		c.coverage(content)
	}
	switch written, same := paper.AsWritten(content); {
	case same:
		r.find(FindPacked, Passed, "good")
	case written:
		r.find(FindPacked, Failed, "changed")
	default:
		r.find(FindPacked, Silent, "foreign")
	}
	c.contents(root)
}

// coverage lists what no signature names. The attachment that is filled after sealing is checked by who filled it; it counts as one only where the package was
// written here with it. The last seal that is put on here covers the list of signatures: without one that does, a seal was taken away.
func (c *ofdChecker) coverage(content []byte) {
	slot := ""
	if _, same := paper.AsWritten(content); same {
		if f, err := paper.Open(content); err == nil && !c.covered[f.SlotName()] {
			slot = f.SlotName()
		}
	}
	var bare []string
	for _, name := range c.pack.Names() {
		if !c.covered[name] && !c.own[name] && name != slot {
			bare = append(bare, name)
		}
	}
	switch {
	case len(bare) > 0:
		c.report.find(FindCoverage, Failed, "bare", quoted(bare))
	case c.missing(content):
		c.report.find(FindCoverage, Failed, "seal_missing")
	case slot != "":
		c.report.find(FindCoverage, Passed, "but_slot", slot)
	default:
		c.report.find(FindCoverage, Passed, "good")
	}
}

// missing tells of a package written here whose list of signatures no last seal covers; where somebody is known who sealed it, a stranger's does not count. That
// it was written here stands in a part that each of the seals covers.
func (c *ofdChecker) missing(content []byte) bool {
	if written, _ := paper.AsWritten(content); !written {
		return false
	}
	stranger := func(s Signature) bool {
		return s.stranger() || slices.ContainsFunc(s.Checks, func(f Finding) bool { return f.Detail == ses.CheckInUse+".unknown" })
	}
	nobody := !slices.ContainsFunc(c.report.Signatures, func(s Signature) bool { return !stranger(s) })
	for _, by := range c.lists {
		if !slices.ContainsFunc(by, func(i int) bool { return nobody || !stranger(c.report.Signatures[i]) }) {
			return true
		}
	}
	return false
}

// contents tells of attachments, and of what a reader would open or play.
func (c *ofdChecker) contents(root *paper.Node) {
	var attached []string
	actions, err := 0, error(nil)
	for _, body := range root.All("DocBody") {
		at := body.Child("DocRoot")
		if at == nil {
			continue
		}
		name, failed := c.pack.Resolve(rootPart, at.Text)
		if failed != nil {
			err = failed
			continue
		}
		doc, failed := c.pack.XML(name)
		if failed != nil {
			err = failed
			continue
		}
		actions += len(doc.Under("URI")) + len(doc.Under("Sound")) + len(doc.Under("Movie")) + len(doc.Under("GotoA"))
		if list := doc.Child("Attachments"); list != nil {
			names, failed := c.attached(name, list.Text)
			attached, err = append(attached, names...), errors.Join(err, failed)
		}
	}
	switch {
	case err != nil:
		c.report.find(FindAttachments, Failed, "unreadable")
	case len(attached) > 0:
		c.report.find(FindAttachments, Silent, "some", len(attached), quoted(attached))
	default:
		c.report.find(FindAttachments, Passed, "none")
	}
	if actions > 0 {
		c.report.find(FindScripts, Silent, "actions", actions)
	} else {
		c.report.find(FindScripts, Passed, "none")
	}
}

func (c *ofdChecker) attached(from, at string) (names []string, err error) {
	name, err := c.pack.Resolve(from, at)
	if err != nil {
		return nil, err
	}
	list, err := c.pack.XML(name)
	if err != nil {
		return nil, err
	}
	for _, n := range list.Under("Attachment") {
		names = append(names, n.Attrs["Name"])
	}
	return names, nil
}
