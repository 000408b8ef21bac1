package sm_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"xiangyun/internal/platform/sm"
)

// home is where an installation keeps its keys.
type home struct {
	t        *testing.T
	dir, kek string
}

func newHome(t *testing.T) home {
	t.Helper()
	root := t.TempDir()
	return home{t, filepath.Join(root, "keys"), filepath.Join(root, "kek")}
}

func (h home) load() (*sm.Keyring, error) {
	return sm.LoadKeys(h.dir, h.kek, slog.New(slog.DiscardHandler))
}

func (h home) mustLoad() *sm.Keyring {
	h.t.Helper()
	k, err := h.load()
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

func seal(t *testing.T, k *sm.Keyring, text, place string) []byte {
	t.Helper()
	sealed, err := k.Seal([]byte(text), []byte(place))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// opens fails the test unless the keyring opens what was sealed.
func opens(t *testing.T, k *sm.Keyring, sealed []byte, text, place string) {
	t.Helper()
	if got, err := k.Open(sealed, []byte(place)); err != nil || string(got) != text {
		t.Errorf("%s opens as %q, %v", place, got, err)
	}
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What older keys have sealed opens after rotations, here, on the other node, and after the next start; the newest alone seals.
func TestRotate(t *testing.T) {
	h := newHome(t)
	here, there := h.mustLoad(), h.mustLoad()
	old := seal(t, here, "张晓琳", "account/1/name")
	signer, err := here.Signer(sm.CertificateSigner)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := sm.Sign(signer, []byte("record"))
	if err != nil {
		t.Fatal(err)
	}
	index := here.Index("account.number", "220102199003072318")
	if !here.Fresh(old) {
		t.Error("what was just sealed is not fresh")
	}
	for range 2 {
		if err := here.Rotate(); err != nil {
			t.Fatal(err)
		}
	}
	fresh := seal(t, here, "李明", "account/2/name")
	if here.Fresh(old) || !here.Fresh(fresh) || !bytes.HasPrefix(fresh, here.Head()) || bytes.HasPrefix(old, here.Head()) {
		t.Error("what is fresh is not what the newest key has sealed")
	}
	if !there.Fresh(old) {
		t.Error("the other node knows before it looks")
	}
	opens(t, there, fresh, "李明", "account/2/name") // it looks when it meets the key
	if there.Fresh(old) {
		t.Error("the other node still seals with the old key")
	}
	for name, k := range map[string]*sm.Keyring{"here": here, "there": there, "started-again": h.mustLoad()} {
		opens(t, k, old, "张晓琳", "account/1/name")
		opens(t, k, fresh, "李明", "account/2/name")
		pub, err := k.PublicKey(sm.CertificateSigner)
		if err != nil || !sm.Verify(pub, []byte("record"), signature) || !bytes.Equal(k.Index("account.number", "220102199003072318"), index) {
			t.Errorf("%s: the signer or the search column has changed: %v", name, err)
		}
		if s := k.Standing(); s.DataKeys != 3 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// Nodes that rotate at once end with the same keys, all of them.
func TestRotateAtOnce(t *testing.T) {
	h := newHome(t)
	nodes := make([]*sm.Keyring, 4)
	for i := range nodes {
		nodes[i] = h.mustLoad()
	}
	var wg sync.WaitGroup
	for _, k := range nodes {
		wg.Go(func() {
			if err := k.Rotate(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, k := range nodes {
		if err := k.Reload(); err != nil || !bytes.Equal(k.Head(), nodes[0].Head()) || k.Standing() != nodes[0].Standing() {
			t.Errorf("node %d: %v, %+v", i, err, k.Standing())
		}
	}
	if s := nodes[0].Standing(); s.DataKeys != 1+len(nodes) {
		t.Errorf("%+v", s)
	}
}

// A sealed value opens in its own place only.
func TestMovedValuesDoNotOpen(t *testing.T) {
	k := newHome(t).mustLoad()
	sealed := seal(t, k, "张晓琳", "account/1/name")
	for _, place := range []string{"account/2/name", "account/1/phone", "", "account/1/nam", "account/1/name "} {
		if _, err := k.Open(sealed, []byte(place)); !errors.Is(err, sm.ErrSealed) {
			t.Errorf("moved to %q: %v", place, err)
		}
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open(changed, []byte("account/1/name")); err == nil {
			t.Fatalf("opens with byte %d changed", i)
		}
	}
	for n := range sealed {
		if _, err := k.Open(sealed[:n], []byte("account/1/name")); !errors.Is(err, sm.ErrSealed) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	stranger := newHome(t).mustLoad()
	if _, err := stranger.Open(sealed, []byte("account/1/name")); !errors.Is(err, sm.ErrUnknownKey) {
		t.Errorf("under another keyring: %v", err)
	}
}

// A wrong KEK, one that others may read, one that is missing or none at all, and a keyring changed by hand are refused, each in a plain sentence.
func TestRefusedKeys(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(h home)
		says  string
	}{
		"wrong-kek":    {func(h home) { other := newHome(h.t); other.mustLoad(); copied(h.t, other.kek, h.kek) }, "is not the one this keyring was wrapped with"},
		"missing":      {func(h home) { h.try(os.Remove(h.kek)) }, "put the file back, a new one opens nothing"},
		"others-read":  {func(h home) { h.try(os.Chmod(h.kek, 0o644)) }, "is open to others (mode 0644): make it 0600 or 0400"},
		"group-writes": {func(h home) { h.try(os.Chmod(h.kek, 0o620)) }, "is open to others (mode 0620)"},
		"no-kek":       {func(h home) { h.try(os.WriteFile(h.kek, []byte("secret\n"), 0o600)) }, "no KEK: the file must hold one line"},
		"short-kek":    {func(h home) { h.try(os.WriteFile(h.kek, []byte("xiangyun-kek-1 00ff\n"), 0o600)) }, "64 hex digits expected"},
		"changed": {func(h home) {
			path := filepath.Join(h.dir, "keyring-000001.json")
			text, err := os.ReadFile(path)
			h.try(err)
			h.try(os.WriteFile(path, bytes.Replace(text, []byte(`"generation": 1`), []byte(`"generation": 2`), 1), 0o600))
		}, "changed by hand: its MAC does not fit"},
		"renamed": {func(h home) {
			h.try(os.Rename(filepath.Join(h.dir, "keyring-000001.json"), filepath.Join(h.dir, "keyring-000007.json")))
		}, "says it is generation 1"},
		"cut-short": {func(h home) { h.try(os.Truncate(filepath.Join(h.dir, "keyring-000001.json"), 100)) }, "reading keyring"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.mustLoad()
			c.spoil(h)
			if _, err := h.load(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	h := newHome(t)
	h.mustLoad()
	for _, mode := range []os.FileMode{0o400, 0o600, 0o440} { // a group that reads is a secret store's mount
		h.try(os.Chmod(h.kek, mode))
		h.mustLoad()
	}
}

func (h home) try(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// A new KEK takes the old one's place: the other node and the next start open with it, the old file alone opens nothing any more.
func TestRenew(t *testing.T) {
	h := newHome(t)
	here, there := h.mustLoad(), h.mustLoad()
	sealed := seal(t, here, "张晓琳", "account/1/name")
	first, backup := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "keyring-000001.json")
	copied(t, h.kek, first)
	copied(t, filepath.Join(h.dir, "keyring-000001.json"), backup)
	before, err := here.Renew()
	if err != nil {
		t.Fatal(err)
	}
	if err := there.Reload(); err != nil || there.Standing().Generation != 2 {
		t.Errorf("the other node: %v, %+v", err, there.Standing())
	}
	if err := there.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := here.Reload(); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*sm.Keyring{here, there, h.mustLoad()} {
		opens(t, k, sealed, "张晓琳", "account/1/name")
		if s := k.Standing(); s.Generation != 3 || s.DataKeys != 2 {
			t.Errorf("%+v", s)
		}
	}
	for name, file := range map[string]string{"kept": before, "first": first} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := sm.LoadKeys(h.dir, file, nil); !errors.Is(err, sm.ErrWrongKEK) {
			t.Errorf("the old KEK opens the keyring: %v", err)
		}
	}
	if left := h.generations(); !slices.Equal(left, []string{"keyring-000002.json", "keyring-000003.json"}) {
		t.Errorf("%v are left: the old KEK opens the first", left)
	}
	old, err := sm.LoadKeys(filepath.Dir(backup), before, nil) // a backup from before has the first alone
	if err != nil {
		t.Fatalf("the old KEK does not open what was before: %v", err)
	}
	opens(t, old, sealed, "张晓琳", "account/1/name")
}

// Interrupted at whatever point, the program starts, and a second attempt ends the first.
func TestRenewInterrupted(t *testing.T) {
	for name, undo := range map[string]func(h home, before string){
		"only-drawn": func(h home, before string) { // the next KEK lies there, nothing is under it
			h.try(os.Rename(h.kek, h.kek+".next"))
			h.try(os.Rename(before, h.kek))
			h.try(os.Remove(filepath.Join(h.dir, "keyring-000002.json")))
		},
		"generation-written": func(h home, before string) { // the newest generation needs a KEK that is not in its place
			h.try(os.Rename(h.kek, h.kek+".next"))
			h.try(os.Rename(before, h.kek))
		},
		"old-kept": func(h home, before string) {
			h.try(os.Rename(h.kek, h.kek+".next"))
			copied(h.t, before, h.kek)
		},
		"all-but-the-answer": func(home, string) {},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			first := h.mustLoad()
			sealed := seal(t, first, "张晓琳", "account/1/name")
			generation, kept := filepath.Join(h.dir, "keyring-000001.json"), filepath.Join(t.TempDir(), "kept")
			copied(t, generation, kept)
			before, err := first.Renew()
			if err != nil {
				t.Fatal(err)
			}
			copied(t, kept, generation) // it is removed at the very end
			undo(h, before)
			again := h.mustLoad()
			opens(t, again, sealed, "张晓琳", "account/1/name")
			if err := again.Rotate(); err != nil {
				t.Errorf("rotating in between: %v", err)
			}
			opens(t, h.mustLoad(), seal(t, again, "李明", "account/2/name"), "李明", "account/2/name")
			if _, err := again.Renew(); err != nil {
				t.Fatalf("a second attempt: %v", err)
			}
			if _, err := os.Stat(h.kek + ".next"); !os.IsNotExist(err) {
				t.Errorf("the next KEK is still on its way: %v", err)
			}
			opens(t, h.mustLoad(), sealed, "张晓琳", "account/1/name")
			if err := first.Reload(); err != nil {
				t.Errorf("the node that was interrupted: %v", err)
			}
			if _, err := os.Stat(generation); !os.IsNotExist(err) {
				t.Errorf("what the old KEK opens is still there: %v", err)
			}
		})
	}
}

// With a KEK from elsewhere the nodes go on with what they hold, and take the new one up when it stands in its place.
func TestRewrap(t *testing.T) {
	h, other := newHome(t), newHome(t)
	other.mustLoad()
	here, there := h.mustLoad(), h.mustLoad()
	sealed := seal(t, there, "张晓琳", "account/1/name")
	if err := here.Rewrap(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("with no file: %v", err)
	}
	for range 2 { // a second attempt changes nothing
		if err := here.Rewrap(other.kek); err != nil {
			t.Fatal(err)
		}
	}
	if s := here.Standing(); s.Generation != 2 || s.KEK != other.kek {
		t.Errorf("%+v", s)
	}
	if err := there.Reload(); !errors.Is(err, sm.ErrWrongKEK) {
		t.Errorf("the other node has no such KEK yet: %v", err)
	}
	opens(t, there, sealed, "张晓琳", "account/1/name")
	if _, err := h.load(); !errors.Is(err, sm.ErrWrongKEK) {
		t.Errorf("a start with the old KEK: %v", err)
	}
	again, err := sm.LoadKeysBetween(h.dir, h.kek, other.kek, nil) // interrupted, it is begun again
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Rewrap(other.kek); err != nil || again.Standing().Generation != 2 {
		t.Errorf("begun again: %v, %+v", err, again.Standing())
	}
	if left := h.generations(); len(left) != 2 {
		t.Errorf("before the new KEK is in its place %v are left", left)
	}
	copied(t, other.kek, h.kek)
	if err := there.Reload(); err != nil || there.Standing().Generation != 2 {
		t.Errorf("with the KEK in its place: %v", err)
	}
	opens(t, h.mustLoad(), sealed, "张晓琳", "account/1/name")
	if left := h.generations(); !slices.Equal(left, []string{"keyring-000002.json"}) {
		t.Errorf("%v are left: the old KEK opens the first", left)
	}
}

// generations lists the files of the keyring.
func (h home) generations() (names []string) {
	h.t.Helper()
	entries, err := os.ReadDir(h.dir)
	h.try(err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A KEK that can't be replaced where it is, mounted or a link, is refused before anything is written.
func TestRenewRefusesAKEKThatCannotBeReplaced(t *testing.T) {
	for name, spoil := range map[string]func(h home){
		"mounted": func(h home) {
			sm.RefuseLinks(h.t, h.kek, syscall.EXDEV)
		},
		"link": func(h home) {
			h.try(os.Rename(h.kek, h.kek+".elsewhere"))
			h.try(os.Symlink(h.kek+".elsewhere", h.kek))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			k := h.mustLoad()
			spoil(h)
			if _, err := k.Renew(); err == nil || !strings.Contains(err.Error(), "--kek") {
				t.Errorf("%v", err)
			}
			if _, err := os.Lstat(h.kek + ".next"); !os.IsNotExist(err) {
				t.Errorf("a new KEK was written: %v", err)
			}
			if left := h.generations(); len(left) != 1 {
				t.Errorf("a generation was written: %v", left)
			}
		})
	}
}

// What an administrator writes belongs to whom the file before belonged to, and is open to the same.
func TestNewFilesBelongToTheService(t *testing.T) {
	h := newHome(t)
	k := h.mustLoad()
	service := os.Geteuid()
	if service == 0 {
		service = 12345
	}
	h.try(os.Chmod(h.kek, 0o640))
	h.try(os.Chown(h.kek, os.Geteuid(), service)) // root's, for the service's group
	first := filepath.Join(h.dir, "keyring-000001.json")
	h.try(os.Chown(first, service, service))
	h.try(k.Rotate())
	_, err := k.Renew()
	h.try(err)
	for path, want := range map[string]struct {
		mode       os.FileMode
		user, team int
	}{
		h.kek: {0o640, os.Geteuid(), service},
		filepath.Join(h.dir, "keyring-000003.json"): {0o600, service, service},
	} {
		info, err := os.Stat(path)
		h.try(err)
		is, ok := info.Sys().(*syscall.Stat_t)
		if !ok || info.Mode().Perm() != want.mode || int(is.Uid) != want.user || int(is.Gid) != want.team {
			t.Errorf("%s: %v, %+v", path, info.Mode(), is)
		}
	}
}
