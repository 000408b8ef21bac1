package assembly

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// unsealed are the columns of bytes that hold nothing sealed by the keyring, or nothing that lasts.
var unsealed = map[string]string{
	"account_subject.number_index": "an index", "cert_paper.number_index": "an index", "casefile_paper.digest": "a digest",
	"cert_cert.signature": "public", "cert_presentation.token_hash": "a hash", "cert_presentation.part": "sealed, but nobody opens it after a minute", "cert_offline.serial": "random",
	"item_proposal_part.content": "no personal data", "seal_seal.info": "public", "seal_seal.whole": "public", "seal_use.to_sign": "digests", "seal_use.signature": "public",
	"seal_certificate.der": "public", "seal_certificate.chain": "public",
	"audit_inbox.salt": "random", "audit_inbox.commitment": "public", "audit_leaf.salt": "random", "audit_leaf.commitment": "public", "audit_tile.hashes": "public",
	"audit_checkpoint.root": "public", "web_session.data": "gone within a day",
}

// A sealed column that is forgotten would never get the new key: every column of bytes is either sealed anew or known to hold nothing of the kind.
func TestEverySealedColumnIsKnown(t *testing.T) {
	a, _ := app(t)
	columns := map[string][]string{}
	err := a.DB.View(t.Context(), func(tx *db.Tx) error {
		tables, err := a.DB.Tables(t.Context(), tx)
		for _, table := range tables {
			for _, c := range table.Columns {
				columns[table.Name] = append(columns[table.Name], c.Name)
				if _, plain := unsealed[table.Name+"."+c.Name]; (c.Type == "bytea" || c.Type == "blob") && !plain {
					known := false
					for _, s := range sealedColumns() {
						known = known || s.Table == table.Name && s.Name == c.Name
					}
					if !known {
						t.Errorf("%s.%s is neither sealed anew after a rotation nor known to hold nothing sealed", table.Name, c.Name)
					}
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sealedColumns() {
		for _, name := range append([]string{s.Name}, s.Key...) {
			if !slices.Contains(columns[s.Table], name) {
				t.Errorf("%s has no column %s", s.Table, name)
			}
		}
		for _, part := range strings.Split(s.Place, "{")[1:] {
			if name, _, _ := strings.Cut(part, "}"); !slices.Contains(s.Key, name) {
				t.Errorf("the place %s is not known from the key %v", s.Place, s.Key)
			}
		}
	}
}

// After a rotation everything is sealed anew, names and files alike, and opens; a second time there is nothing to do.
func TestRotatedKeysReachEverything(t *testing.T) {
	a, e := app(t)
	tokens := walkers(t, a)
	zhang := actor.Actor{Kind: actor.Person, Account: "zhang", Subject: "zhang"}
	f, err := a.Materials.Upload(t.Context(), zhang, strings.NewReader("材料"), "张晓琳的材料.txt")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a.Log = logTo(&log)
	a.sweeps()
	left := func() map[string]int64 {
		t.Helper()
		n, err := a.KeysLeft(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := left(); len(n) != 0 {
		t.Errorf("before any rotation %v are left", n)
	}
	if err := a.sealKeys.Generate(t.Context(), "a-seal"); err != nil {
		t.Fatal(err)
	}
	if s, err := a.RotateKeys(t.Context()); err != nil || s.DataKeys != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	if n := left(); n["account_subject.name"] != 3 || n["material_file.name"] != 1 || n["documents"] != 1 || n["keys/seals"] != 1 {
		t.Errorf("after the rotation %v are left", n)
	}
	if err := a.Queue.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := left(); len(n) != 0 || !strings.Contains(log.String(), "that_do_not_open=0") {
		t.Errorf("%v are left; the log says %s", n, log.String())
	}
	leaves := 0
	err = a.DB.View(t.Context(), func(tx *db.Tx) error {
		list, err := a.Audit.Search(t.Context(), tx, audit.Query{Kind: "keys.rotated", Object: "keyring"}, "", 10)
		leaves = len(list)
		return err
	})
	if err != nil || leaves != 1 {
		t.Errorf("the log has %d leaves of the rotation: %v", leaves, err)
	}
	if done, damaged, err := a.Blobs.Reseal(t.Context(), shardOf(t, a)); err != nil || done+damaged != 0 {
		t.Errorf("a content was left: %d, %d, %v", done, damaged, err)
	}
	if got := ask(t, e.Handler, "GET", "/api/v1/me", tokens[citizen], "", ""); got.status != 200 || !strings.Contains(got.body, "张") {
		t.Errorf("who signed in before: %d %s", got.status, got.body)
	}
	r, err := a.Materials.Read(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// shardOf is the first byte of the address of the one content.
func shardOf(t *testing.T, a *App) (first byte) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(a.Config.Data, documentsFolder), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && len(d.Name()) == 64 {
			for _, c := range []byte(d.Name()[:2]) {
				first = first<<4 | byte(strings.IndexByte("0123456789abcdef", c))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return first
}

// However late a run is, it comes further than the one before: the next is another then.
func TestEachRunMakesAStep(t *testing.T) {
	a, _ := app(t)
	seen, r, done := map[resealing]bool{}, resealing{}, false
	for !done {
		if seen[r] {
			t.Fatalf("stands still at %+v", r)
		}
		seen[r] = true
		var err error
		if r, done, err = a.resealUntil(t.Context(), r, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if r.At.Column != len(sealedColumns()) || r.Shard != 256 {
		t.Errorf("ended at %+v", r)
	}
}

// The key of a seal that does not open is counted and left; the others get the newest key.
func TestADamagedSealKeyDoesNotHoldUpTheOthers(t *testing.T) {
	a, _ := app(t)
	ctx := t.Context()
	for _, name := range []string{"a-damaged", "b-whole"} {
		if err := a.sealKeys.Generate(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(a.Config.Data, keysFolder, sealKeysFolder, "a-damaged.key"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	done, failed, err := a.sealKeys.Reseal(ctx)
	if err != nil || done != 1 || failed != 1 {
		t.Errorf("%d done, %d failed, %v", done, failed, err)
	}
	if n, err := a.sealKeys.Stale(ctx); err != nil || n != 1 {
		t.Errorf("%d are left, %v", n, err)
	}
}
