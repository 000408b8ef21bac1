package sm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// nextKEK is where a new KEK lies until it takes the place of the one before, which is kept as beforeKEK.
func nextKEK(file string) string { return file + ".next" }

func beforeKEK(file string, generation int) string {
	return fmt.Sprintf("%s.until-%06d", file, generation)
}

// unlock opens the text of a generation with the KEK in its place. Where that is not the right one a new KEK may be on its way there: the generation is
// written before the file is moved, so that whoever is interrupted in between, or reads just then, opens it with the next one. The last that is tried is the
// one a wrapping with a KEK from elsewhere is given, which may have been interrupted after it wrote.
func (k *Keyring) unlock(text []byte) (generation int, s secrets, err error) {
	_, generation, s, err = k.find(text)
	return generation, s, err
}

// find returns the KEK that a generation is wrapped with, and what is in it.
func (k *Keyring) find(text []byte) (kek, int, secrets, error) {
	files := []string{k.kekFile, nextKEK(k.kekFile)}
	if k.newFile != "" {
		files = append(files, k.newFile)
	}
	for _, file := range files {
		key, err := readKEK(file)
		if file != k.kekFile && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, 0, secrets{}, err
		}
		if generation, s, err := key.decode(text); !errors.Is(err, ErrWrongKEK) {
			return key, generation, s, err
		}
	}
	return nil, 0, secrets{}, ErrWrongKEK
}

// lock returns the KEK that a generation on disk is wrapped with, for the one after it.
func (k *Keyring) lock(generation int) (kek, error) {
	text, err := os.ReadFile(k.path(generation))
	if err != nil {
		return nil, fmt.Errorf("reading keyring: %w", err)
	}
	key, _, _, err := k.find(text)
	if err != nil {
		return nil, fmt.Errorf("opening %s with the KEK in %s: %w", k.path(generation), k.kekFile, err)
	}
	return key, nil
}

// forget removes the older generations that another KEK than the one in its place has wrapped, once the newest is wrapped with that: they hold the same data
// keys, and whoever has an old KEK would open them for ever, here and in every backup. Running processes hold what they need of them.
func (k *Keyring) forget() error {
	if k.dir == "" {
		return nil
	}
	key, err := readKEK(k.kekFile)
	if err != nil {
		return err
	}
	newest, err := latest(k.dir)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return fmt.Errorf("reading key folder: %w", err)
	}
	var old []string
	for _, e := range entries {
		path := filepath.Join(k.dir, e.Name())
		if !generationName.MatchString(e.Name()) || path > k.path(newest) {
			continue // or written since, under a KEK that is just taking its place
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process forgets as well
		}
		if err != nil {
			return fmt.Errorf("reading keyring: %w", err)
		}
		_, _, err = key.decode(text)
		switch wrong := errors.Is(err, ErrWrongKEK); {
		case path == k.path(newest) && err != nil:
			return nil // its KEK is not in its place yet
		case wrong:
			old = append(old, path)
		}
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing what an old KEK has wrapped: %w", err)
		}
	}
	if len(old) == 0 {
		return nil
	}
	return syncFolder(k.path(newest))
}

// Rewrap writes the next generation under the KEK in newKEKFile, which must exist, and uses that file from now on. Other processes take it up when the file
// stands where they look for their KEK; until then they go on with what they have. The first that finds it there removes the older generations.
func (k *Keyring) Rewrap(newKEKFile string) error {
	key, err := readKEK(newKEKFile)
	if err != nil {
		return err
	}
	if err := k.rewrap(key); err != nil {
		return err
	}
	k.mu.Lock()
	k.kekFile = newKEKFile
	k.mu.Unlock()
	return k.reload()
}

// rewrap writes the next generation under key, unless the newest is under it already.
func (k *Keyring) rewrap(key kek) error {
	if k.dir == "" {
		return errors.New("rewrapping keyring: it lives in memory only")
	}
	if err := k.reload(); err != nil {
		return err
	}
	k.mu.RLock()
	generation, s := k.generation, k.secrets
	k.mu.RUnlock()
	text, err := os.ReadFile(k.path(generation))
	if err != nil {
		return fmt.Errorf("reading keyring: %w", err)
	}
	if _, _, err := key.decode(text); err == nil {
		return nil // whoever was interrupted had come so far
	}
	if err := k.write(key, generation+1, s); err != nil {
		return fmt.Errorf("rewrapping keyring: %w", err)
	}
	return nil
}

// Renew draws a new KEK, writes the next generation under it and puts it in the old one's place; all processes that read it there take it up. It returns the
// file the old KEK is kept in: it opens the backups that were made before, and nothing newer; the older generations are removed. Interrupted, it is begun again
// and goes on where it was. A KEK file that can't be replaced is refused before anything is written.
func (k *Keyring) Renew() (before string, err error) {
	if err := k.replaceable(); err != nil {
		return "", err
	}
	next := nextKEK(k.kekFile)
	if _, err := os.Stat(next); errors.Is(err, fs.ErrNotExist) {
		fresh, err := newKEK()
		if err != nil {
			return "", err
		}
		if err := createOnce(next, fresh.text(), k.kekFile); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("creating KEK: %w", err)
		}
	}
	key, err := readKEK(next)
	if err != nil {
		return "", err
	}
	if err := k.rewrap(key); err != nil {
		return "", err
	}
	if err := k.reload(); err != nil {
		return "", err
	}
	k.mu.RLock()
	before = beforeKEK(k.kekFile, k.generation)
	k.mu.RUnlock()
	if err := os.Link(k.kekFile, before); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("keeping the old KEK: %w", err)
	}
	if err := os.Rename(next, k.kekFile); err != nil {
		return "", fmt.Errorf("putting the KEK in its place: %w", err)
	}
	if err := syncFolder(k.kekFile); err != nil {
		return "", err
	}
	return before, k.forget()
}

// replaceable refuses a KEK file that another can't take the place of: one that is mounted, or a link into a secret store. A hard link beside it can be made
// exactly where a rename can.
func (k *Keyring) replaceable() error {
	if k.dir == "" {
		return errors.New("rewrapping keyring: it lives in memory only")
	}
	info, err := os.Lstat(k.kekFile)
	if err != nil {
		return fmt.Errorf("reading KEK: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("the KEK file %s is a link to where it is kept: put a new KEK there, as a second file, and name it with --kek", k.kekFile)
	}
	trial := k.kekFile + ".trial"
	if err := os.Remove(trial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder of the KEK file can't be written: %w", err)
	}
	if err := link(k.kekFile, trial); err != nil {
		return fmt.Errorf("the KEK file %s can't be replaced where it is, as when it is mounted: make a new KEK where it comes from and name it with --kek: %w", k.kekFile, err)
	}
	if err := os.Remove(trial); err != nil {
		return fmt.Errorf("the folder of the KEK file can't be written: %w", err)
	}
	return nil
}

// link is a variable for a test of a file that is mounted.
var link = os.Link

// Standing is how a keyring is.
type Standing struct {
	Generation int    `json:"generation"`
	DataKeys   int    `json:"data_keys"`
	KEK        string `json:"kek"` // the file
}

// Counts are its numbers, for the log.
func (s Standing) Counts() map[string]int {
	return map[string]int{"generation": s.Generation, "data_keys": s.DataKeys}
}

// Standing tells how the keyring is, without anything secret.
func (k *Keyring) Standing() Standing {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return Standing{k.generation, len(k.secrets.data), k.kekFile}
}

// Head is how every value begins that was sealed with the newest key.
func (k *Keyring) Head() []byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return append([]byte{sealedVersion}, k.secrets.current[:]...)
}
