package witness

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"xiangyun/internal/platform/audit"
)

// Params say which witness to open.
type Params struct {
	Name   string      // of its key, "witness.example/w1"
	Folder string      // of its key and state; made when it is missing
	Logs   []audit.Key // whose checkpoints it cosigns: every key of a log must have signed, and the key's name is the log's origin
}

// Witness cosigns. Safe for concurrent use; one process a folder. It implements [audit.Witness].
type Witness struct {
	key    audit.Key
	signer ed25519.PrivateKey
	folder string
	logs   map[string][]audit.Key // by origin
	lock   *os.File

	mu    sync.Mutex
	state map[string]string // origin → note cosigned last, with our line; as it is on disk
	now   func() time.Time
	sync  func(*os.File) error // tests make it fail
}

const (
	keyFile   = "key"
	stateFile = "state.json"
)

// Open opens a witness, and makes its key and empty state in a folder that has neither.
func Open(p Params) (*Witness, error) {
	if err := os.MkdirAll(p.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the witness's folder: %w", err)
	}
	w := &Witness{folder: p.Folder, logs: map[string][]audit.Key{}, state: map[string]string{}, now: time.Now, sync: (*os.File).Sync}
	for _, k := range p.Logs {
		if k.Witness {
			return nil, fmt.Errorf("%s is the key of a witness, not of a log", k.Name)
		}
		w.logs[k.Name] = append(w.logs[k.Name], k)
	}
	if len(w.logs) == 0 {
		return nil, errors.New("a witness needs the keys of a log")
	}
	var err error
	if w.lock, err = os.OpenFile(filepath.Join(p.Folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("locking the witness's folder: %w", err)
	}
	if err := syscall.Flock(int(w.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another process is the witness of %s", p.Folder), w.lock.Close())
	}
	if err := w.load(p.Name); err != nil {
		return nil, errors.Join(err, w.lock.Close())
	}
	return w, nil
}

// Close lets another process be the witness.
func (w *Witness) Close() error { return w.lock.Close() }

// load reads key and state.
func (w *Witness) load(name string) error {
	seed, err := os.ReadFile(filepath.Join(w.folder, keyFile))
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return fmt.Errorf("reading the witness's key: %w", err)
	}
	if fresh {
		// The state comes first: a key that was ever used has a state beside it.
		if err := w.store(); err != nil {
			return err
		}
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return fmt.Errorf("making the witness's key: %w", err)
		}
		seed = []byte(base64.StdEncoding.EncodeToString(key.Seed()) + "\n")
		if err := w.replace(keyFile, seed); err != nil {
			return fmt.Errorf("keeping the witness's key: %w", err)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(seed)))
	if err != nil || len(raw) != ed25519.SeedSize {
		return fmt.Errorf("%s holds no key of a witness", filepath.Join(w.folder, keyFile))
	}
	w.signer = ed25519.NewKeyFromSeed(raw)
	if w.key, err = audit.WitnessKey(name, w.signer.Public()); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(w.folder, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has a key but no state: a witness that forgot what it signed must not go on; make a new one in another folder", w.folder)
	}
	if err != nil {
		return fmt.Errorf("reading the witness's state: %w", err)
	}
	if err := json.Unmarshal(text, &w.state); err != nil {
		return fmt.Errorf("reading the witness's state: %w", err)
	}
	return nil
}

// Key implements audit.Witness.
func (w *Witness) Key() audit.Key { return w.key }

// Newest returns the note it cosigned last of a log, its own line below it; audit.ErrUnknown before the first.
func (w *Witness) Newest(origin string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	note, ok := w.state[origin]
	if !ok {
		return "", audit.ErrUnknown
	}
	return note, nil
}

// errMalformed is a request nobody could answer.
var errMalformed = errors.New("the request is not as C2SP tlog-witness has it")

// AddCheckpoint implements audit.Witness: verify, compare, store, sign, one request after the other.
func (w *Witness) AddCheckpoint(_ context.Context, s audit.Submission) (string, error) {
	origin, _, _ := strings.Cut(s.Note, "\n")
	keys := w.logs[origin]
	if len(keys) == 0 {
		return "", fmt.Errorf("%w: %w", audit.ErrRefused, audit.ErrUnknown)
	}
	c, err := audit.VerifyCheckpoint(s.Note, keys)
	if err != nil {
		return "", fmt.Errorf("%w: %w", audit.ErrRefused, err)
	}
	if s.Old < 0 || s.Old > c.Size || s.Old == 0 && len(s.Proof) > 0 {
		return "", errMalformed
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var last audit.Checkpoint
	if note, ok := w.state[origin]; ok {
		if last, err = audit.VerifyCheckpoint(note, keys); err != nil {
			return "", fmt.Errorf("reading what was cosigned last: %w", err)
		}
	}
	switch {
	case s.Old != last.Size:
		return "", &audit.ConflictError{Known: last.Size}
	case last.Note != "" && c.Size == last.Size && !bytes.Equal(c.Root, last.Root):
		return "", &audit.ConflictError{Known: last.Size}
	case last.Size > 0 && audit.VerifyConsistency(last.Size, c.Size, s.Proof, last.Root, c.Root) != nil:
		return "", audit.ErrInconsistent
	}
	line, err := audit.Cosign(s.Note, w.key.Name, w.signer, w.now())
	if err != nil {
		return "", err
	}
	before, had := w.state[origin]
	w.state[origin] = s.Note + line
	if err := w.store(); err != nil {
		// Whether it reached the disk is unknown. In memory it counts as not signed; on disk it is at most a note that continues the last.
		if delete(w.state, origin); had {
			w.state[origin] = before
		}
		return "", err
	}
	return line, nil
}

// store writes the state so that it is whole after a crash, the old or the new.
func (w *Witness) store() error {
	text, err := json.MarshalIndent(w.state, "", "  ")
	if err == nil {
		err = w.replace(stateFile, text)
	}
	if err != nil {
		return fmt.Errorf("keeping the witness's state: %w", err)
	}
	return nil
}

func (w *Witness) replace(name string, text []byte) error {
	f, err := os.CreateTemp(w.folder, ".new-*") // created 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = w.sync(f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(w.folder, name)); err != nil {
		return err
	}
	d, err := os.Open(w.folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
