package paper_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"xiangyun/internal/platform/paper"
)

func sum(f *paper.File) string { return string(f.Digest(sha256.New())) }

func reopen(t testing.TB, b []byte) *paper.File {
	t.Helper()
	f, err := paper.Open(bytes.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFillLeavesTheDigest(t *testing.T) {
	for format, f := range files(t, licence()) {
		before := sum(f)
		if f.SlotSize() != slotSize || len(f.Content()) != 0 {
			t.Errorf("%s: a slot of %d with %q", format, f.SlotSize(), f.Content())
		}
		for _, content := range []string{`{"record":"王𬱖"}`, "", strings.Repeat("x", slotSize), "short again"} {
			if err := f.Fill([]byte(content)); err != nil {
				t.Fatal(err)
			}
			again := reopen(t, f.Bytes())
			if string(again.Content()) != content || sum(again) != before || again.Format != format {
				t.Errorf("%s filled with %.20q: %.20q", format, content, again.Content())
			}
		}
		if err := f.Fill(make([]byte, slotSize+1)); !errors.Is(err, paper.ErrSlotFull) {
			t.Errorf("%s took more than its slot holds: %v", format, err)
		}
		if other := files(t, paper.Sheet{Title: "别的"})[format]; sum(other) == before {
			t.Errorf("%s: another document has the same digest", format)
		}
	}
}

// TestEveryByteCounts changes each byte of both files: outside of the slot the digest changes or the file does not open, inside the content does.
func TestEveryByteCounts(t *testing.T) {
	for format, f := range files(t, licence()) {
		if err := f.Fill([]byte(strings.Repeat("k", slotSize))); err != nil {
			t.Fatal(err)
		}
		whole, digest, content := bytes.Clone(f.Bytes()), sum(f), string(f.Content())
		step := 1
		if testing.Short() {
			step = 97
		}
		for i := 0; i < len(whole); i += step {
			whole[i] ^= 0x21
			g, err := paper.Open(whole)
			if err == nil && sum(g) == digest && string(g.Content()) == content {
				t.Fatalf("%s: byte %d of %d changed and nobody sees it", format, i, len(whole))
			}
			whole[i] ^= 0x21
		}
		for _, longer := range [][]byte{append(bytes.Clone(whole), 0), append(bytes.Clone(whole), whole...), append([]byte(" "), whole...), whole[:len(whole)-1]} {
			if g, err := paper.Open(longer); err == nil && sum(g) == digest {
				t.Errorf("%s: %d bytes instead of %d have the same digest", format, len(longer), len(whole))
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	all := files(t, licence())
	pdf, ofd := all[paper.PDF].Bytes(), all[paper.OFD].Bytes()
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing":       {nil, paper.ErrFormat},
		"text":          {[]byte("hello"), paper.ErrFormat},
		"foreign-pdf":   {[]byte("%PDF-1.7\n%%EOF"), paper.ErrFormat},
		"foreign-zip":   {[]byte("PK\x03\x04 and no more"), paper.ErrFormat},
		"too-large":     {make([]byte, paper.MaxFile+1), paper.ErrTooLarge},
		"pdf-cut":       {pdf[:bytes.Index(pdf, []byte("XiangyunSlot"))+40], paper.ErrDamaged},
		"ofd-cut":       {ofd[:len(ofd)-30], paper.ErrFormat},
		"ofd-comment":   {append(ofd[:len(ofd)-2:len(ofd)-2], 1, 0, 'x'), paper.ErrFormat},
		"slot-too-long": {bytes.Replace(pdf, []byte("/Length 512>>"), []byte("/Length 99999999>>"), 1), paper.ErrDamaged},
		"slot-negative": {bytes.Replace(pdf, []byte("/Length 512>>"), []byte("/Length -12>>"), 1), paper.ErrDamaged},
	} {
		if _, err := paper.Open(c.content); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	plain, err := set(t, licence()).PDF("", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := paper.Open(plain.Bytes()); !errors.Is(err, paper.ErrFormat) {
		t.Errorf("a document without a slot: %v", err)
	}
}

// FuzzOpen gives Open what strangers upload: it must not panic, must stay inside of the file, and what it opens must be sound.
func FuzzOpen(f *testing.F) {
	for _, file := range files(f, paper.Sheet{Title: "证", Fields: []paper.Field{{Label: "名", Value: "王"}}}) {
		if err := file.Fill([]byte(`{"record":{}}`)); err != nil {
			f.Fatal(err)
		}
		b := file.Bytes()
		f.Add(b)
		f.Add(b[:len(b)/2])
		f.Add(b[len(b)/2:])
		f.Add(append(bytes.Clone(b), b...))
	}
	f.Add([]byte("%PDF-"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := paper.Open(b)
		if err != nil {
			return
		}
		if file.SlotSize() < 1 || file.SlotSize() > len(b) || len(file.Content()) > file.SlotSize() {
			t.Fatalf("a slot of %d in %d bytes", file.SlotSize(), len(b))
		}
		before := sum(file)
		if err := file.Fill([]byte("x")); err != nil {
			t.Fatal(err)
		}
		again, err := paper.Open(file.Bytes())
		if err != nil || sum(again) != before || string(again.Content()) != "x" {
			t.Fatalf("after filling: %v", err)
		}
	})
}
