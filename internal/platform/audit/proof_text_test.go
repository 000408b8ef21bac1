package audit_test

import (
	"testing"

	"xiangyun/internal/platform/audit"
)

func FuzzParseProof(f *testing.F) {
	f.Add("c2sp.org/tlog-proof@v1\nextra AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nindex 0\n\nx\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— x AAAAAAAA\n")
	f.Add("c2sp.org/tlog-proof@v1\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := audit.ParseProof(text)
		if err == nil && p.Text() != text {
			t.Errorf("%q is read as %+v", text, p)
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte{0, 32}, 1)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, content []byte, n int) {
		list, err := audit.ParseBundle(content, max(0, min(n, 256)))
		if err == nil && len(list)*34 != len(content) {
			t.Errorf("%d entries of %d bytes", len(list), len(content))
		}
	})
}
