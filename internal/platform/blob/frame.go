package blob

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"xiangyun/internal/platform/sm"
)

// ErrDamaged says that a stored file is not what was stored.
var ErrDamaged = errors.New("the stored file is damaged")

const (
	magic     = "XYBLOB1\n"
	frameSize = 64 << 10
	saltSize  = 16
	openSize  = len(magic) + 4 + saltSize // the part of the head that is not sealed
	metaSize  = sha256.Size + 8 + 1
	headSize  = openSize + metaSize + sm.TagSize
	purpose   = "blob"
)

// Nonces are told apart by their first byte: the head has one of its own, frames are numbered.
const (
	nonceHead  = 1
	nonceFrame = 2
)

func nonce(kind byte, n uint64) []byte {
	b := make([]byte, sm.NonceSize)
	b[0] = kind
	binary.BigEndian.PutUint64(b[4:], n)
	return b
}

// head is the sealed part of a file's beginning.
type head struct {
	sum  [sha256.Size]byte
	size int64
	kind kind
}

// writer encrypts what is written to it into frames. The head is written last, into the room left for it: until then the file
// does not open.
type writer struct {
	f      tempFile
	aead   cipher.AEAD
	open   []byte // magic, key id, salt
	plain  []byte // the frame being filled
	sealed []byte
	frames uint64
	size   int64
}

func newWriter(f tempFile, keys *sm.Keyring) (*writer, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return nil, fmt.Errorf("drawing salt: %w", err)
	}
	id, aead, err := keys.Derive(purpose, salt)
	if err != nil {
		return nil, fmt.Errorf("deriving file key: %w", err)
	}
	w := &writer{f: f, aead: aead, plain: make([]byte, 0, frameSize), sealed: make([]byte, 0, frameSize+sm.TagSize)}
	w.open = append(append(append(w.open, magic...), id[:]...), salt...)
	if _, err := f.Write(make([]byte, headSize)); err != nil {
		return nil, fmt.Errorf("writing file: %w", err)
	}
	return w, nil
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := copy(w.plain[len(w.plain):frameSize], rest)
		w.plain = w.plain[:len(w.plain)+n]
		rest = rest[n:]
		if len(w.plain) == frameSize {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	w.size += int64(len(p))
	return len(p), nil
}

func (w *writer) flush() error {
	if len(w.plain) == 0 {
		return nil
	}
	w.sealed = w.aead.Seal(w.sealed[:0], nonce(nonceFrame, w.frames), w.plain, w.open)
	if _, err := w.f.Write(w.sealed); err != nil {
		return err
	}
	w.frames++
	w.plain = w.plain[:0]
	return nil
}

// flushed ends the content and returns a reader over it, before the head is written.
func (w *writer) flushed(f io.ReaderAt) (io.ReaderAt, int64, error) {
	if err := w.flush(); err != nil {
		return nil, 0, fmt.Errorf("writing file: %w", err)
	}
	return &reader{f: f, aead: w.aead, open: w.open, head: head{size: w.size}, frame: -1}, w.size, nil
}

// finish writes the last frame and the head. Nothing may be written after it.
func (w *writer) finish(k kind, sum [sha256.Size]byte) error {
	if err := w.flush(); err != nil {
		return fmt.Errorf("writing file: %w", err)
	}
	meta := make([]byte, 0, metaSize)
	meta = append(meta, sum[:]...)
	meta = binary.BigEndian.AppendUint64(meta, uint64(w.size))
	meta = append(meta, byte(k))
	text := w.aead.Seal(append([]byte(nil), w.open...), nonce(nonceHead, 0), meta, w.open)
	if _, err := w.f.WriteAt(text, 0); err != nil {
		return fmt.Errorf("writing file: %w", err)
	}
	return nil
}

// reader decrypts a stored file. It is used by one goroutine.
type reader struct {
	f     io.ReaderAt
	close func() error
	aead  cipher.AEAD
	open  []byte
	head  head

	at     int64 // where Read goes on
	frame  int64 // the frame in plain, -1 for none
	plain  []byte
	sealed []byte
}

// newReader reads the head of a file of this length. It checks that the length is the one the head says.
func newReader(f io.ReaderAt, length int64, keys *sm.Keyring) (*reader, error) {
	b := make([]byte, headSize)
	if length < int64(headSize) {
		return nil, fmt.Errorf("shorter than its head: %w", ErrDamaged)
	}
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading head: %w", err)
	}
	open := b[:openSize]
	if string(open[:len(magic)]) != magic {
		return nil, fmt.Errorf("no head: %w", ErrDamaged)
	}
	id, salt := [4]byte(open[len(magic):]), open[len(magic)+4:]
	aead, err := keys.DeriveFrom(id, purpose, salt)
	if errors.Is(err, sm.ErrUnknownKey) {
		return nil, errors.Join(err, ErrDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("deriving file key: %w", err)
	}
	meta, err := aead.Open(nil, nonce(nonceHead, 0), b[openSize:], open)
	if err != nil {
		return nil, fmt.Errorf("head does not open: %w", ErrDamaged)
	}
	r := &reader{f: f, aead: aead, open: open, frame: -1}
	copy(r.head.sum[:], meta)
	r.head.size = int64(binary.BigEndian.Uint64(meta[sha256.Size:]))
	r.head.kind = kind(meta[metaSize-1])
	if want := storedSize(r.head.size); want != length {
		return nil, fmt.Errorf("%d bytes on disk instead of %d: %w", length, want, ErrDamaged)
	}
	return r, nil
}

// storedSize is how many bytes a content of this size takes on disk.
func storedSize(size int64) int64 {
	frames := (size + frameSize - 1) / frameSize
	return int64(headSize) + size + frames*sm.TagSize
}

// load decrypts frame n unless it is already there.
func (r *reader) load(n int64) error {
	if r.frame == n {
		return nil
	}
	if r.plain == nil {
		r.plain, r.sealed = make([]byte, 0, frameSize), make([]byte, frameSize+sm.TagSize)
	}
	length := min(frameSize, r.head.size-n*frameSize)
	sealed := r.sealed[:length+sm.TagSize]
	r.frame = -1
	got, err := r.f.ReadAt(sealed, int64(headSize)+n*(frameSize+sm.TagSize))
	if got < len(sealed) {
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading file: %w", err)
		}
		return fmt.Errorf("frame %d is cut off: %w", n, ErrDamaged)
	}
	r.plain, err = r.aead.Open(r.plain[:0], nonce(nonceFrame, uint64(n)), sealed, r.open)
	if err != nil {
		return fmt.Errorf("frame %d does not open: %w", n, ErrDamaged)
	}
	r.frame = n
	return nil
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.at >= r.head.size {
		return 0, io.EOF
	}
	if err := r.load(r.at / frameSize); err != nil {
		return 0, err
	}
	n := copy(p, r.plain[r.at%frameSize:])
	r.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.head.size
	default:
		return 0, fmt.Errorf("seeking from %d: no such place", whence)
	}
	if offset < 0 {
		return 0, errors.New("seeking before the beginning")
	}
	r.at = offset
	return offset, nil
}

// ReadAt implements io.ReaderAt for the one goroutine that has the reader.
func (r *reader) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("reading before the beginning")
	}
	r.at = offset
	n, err := io.ReadFull(r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// Close implements io.Closer.
func (r *reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}
