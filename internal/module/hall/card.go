package hall

import "context"

// Card is what an identity card says of its holder. It is handed on and never stored.
type Card struct{ Name, Number string }

// Reader reads the identity card that lies on the reader of a place, met by an adapter. fault.Busy "hall.no_reader" where none is connected,
// fault.Invalid "hall.no_card" when no card lies there.
type Reader interface {
	Read(ctx context.Context, place string) (Card, error)
	// Simulated tells that the cards are invented: pages say so.
	Simulated() bool
}
