package hsm

import (
	"context"
	"crypto"
	"errors"
	"sync"
)

// Break is how a device breaks.
type Break int

// The ways.
const (
	Whole Break = iota
	Dead        // it fails and did nothing
	Deaf        // it did it, and fails to say so
	Slow        // it does not answer until the limit is over
	Wrong       // it answers with something else
)

// ErrBroken is what a broken device says.
var ErrBroken = errors.New("the device is broken")

// Simulator is a device that breaks as it is told. It is safe for concurrent use.
type Simulator struct {
	device Device

	mu     sync.Mutex
	how    map[string]Break
	Signed int // how often it signed, heard or not
}

// NewSimulator puts a simulator before a device that works.
func NewSimulator(d Device) *Simulator { return &Simulator{device: d, how: map[string]Break{}} }

// Break makes one call, "generate", "public" or "sign", break from now on; Whole mends it.
func (s *Simulator) Break(call string, how Break) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how[call] = how
}

// do runs one call in the way it is broken.
func (s *Simulator) do(ctx context.Context, call string, f func() error) error {
	s.mu.Lock()
	how := s.how[call]
	s.mu.Unlock()
	switch how {
	case Dead:
		return ErrBroken
	case Deaf:
		return errors.Join(ErrBroken, f())
	case Slow:
		<-ctx.Done()
		return ctx.Err()
	}
	return f()
}

// Generate implements Device.
func (s *Simulator) Generate(ctx context.Context, name string) error {
	return s.do(ctx, "generate", func() error { return s.device.Generate(ctx, name) })
}

// Public implements Device.
func (s *Simulator) Public(ctx context.Context, name string) (pub crypto.PublicKey, err error) {
	err = s.do(ctx, "public", func() error {
		pub, err = s.device.Public(ctx, name)
		return err
	})
	return pub, err
}

// Sign implements Device.
func (s *Simulator) Sign(ctx context.Context, name string, message []byte) (signature []byte, err error) {
	err = s.do(ctx, "sign", func() error {
		s.mu.Lock()
		s.Signed++
		wrong := s.how["sign"] == Wrong
		s.mu.Unlock()
		if wrong {
			message = append([]byte("another "), message...)
		}
		signature, err = s.device.Sign(ctx, name, message)
		return err
	})
	return signature, err
}
