package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// What one package may hold at most, unpacked: documents of offices are far smaller.
const (
	mostParts = 512
	mostPart  = 8 << 20
	mostBytes = 32 << 20
	mostNodes = 400_000
	mostDepth = 32
)

// pack is a package whose directory was found in order.
type pack struct {
	parts map[string]*zip.File
	nodes int // XML elements read so far
	bytes int // unpacked so far
}

// unpack opens the directory of a package. Names that lead out of it, or that two systems would read differently, are refused.
func unpack(b []byte) (*pack, error) {
	if len(b) > MaxFile {
		return nil, ErrTooLarge
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if len(z.File) > mostParts {
		return nil, damaged("%d parts", len(z.File))
	}
	p, seen, total := &pack{parts: map[string]*zip.File{}}, map[string]bool{}, uint64(0)
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case !fs.ValidPath(name) || name == "." || len(name) > 200 || strings.ContainsAny(name, "\\:\x00"):
			return nil, damaged("a part called %q", f.Name)
		case seen[strings.ToLower(name)]:
			return nil, damaged("two parts called %q", f.Name)
		case f.Flags&1 != 0:
			return nil, damaged("%q is encrypted", f.Name)
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

// resolve finds the part that another names: relative to it, or from the package's root with a stroke before it.
func (p *pack) resolve(from, to string) (string, error) {
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

func (p *pack) there(from, to string) error {
	_, err := p.resolve(from, to)
	return err
}

func (p *pack) follow(from, to string) ([]byte, error) {
	name, err := p.resolve(from, to)
	if err != nil {
		return nil, err
	}
	return p.read(name)
}

// read unpacks a part and no more of it than its directory entry says.
func (p *pack) read(name string) ([]byte, error) {
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

// node is an element of a part.
type node struct {
	name  string
	attrs map[string]string
	text  string
	nodes []*node
	raw   []byte // the text so far
}

func (n *node) child(name string) *node {
	for _, c := range n.nodes {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *node) all(name string) (out []*node) {
	for _, c := range n.nodes {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

// under finds elements at any depth, in the order of the part.
func (n *node) under(name string) (out []*node) {
	for _, c := range n.nodes {
		if c.name == name {
			out = append(out, c)
		}
		out = append(out, c.under(name)...)
	}
	return out
}

// space is the namespace of OFD.
const space = "http://www.ofdspec.org/2016"

// xml reads a part as a tree: UTF-8, no document type and so no entities, bounded in depth and number.
func (p *pack) xml(name string) (*node, error) {
	content, err := p.read(name)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(content))
	root := &node{}
	open := []*node{root}
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
			if p.nodes++; p.nodes > mostNodes || len(open) > mostDepth || t.Name.Space != space {
				return nil, damaged("%s has elements that no OFD has", name)
			}
			n := &node{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			last.nodes = append(last.nodes, n)
			open = append(open, n)
		case xml.EndElement:
			last.text, last.raw = string(last.raw), nil
			open = open[:len(open)-1]
		case xml.CharData:
			last.raw = append(last.raw, t...)
		}
	}
	if len(root.nodes) != 1 {
		return nil, damaged("%s has %d elements on top", name, len(root.nodes))
	}
	return root.nodes[0], nil
}
