package sm

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
)

var generationName = regexp.MustCompile(`^keyring-(\d{6})\.json$`)

// LoadKeys opens the keyring in dir with the KEK in kekFile, and makes what is missing on the first start: the KEK (0600,
// with a warning to log that it belongs in an HSM or secret store) and the first generation of the keyring. It refuses, with
// a plain error, a KEK that is not the keyring's (ErrWrongKEK), a keyring whose KEK is missing, and a KEK file that others
// may read. log may be nil: then slog's default is used.
func LoadKeys(dir, kekFile string, log *slog.Logger) (*Keyring, error) {
	return LoadKeysBetween(dir, kekFile, "", log)
}

// LoadKeysBetween is LoadKeys for whoever wraps the keyring with the KEK in newFile: the newest generation may be wrapped with that already.
func LoadKeysBetween(dir, kekFile, newFile string, log *slog.Logger) (*Keyring, error) {
	if log == nil {
		log = slog.Default()
	}
	if kekFile == "" {
		return nil, errors.New("loading keys: no KEK file configured")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making key folder: %w", err)
	}
	k := &Keyring{dir: dir, kekFile: kekFile, newFile: newFile}
	key, err := k.firstKEK(log)
	if err != nil {
		return nil, err
	}
	if n, err := latest(dir); err != nil {
		return nil, err
	} else if n == 0 {
		if err := k.first(key); err != nil {
			return nil, err
		}
	}
	if err := k.reload(); err != nil {
		return nil, err
	}
	if err := k.forget(); err != nil {
		log.Warn("what an old KEK has wrapped is still there", "error", err)
	}
	return k, k.upgrade()
}

// firstKEK returns the KEK and makes one where there is neither a KEK nor a keyring.
func (k *Keyring) firstKEK(log *slog.Logger) (kek, error) {
	key, err := readKEK(k.kekFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if n, err := latest(k.dir); err != nil {
		return nil, err
	} else if n > 0 {
		return nil, fmt.Errorf("the keyring in %s needs its KEK, and %s does not exist: put the file back, a new one opens nothing", k.dir, k.kekFile)
	}
	if key, err = newKEK(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(k.kekFile), 0o700); err != nil {
		return nil, fmt.Errorf("making KEK folder: %w", err)
	}
	err = createOnce(k.kekFile, key.text(), "")
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("creating KEK: %w", err)
	}
	if err == nil {
		log.Warn("made a new key encryption key (KEK) as a plain file: move it to an HSM or secret store before real data is kept", "file", k.kekFile)
	}
	return readKEK(k.kekFile)
}

// first writes the first generation. Losing to another process is success: that one's keys count.
func (k *Keyring) first(key kek) error {
	s, err := newSecrets()
	if err != nil {
		return err
	}
	if err := k.write(key, 1, s); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// upgrade adds the signers a newer program wants.
func (k *Keyring) upgrade() error {
	return k.change(func(s *secrets) (bool, error) { return s.addSigners() })
}

// Rotate adds a data key, which seals from now on; the old ones go on opening. Other processes take it up when they first
// meet a value sealed with it, or with Reload. On a keyring in memory it is only there.
func (k *Keyring) Rotate() error {
	return k.change(func(s *secrets) (bool, error) { return true, s.addDataKey() })
}

// change writes the next generation, made from the newest one on disk, and uses it. When another process writes one at the
// same moment it starts again from that one.
func (k *Keyring) change(f func(*secrets) (bool, error)) error {
	for {
		// One that fell far behind would write a generation that is gone, before the newest, and nobody would see it.
		if err := k.Reload(); err != nil {
			return err
		}
		k.mu.RLock()
		generation, s := k.generation, k.secrets.clone()
		k.mu.RUnlock()
		changed, err := f(&s)
		if err != nil || !changed {
			return err
		}
		if k.dir == "" {
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.use(generation+1, s)
		}
		key, err := k.lock(generation)
		if err != nil {
			return err
		}
		err = k.write(key, generation+1, s)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if rerr := k.reload(); rerr != nil || err == nil {
			return rerr
		}
	}
}

// Reload takes up what other processes have written since.
func (k *Keyring) Reload() error {
	if k.dir == "" {
		return nil
	}
	before := k.Standing().Generation
	if err := k.reload(); err != nil || k.Standing().Generation == before {
		return err
	}
	return k.forget()
}

func (k *Keyring) reload() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, err := latest(k.dir)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("no keyring in %s", k.dir)
	}
	if n == k.generation {
		return nil
	}
	path := k.path(n)
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading keyring: %w", err)
	}
	generation, s, err := k.unlock(text)
	if err != nil {
		return fmt.Errorf("opening %s with the KEK in %s: %w", path, k.kekFile, err)
	}
	if generation != n {
		return fmt.Errorf("%s says it is generation %d", path, generation)
	}
	return k.use(n, s)
}

func (k *Keyring) path(generation int) string {
	return filepath.Join(k.dir, fmt.Sprintf("keyring-%06d.json", generation))
}

func (k *Keyring) write(key kek, generation int, s secrets) error {
	text, err := key.encode(generation, s)
	if err != nil {
		return err
	}
	like := ""
	if generation > 1 {
		like = k.path(generation - 1)
	}
	if err := createOnce(k.path(generation), text, like); err != nil {
		return fmt.Errorf("writing keyring: %w", err)
	}
	return nil
}

// latest returns the number of the newest generation in dir, 0 when there is none.
func latest(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("reading key folder: %w", err)
	}
	newest := 0
	for _, e := range entries {
		if m := generationName.FindStringSubmatch(e.Name()); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				newest = max(newest, n)
			}
		}
	}
	return newest, nil
}

func readKEK(path string) (kek, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading KEK: %w", err)
	}
	if info.Mode().Perm()&0o027 != 0 {
		return nil, fmt.Errorf("the KEK file %s is open to others (mode %04o): make it 0600 or 0400", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading KEK: %w", err)
	}
	key, err := parseKEK(text)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return key, nil
}

// createOnce writes a complete, durable file under a name that must not exist: fs.ErrExist tells the one who came second. It belongs to whom the file like
// belongs to and is open to the same, so that what an administrator writes can be read by the service; without one it is the caller's alone.
func createOnce(path string, text []byte, like string) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".new-*") // created 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	if err == nil && like != "" {
		err = belongLike(temp, like)
	}
	if err == nil {
		err = temp.Sync()
	}
	if cerr := temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(temp.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncFolder(path)
}

// belongLike gives a file the owner, group and mode of another.
func belongLike(f *os.File, like string) error {
	want, err := os.Stat(like)
	if err != nil {
		return err
	}
	is, err := f.Stat()
	if err != nil {
		return err
	}
	to, toOK := want.Sys().(*syscall.Stat_t)
	from, fromOK := is.Sys().(*syscall.Stat_t)
	if toOK && fromOK && (to.Uid != from.Uid || to.Gid != from.Gid) {
		if err := f.Chown(int(to.Uid), int(to.Gid)); err != nil {
			return fmt.Errorf("%s belongs to user %d, and what you write as user %d would not: run this as that user or as root: %w", like, to.Uid, from.Uid, err)
		}
	}
	return f.Chmod(want.Mode().Perm()&^0o027 | 0o400)
}

// syncFolder makes the name of a file durable.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
