// Package hsm keeps the private keys of seals: in a cryptographic device (密码机), or in files where there is none.
//
// [Device] is the seam: the few functions of SDF (GB/T 36322) and PKCS #11 that seals need. Keys have names and never leave. A driver of a real device
// meets it with its own library; [Files] meets it with keys in files, sealed by the keyring, which is fit for trying out; [Simulator] breaks in the
// ways devices break. [Keys] gives a device's keys to the program as crypto.Signer, each call with a limit of time.
package hsm

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/memo"
	"xiangyun/internal/platform/sm"
)

// ErrNoKey says that a device has no key of a name.
var ErrNoKey = errors.New("the device has no key of this name")

// Device is a cryptographic device.
type Device interface {
	// Generate makes an SM2 key, or one on P-256 under a name that ends with seal.Western; with a key of the name there it does nothing.
	Generate(ctx context.Context, name string) error
	// Public returns a key's public half; ErrNoKey.
	Public(ctx context.Context, name string) (crypto.PublicKey, error)
	// Sign signs a message with SM2 and SM3 under the default user id, or a digest with a key on P-256; ErrNoKey.
	Sign(ctx context.Context, name string, message []byte) ([]byte, error)
}

// Keys gives the keys of a device to the program.
type Keys struct {
	Device Device
	Limit  time.Duration // of one call, 10 s when 0
}

func (k Keys) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := k.Limit
	if limit == 0 {
		limit = 10 * time.Second
	}
	return context.WithTimeout(ctx, limit)
}

// Create returns a key's public half, making the key when there is none.
func (k Keys) Create(ctx context.Context, name string) (crypto.PublicKey, error) {
	ctx, cancel := k.limited(ctx)
	defer cancel()
	if err := k.Device.Generate(ctx, name); err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return k.Device.Public(ctx, name)
}

// Signer returns a signer of messages, as those of package sm are. It lives as long as ctx.
func (k Keys) Signer(ctx context.Context, name string) (crypto.Signer, error) {
	within, cancel := k.limited(ctx)
	defer cancel()
	pub, err := k.Device.Public(within, name)
	if err != nil {
		return nil, fmt.Errorf("finding a key: %w", err)
	}
	return signer{k, ctx, name, pub}, nil
}

type signer struct {
	keys Keys
	ctx  context.Context //nolint:containedctx // crypto.Signer has no place for it
	name string
	pub  crypto.PublicKey
}

// Public implements crypto.Signer.
func (s signer) Public() crypto.PublicKey { return s.pub }

// Sign implements crypto.Signer for messages, for digests with a key on P-256.
func (s signer) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	hash := crypto.Hash(0)
	if opts != nil {
		hash = opts.HashFunc()
	}
	if western := strings.HasSuffix(s.name, seal.Western); western != (hash == crypto.SHA256) || !western && hash != 0 {
		return nil, errors.New("the device signs messages with SM2, SHA-256 digests with P-256")
	}
	ctx, cancel := s.keys.limited(s.ctx)
	defer cancel()
	signature, err := s.keys.Device.Sign(ctx, s.name, message)
	if err != nil {
		return nil, fmt.Errorf("signing in the device: %w", err)
	}
	return signature, nil
}

// Files is a device whose keys are files in a folder, each sealed by the keyring under its name.
type Files struct {
	folder  string
	secrets *sm.Keyring
	opened  *memo.Memo[string, crypto.Signer] // a key never changes
}

// mostOpened bounds the keys held open.
const mostOpened = 1000

// OpenFiles returns the device of a folder, which is made when it is not there.
func OpenFiles(folder string, secrets *sm.Keyring) (*Files, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of keys: %w", err)
	}
	return &Files{folder, secrets, memo.New[string, crypto.Signer](mostOpened)}, nil
}

var plainName = regexp.MustCompile(`^[a-z0-9.-]{1,80}$`)

func (f *Files) path(name string) (string, error) {
	if !plainName.MatchString(name) {
		return "", ErrNoKey
	}
	return filepath.Join(f.folder, name+".key"), nil
}

func about(name string) []byte { return []byte("seal-key/" + name) }

// Generate implements Device. A key comes under its name by a hard link, which exactly one process can do: two nodes get one key.
func (f *Files) Generate(_ context.Context, name string) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	raw := make([]byte, 32)
	for {
		if _, err := rand.Read(raw); err != nil {
			return fmt.Errorf("drawing a key: %w", err)
		}
		if _, err := parse(name, raw); err == nil { // all but some in 2³² are keys
			break
		}
	}
	sealed, err := f.secrets.Seal(raw, about(name))
	if err != nil {
		return err
	}
	fresh, err := f.written(sealed)
	if err != nil {
		return err
	}
	defer os.Remove(fresh)
	if err := os.Link(fresh, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("writing a key: %w", err)
	}
	return nil
}

// Reseal seals anew what older keys of the keyring have sealed, and returns how many keys those were, and how many do not open or can't be read: those are left
// as they are. Each file is replaced by a whole one.
func (f *Files) Reseal(ctx context.Context) (done, failed int, err error) {
	names, err := f.names()
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return done, failed, err
		}
		again, err := f.again(name)
		switch {
		case errors.Is(err, syscall.ENOSPC):
			return done, failed, fmt.Errorf("key %s: %w", name, err)
		case err != nil:
			failed++
		case again:
			done++
		}
	}
	return done, failed, nil
}

// Stale counts the keys that the newest key of the keyring has not sealed.
func (f *Files) Stale(ctx context.Context) (n int64, err error) {
	names, err := f.names()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		if sealed, err := os.ReadFile(filepath.Join(f.folder, name+".key")); err != nil || !f.secrets.Fresh(sealed) {
			n++
		}
	}
	return n, nil
}

// names lists the keys there are.
func (f *Files) names() (names []string, err error) {
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		return nil, fmt.Errorf("reading the folder of keys: %w", err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".key"); ok && plainName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (f *Files) again(name string) (bool, error) {
	path := filepath.Join(f.folder, name+".key")
	sealed, err := os.ReadFile(path)
	if err != nil || f.secrets.Fresh(sealed) {
		return false, err
	}
	raw, err := f.secrets.Open(sealed, about(name))
	if err != nil {
		return false, err
	}
	if sealed, err = f.secrets.Seal(raw, about(name)); err != nil {
		return false, err
	}
	fresh, err := f.written(sealed)
	if err != nil {
		return false, err
	}
	if err := os.Rename(fresh, path); err != nil {
		return false, errors.Join(err, os.Remove(fresh))
	}
	return true, nil
}

// written writes a key into a file of its own, and returns its name.
func (f *Files) written(sealed []byte) (string, error) {
	fresh, err := os.CreateTemp(f.folder, "new-*")
	if err != nil {
		return "", fmt.Errorf("writing a key: %w", err)
	}
	_, err = fresh.Write(sealed)
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("writing a key: %w", err), os.Remove(fresh.Name()))
	}
	return fresh.Name(), nil
}

// parse reads a key in its raw form of 32 bytes.
func parse(name string, raw []byte) (crypto.Signer, error) {
	if strings.HasSuffix(name, seal.Western) {
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	}
	return sm.NewSM2(raw)
}

func (f *Files) key(name string) (crypto.Signer, error) {
	k, ok, age := f.opened.Get(name)
	if ok {
		return k, nil
	}
	k, err := f.open(name)
	if err == nil {
		f.opened.Put(name, k, age)
	}
	return k, err
}

func (f *Files) open(name string) (crypto.Signer, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoKey
	}
	if err != nil {
		return nil, fmt.Errorf("reading a key: %w", err)
	}
	raw, err := f.secrets.Open(sealed, about(name))
	if err != nil {
		return nil, fmt.Errorf("opening a key: %w", err)
	}
	return parse(name, raw)
}

// Public implements Device.
func (f *Files) Public(_ context.Context, name string) (crypto.PublicKey, error) {
	k, err := f.key(name)
	if err != nil {
		return nil, err
	}
	return k.Public(), nil
}

// Sign implements Device.
func (f *Files) Sign(_ context.Context, name string, message []byte) ([]byte, error) {
	k, err := f.key(name)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, seal.Western) {
		return k.Sign(rand.Reader, message, crypto.SHA256)
	}
	return sm.Sign(k, message)
}
