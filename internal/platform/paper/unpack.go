package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// What one package may hold at most, unpacked: documents of offices are far smaller.
const (
	mostParts = 512
	mostPart  = 8 << 20
	mostBytes = 32 << 20
	mostXML   = 4 << 20 // of one part that is read as XML: a tree takes many times its text
	mostNodes = 400_000 // elements and attributes
	mostAttrs = 64      // of one element
	mostDepth = 32
	mostRatio = 400 // of what is unpacked to what is packed, where that is much
)

// Package is an OFD package whose directory was found in order. It is bounded in everything; it is for one goroutine.
type Package struct {
	parts map[string]*zip.File
	nodes int // XML elements and attributes read so far
	bytes int // unpacked so far
}

// OpenPackage opens the directory of a package, an archive of unknown origin: [ErrTooLarge], [ErrFormat] or [ErrDamaged]. Names that lead out of it, or that two systems would read differently, are refused.
func OpenPackage(b []byte) (*Package, error) {
	if len(b) > MaxFile {
		return nil, ErrTooLarge
	}
	if err := soundDirectory(b); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	p, seen, total := &Package{parts: map[string]*zip.File{}}, map[string]bool{}, uint64(0)
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case !fs.ValidPath(name) || name == "." || len(name) > 200 || strings.ContainsAny(name, "\\:\x00"):
			return nil, damaged("a part called %q", f.Name)
		case seen[strings.ToLower(name)]:
			return nil, damaged("two parts called %q", f.Name)
		case f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/mostRatio > f.CompressedSize64:
			return nil, damaged("%q would unpack to %d times its size", f.Name, f.UncompressedSize64/max(1, f.CompressedSize64))
		case f.Mode().Type() != 0 && !f.FileInfo().IsDir():
			return nil, damaged("%q is no file", f.Name)
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, damaged("%q is packed in a way nobody knows", f.Name)
		}
		if total += f.UncompressedSize64; f.UncompressedSize64 > mostPart || total > mostBytes {
			return nil, fmt.Errorf("%w: unpacked", ErrTooLarge)
		}
		seen[strings.ToLower(name)] = true
		if !f.FileInfo().IsDir() {
			p.parts[name] = f
		}
	}
	return p, nil
}

// Resolve finds the part that another names: relative to it, or from the package's root with a stroke before it.
func (p *Package) Resolve(from, to string) (string, error) {
	to = strings.TrimSpace(to)
	name := path.Join(path.Dir(from), to)
	if strings.HasPrefix(to, "/") {
		name = path.Clean(to[1:])
	}
	if to == "" || !fs.ValidPath(name) || p.parts[name] == nil {
		return "", damaged("%s refers to %q, which is not there", from, to)
	}
	return name, nil
}

// Names are those of all parts, sorted.
func (p *Package) Names() []string { return slices.Sorted(maps.Keys(p.parts)) }

func (p *Package) there(from, to string) error {
	_, err := p.Resolve(from, to)
	return err
}

func (p *Package) follow(from, to string) ([]byte, error) {
	name, err := p.Resolve(from, to)
	if err != nil {
		return nil, err
	}
	return p.Read(name)
}

// Read unpacks a part and no more of it than its directory entry says.
func (p *Package) Read(name string) ([]byte, error) {
	f := p.parts[name]
	if f == nil {
		return nil, fmt.Errorf("%w: no %s", ErrFormat, name)
	}
	if p.bytes += int(f.UncompressedSize64); p.bytes > 2*mostBytes { // one part may be referred to again and again
		return nil, fmt.Errorf("%w: unpacked", ErrTooLarge)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged("%s can't be opened", name)
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, mostPart+1))
	if err != nil || len(content) > mostPart {
		return nil, damaged("%s can't be unpacked", name)
	}
	return content, nil
}

// Node is an element of a part of a package.
type Node struct {
	Name  string
	Attrs map[string]string
	Text  string
	Nodes []*Node
	raw   []byte // the text so far
}

// Child returns the first element of a name right below, nil for none.
func (n *Node) Child(name string) *Node {
	for _, c := range n.Nodes {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// All returns the elements of a name right below.
func (n *Node) All(name string) (out []*Node) {
	for _, c := range n.Nodes {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// Under finds elements at any depth, in the order of the part.
func (n *Node) Under(name string) (out []*Node) {
	for _, c := range n.Nodes {
		if c.Name == name {
			out = append(out, c)
		}
		out = append(out, c.Under(name)...)
	}
	return out
}

// space is the namespace of OFD.
const space = "http://www.ofdspec.org/2016"

// XML reads a part as a tree: UTF-8, no document type and so no entities, bounded in size, depth and number.
func (p *Package) XML(name string) (*Node, error) {
	content, err := p.Read(name)
	if err != nil {
		return nil, err
	}
	if len(content) > mostXML {
		return nil, fmt.Errorf("%w: %s", ErrTooLarge, name)
	}
	d := xml.NewDecoder(bytes.NewReader(content))
	root := &Node{}
	open := []*Node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, damaged("%s is no well-formed XML", name)
		}
		last := open[len(open)-1]
		switch t := token.(type) {
		case xml.Directive:
			return nil, damaged("%s declares a document type", name)
		case xml.StartElement:
			if p.nodes += 1 + len(t.Attr); p.nodes > mostNodes || len(t.Attr) > mostAttrs || len(open) > mostDepth || t.Name.Space != space {
				return nil, damaged("%s has elements that no OFD has", name)
			}
			n := &Node{Name: t.Name.Local, Attrs: map[string]string{}}
			for _, a := range t.Attr {
				n.Attrs[a.Name.Local] = a.Value
			}
			last.Nodes = append(last.Nodes, n)
			open = append(open, n)
		case xml.EndElement:
			last.Text, last.raw = string(last.raw), nil
			open = open[:len(open)-1]
		case xml.CharData:
			last.raw = append(last.raw, t...)
		}
	}
	if len(root.Nodes) != 1 {
		return nil, damaged("%s has %d elements on top", name, len(root.Nodes))
	}
	return root.Nodes[0], nil
}
