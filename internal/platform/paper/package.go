package paper

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"

	"xiangyun/internal/platform/sm"
)

// part is one file of a package, as it lies in it.
type part struct {
	name   string
	method uint16 // zip.Store or zip.Deflate
	crc    uint32 // of what is unpacked
	size   int    // of what is unpacked
	packed []byte
}

func storedPart(name string, content []byte) part {
	return part{name, zip.Store, crc32.ChecksumIEEE(content), len(content), content}
}

func deflatedPart(name string, content []byte) (part, error) {
	packed, err := deflate(content)
	return part{name, zip.Deflate, crc32.ChecksumIEEE(content), len(content), packed}, err
}

// packers are writers of deflate at rest: a fresh one is half a megabyte to clear, more work than packing a page.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level exists
	}
	return w
}}

func deflate(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	_, err := w.Write(content)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// packParts writes a package. Sizes and sums stand before each part, no times, no extras: the same parts give the same bytes, and a package of ours whose
// parts, packed again, give other bytes was changed where no part lies.
func packParts(parts []part) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateRaw(&zip.FileHeader{Name: p.name, Method: p.method, CRC32: p.crc, CompressedSize64: uint64(len(p.packed)), UncompressedSize64: uint64(p.size)})
		if err == nil {
			_, err = w.Write(p.packed)
		}
		if err != nil {
			return nil, fmt.Errorf("writing OFD: %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("writing OFD: %w", err)
	}
	return b.Bytes(), nil
}

// partsOf takes a package apart without unpacking anything.
func partsOf(b []byte) ([]part, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	parts := make([]part, len(z.File))
	for i, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			return nil, damaged("%q can't be opened", f.Name)
		}
		if f.UncompressedSize64 > mostPart || f.CompressedSize64 > uint64(len(b)) {
			return nil, ErrTooLarge
		}
		packed := make([]byte, f.CompressedSize64)
		if _, err := io.ReadFull(r, packed); err != nil {
			return nil, damaged("%q is cut off", f.Name)
		}
		parts[i] = part{f.Name, f.Method, f.CRC32, int(f.UncompressedSize64), packed}
	}
	return parts, nil
}

// packedSum is the SM3 of what a package was written with before it was sealed: the names and sizes of its parts, and everything deflated as it is packed. The
// references of a signature name what is unpacked, and the last bits of a deflated part may change without anybody seeing it there.
func packedSum(parts []part) string {
	h := sm.Hash()
	for _, p := range parts {
		if p.name == "" || p.name == ofdFirst || strings.HasPrefix(p.name, ofdSigns) {
			continue
		}
		fmt.Fprintf(h, "%s %d %d\n", p.name, p.method, len(p.packed))
		if p.method == zip.Deflate {
			h.Write(p.packed)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// AsWritten tells of an OFD whether it says that it was written here, and whether it is then, byte for byte, as packages are written here. It is about bytes that
// carry no meaning and that no signature covers: times in the archive, the last bits of a packed part.
func AsWritten(b []byte) (written, same bool) {
	parts, err := partsOf(b)
	if err != nil {
		return false, false
	}
	at := slices.IndexFunc(parts, func(p part) bool { return p.name == ofdFirst })
	if at < 0 {
		return false, false
	}
	root, err := parts[at].unpack()
	_, rest, found := bytes.Cut(root, []byte(`<ofd:CustomData Name="`+packedData+`">`))
	if err != nil || !found {
		return false, false
	}
	sum := packedSum(parts)
	again, err := packParts(parts)
	return true, err == nil && bytes.HasPrefix(rest, []byte(sum+"<")) && bytes.Equal(again, b)
}
