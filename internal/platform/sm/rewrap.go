package sm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// nextKEK is where a new KEK lies until it takes the place of the one before, which is kept as beforeKEK.
func nextKEK(file string) string { return file + ".next" }

func beforeKEK(file string, generation int) string {
	return fmt.Sprintf("%s.until-%06d", file, generation)
}

// unlock opens the text of a generation with the KEK in its place. Where that is not the right one a new KEK may be on its way there: the generation is
// written before the file is moved, so that whoever is interrupted in between, or reads just then, opens it with the next one.
func (k *Keyring) unlock(text []byte) (int, secrets, error) {
	key, err := readKEK(k.kekFile)
	if err != nil {
		return 0, secrets{}, err
	}
	generation, s, err := key.decode(text)
	if !errors.Is(err, ErrWrongKEK) {
		return generation, s, err
	}
	next, nerr := readKEK(nextKEK(k.kekFile))
	if errors.Is(nerr, fs.ErrNotExist) {
		return generation, s, err
	}
	if nerr != nil {
		return 0, s, nerr
	}
	return next.decode(text)
}

// lock returns the KEK that a generation on disk is wrapped with, for the one after it.
func (k *Keyring) lock(generation int) (kek, error) {
	text, err := os.ReadFile(k.path(generation))
	if err != nil {
		return nil, fmt.Errorf("reading keyring: %w", err)
	}
	for _, file := range []string{k.kekFile, nextKEK(k.kekFile)} {
		key, err := readKEK(file)
		if file != k.kekFile && errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, err
		}
		if _, _, err := key.decode(text); !errors.Is(err, ErrWrongKEK) {
			return key, err
		}
	}
	return nil, fmt.Errorf("opening %s with the KEK in %s: %w", k.path(generation), k.kekFile, ErrWrongKEK)
}

// Rewrap writes the next generation under the KEK in newKEKFile, which must exist, and uses that file from now on. Other processes take it up when the file
// stands where they look for their KEK; until then they go on with what they have. The older generations stay readable with the old KEK until they are
// removed by hand.
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
// file the old KEK is kept in: it opens the backups that were made before, and nothing newer. Interrupted, it is begun again and goes on where it was.
func (k *Keyring) Renew() (before string, err error) {
	next := nextKEK(k.kekFile)
	if _, err := os.Stat(next); errors.Is(err, fs.ErrNotExist) {
		fresh, err := newKEK()
		if err != nil {
			return "", err
		}
		if err := createOnce(next, fresh.text()); err != nil && !errors.Is(err, fs.ErrExist) {
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
	return before, syncFolder(k.kekFile)
}

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
