package journey

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/transparency-dev/merkle/proof"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/sm"
)

// TestProofScript runs the page's own SM3 and inclusion proof in Chromium against the vectors of GB/T 32905 and against trees made in Go.
func TestProofScript(t *testing.T) {
	besideSQLite(t)
	build := exec.Command("go", "tool", "esbuild", "web/js/proof.js", "--bundle", "--format=iife", "--global-name=proof", "--target=es2019,chrome80", "--log-level=warning")
	build.Dir = "../.."
	script, err := build.Output()
	if err != nil {
		t.Fatalf("bundling the script: %v", err)
	}
	c := launch(t)
	tab := &tab{t: t, ctx: c.ctx, scripts: true}
	tab.do("loading the script", chromedp.Navigate("about:blank"))
	ask := func(expression string) string {
		return tab.ask("(() => {" + string(script) + "; return " + expression + "})()")
	}

	for text, want := range map[string]string{"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"} {
		if got := ask(fmt.Sprintf("proof.hex(proof.sm3(new TextEncoder().encode(%q)))", text)); got != want {
			t.Errorf("SM3 of %s is %s, want %s", text, got, want)
		}
	}
	var inputs, digests []string
	for n := range 200 {
		content := []byte(strings.Repeat("祥云", n/6+1))[:n%200]
		sum := sm.Sum(content)
		inputs, digests = append(inputs, hex.EncodeToString(content)), append(digests, hex.EncodeToString(sum[:]))
	}
	got := ask("JSON.stringify(" + jsonOf(t, inputs) + ".map((x) => proof.hex(proof.sm3(proof.bytes(x)))))")
	if got != jsonOf(t, digests) {
		t.Error("SM3 differs from Go's for some length")
	}

	var list []vector
	for _, size := range []int{1, 2, 3, 7, 8, 33, 300} {
		tree := merkle(size)
		for _, index := range []int{0, size / 2, size - 1} {
			good := tree.prove(t, index)
			list = append(list, good)
			bad := good
			bad.Commitment = hex.EncodeToString(commitment(index + 1000))
			list = append(list, bad.broken())
			moved := good
			moved.Index = (index + 1) % size
			if size > 1 {
				list = append(list, moved.broken())
			}
			longer := good
			longer.Path = append([]string{good.Root}, good.Path...)
			list = append(list, longer.broken())
			other := good
			other.Root = good.Commitment
			list = append(list, other.broken())
		}
	}
	var wrong []string
	answers := ask("JSON.stringify(" + jsonOf(t, list) + ".map((v) => proof.included(v.commitment, v.index, v.size, v.path, v.root)))")
	var found []bool
	if err := json.Unmarshal([]byte(answers), &found); err != nil || len(found) != len(list) {
		t.Fatalf("it answers %s, %v", answers, err)
	}
	for i, ok := range found {
		if ok != list[i].Good {
			wrong = append(wrong, fmt.Sprintf("leaf %d of %d: %v", list[i].Index, list[i].Size, ok))
		}
	}
	if len(wrong) > 0 {
		t.Errorf("judged wrongly: %v", wrong)
	}
	last := jsonOf(t, list[len(list)-5])
	took := ask("(() => { const v = " + last + "; const began = performance.now(); for (let i = 0; i < 100; i++) proof.included(v.commitment, v.index, v.size, v.path, v.root); return String((performance.now() - began) / 100); })()")
	t.Logf("one proof of a tree of %d leaves takes %.6s ms in Chromium", list[len(list)-5].Size, took)
}

// vector is one question put to the script.
type vector struct {
	Commitment string   `json:"commitment"`
	Index      int      `json:"index"`
	Size       int      `json:"size"`
	Path       []string `json:"path"`
	Root       string   `json:"root"`
	Good       bool     `json:"-"`
}

func (v vector) broken() vector { v.Good = false; return v }

type tree struct {
	size   int
	levels [][][]byte // of the perfect subtrees, level 0 the leaves
}

func commitment(n int) []byte {
	sum := sm.Sum(fmt.Appendf(nil, "leaf %d", n))
	return sum[:]
}

func merkle(size int) tree {
	leaves := make([][]byte, size)
	for i := range leaves {
		leaves[i] = audit.LeafHash(commitment(i))
	}
	t := tree{size, [][][]byte{leaves}}
	for level := leaves; len(level) > 1; {
		var up [][]byte
		for i := 0; i+1 < len(level); i += 2 {
			up = append(up, children(level[i], level[i+1]))
		}
		t.levels = append(t.levels, up)
		level = up
	}
	return t
}

func children(left, right []byte) []byte {
	h := sm.Hash()
	h.Write([]byte{1})
	h.Write(left)
	h.Write(right)
	return h.Sum(nil)
}

func (m tree) prove(t *testing.T, index int) vector {
	t.Helper()
	all, err := audit.NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.size {
		if err := all.Append(commitment(i)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := all.Root()
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := proof.Inclusion(uint64(index), uint64(m.size))
	if err != nil {
		t.Fatal(err)
	}
	hashes := make([][]byte, len(nodes.IDs))
	for i, id := range nodes.IDs {
		hashes[i] = m.levels[id.Level][id.Index]
	}
	if hashes, err = nodes.Rehash(hashes, children); err != nil {
		t.Fatal(err)
	}
	v := vector{Commitment: hex.EncodeToString(commitment(index)), Index: index, Size: m.size, Path: []string{}, Root: hex.EncodeToString(root), Good: true}
	for _, h := range hashes {
		v.Path = append(v.Path, hex.EncodeToString(h))
	}
	if err := audit.VerifyInclusion(commitment(index), int64(index), int64(m.size), hashes, root); err != nil {
		t.Fatal(err)
	}
	return v
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
