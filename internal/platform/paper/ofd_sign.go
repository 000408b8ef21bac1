package paper

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xiangyun/internal/platform/sm"
)

// ErrSealed says that a file bears a last seal already: its signature covers the list of signatures, and another one would spoil it.
var ErrSealed = errors.New("paper: the file bears its last seal already")

// The object identifiers a signature of an OFD names (GM/T 0006).
const (
	sm3ID    = "1.2.156.10197.1.401"
	sm2SM3   = "1.2.156.10197.1.501"
	signList = ofdSigns + "Signatures.xml"
)

// signPlace is where a signature is, from 0 on.
func signPlace(i int) string { return fmt.Sprintf("%sSign_%d/", ofdSigns, i) }

// Affix puts a seal on an OFD that [Document.File] wrote, its slot still blank, or another one beside those it bears. affix gets the path of Signature.xml in the
// package and the SM3 of it, which are propertyInfo and dataHash of an SES_Signature (GB/T 38540), and returns the seal and that signature, both in DER.
//
// Signature.xml names the SM3 of every file of the package but the slot's content, the signature's own three and, where [Sealing.More] says that another seal
// follows, the list of signatures (GB/T 33190: what another signature changes can't be protected by the one before it). The last seal names the list and all that
// the seals before it brought. So the slot may be filled afterwards, and [File.Digest] covers the signatures too. [ErrSealed] on a file with its last seal.
func (f *File) Affix(s Sealing, affix func(propertyInfo string, digest []byte) (seal, signature []byte, err error)) error {
	parts, err := partsOf(f.bytes)
	if err != nil || f.Format != OFD {
		return errors.Join(ErrFormat, err)
	}
	pages, err := pageIDs(f.bytes)
	if err != nil {
		return err
	}
	parts, n, err := listed(parts)
	if err != nil {
		return err
	}
	var covered []part
	for _, p := range parts {
		if p.name != f.name && (p.name != signList || !s.More) {
			covered = append(covered, p)
		}
	}
	references, err := references(covered)
	if err != nil {
		return err
	}
	place := signPlace(n)
	description := []byte(ofdHead + `<ofd:Signature` + ofdSpec + `><ofd:SignedInfo><ofd:Provider ProviderName="` + escape(s.Provider) + `" Version="1.0" Company="Xiangyun"/><ofd:SignatureMethod>` +
		sm2SM3 + `</ofd:SignatureMethod><ofd:SignatureDateTime>` + s.At.UTC().Format("20060102150405Z") + `</ofd:SignatureDateTime>` + references + annotations(s.Places, pages) +
		`<ofd:Seal><ofd:BaseLoc>/` + place + `Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo><ofd:SignedValue>/` + place + `SignedValue.dat</ofd:SignedValue></ofd:Signature>`)
	digest := sm.Sum(description)
	seal, value, err := affix("/"+place+"Signature.xml", digest[:])
	if err != nil {
		return fmt.Errorf("sealing a document: %w", err)
	}
	parts = append(parts, storedPart(place+"Signature.xml", description), storedPart(place+"Seal.esl", seal), storedPart(place+"SignedValue.dat", value))
	content, err := packParts(parts)
	if err != nil {
		return err
	}
	if f.slot[1] == 0 {
		f.bytes = content
		return nil
	}
	sealed, err := openOFD(content)
	if err != nil {
		return err
	}
	*f = *sealed
	return nil
}

// listed returns the parts of a package with one signature more in its list, and which it is, from 0 on.
func listed(parts []part) ([]part, int, error) {
	root, err := parts[0].unpack()
	if err != nil || parts[0].name != ofdFirst {
		return nil, 0, ErrFormat
	}
	entry := func(i int) string {
		return fmt.Sprintf(`<ofd:Signature ID="%d" Type="Seal" BaseLoc="/%sSignature.xml"/>`, i+1, signPlace(i))
	}
	write := func(entries string, n int) part {
		return storedPart(signList, []byte(ofdHead+`<ofd:Signatures`+ofdSpec+`><ofd:MaxSignId>`+fmt.Sprint(n)+`</ofd:MaxSignId>`+entries+`</ofd:Signatures>`))
	}
	if !bytes.Contains(root, []byte("<ofd:Signatures>")) {
		parts = append(slices.Clone(parts), write(entry(0), 1))
		parts[0] = storedPart(ofdFirst, bytes.Replace(root, []byte("</ofd:DocBody>"), []byte("<ofd:Signatures>/"+signList+"</ofd:Signatures></ofd:DocBody>"), 1))
		return parts, 0, nil
	}
	at, n := -1, 0
	var entries strings.Builder
	for i, p := range parts {
		switch {
		case p.name == signList:
			at = i
		case p.name == signPlace(n)+"Signature.xml": // they stand in their order
			if bytes.Contains(p.packed, []byte(`FileRef="/`+signList+`"`)) {
				return nil, 0, ErrSealed
			}
			entries.WriteString(entry(n))
			n++
		}
	}
	if at < 0 || n == 0 || n == mostSigns {
		return nil, 0, ErrSealed
	}
	parts = slices.Clone(parts)
	parts[at] = write(entries.String()+entry(n), n+1)
	return parts, n, nil
}

// references name the SM3 of parts.
func references(parts []part) (string, error) {
	var b strings.Builder
	b.WriteString(`<ofd:References CheckMethod="` + sm3ID + `">`)
	for _, p := range parts {
		content, err := p.unpack()
		if err != nil {
			return "", err
		}
		sum := sm.Sum(content)
		fmt.Fprintf(&b, `<ofd:Reference FileRef="/%s"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>`, escape(p.name), base64.StdEncoding.EncodeToString(sum[:]))
	}
	b.WriteString(`</ofd:References>`)
	return b.String(), nil
}

// annotations say where readers show the seal; pages that the document does not have are left out.
func annotations(places []Placement, pages []string) string {
	var b strings.Builder
	for i, p := range places {
		if p.Page < 0 || p.Page >= len(pages) {
			continue
		}
		clip := ""
		if p.Clip != (Clip{}) {
			clip = fmt.Sprintf(` Clip="%s %s %s %s"`, num(p.Clip.X), num(p.Clip.Y), num(p.Clip.W), num(p.Clip.H))
		}
		fmt.Fprintf(&b, `<ofd:StampAnnot ID="%d" PageRef="%s" Boundary="%s %s %s %s"%s/>`, i+1, pages[p.Page], num(p.X), num(p.Y), num(p.W), num(p.H), clip)
	}
	return b.String()
}

// pageIDs are the identifiers of the pages of a document of ours.
func pageIDs(b []byte) (out []string, err error) {
	pk, err := OpenPackage(b)
	if err != nil {
		return nil, err
	}
	doc, err := pk.XML("Doc_0/Document.xml")
	if err != nil {
		return nil, err
	}
	for _, n := range doc.Under("Page") {
		out = append(out, n.Attrs["ID"])
	}
	return out, nil
}

// unpack returns what a part holds.
func (p part) unpack() ([]byte, error) {
	if p.method == 0 {
		return p.packed, nil
	}
	content, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(p.packed)), int64(p.size)+1))
	if err != nil || len(content) != p.size {
		return nil, damaged("%q can't be unpacked", p.name)
	}
	return content, nil
}
