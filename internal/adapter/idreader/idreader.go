// Package idreader reads identity cards at kiosks and windows (居民身份证阅读机具). The machines are others' and speak through a driver on the desk's own
// computer; what stands here is the seam and a simulator for the demo province.
package idreader

import (
	"context"
	"sync/atomic"

	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
)

// Simulator stands for a reader on which invented people lay their cards, one after the other. It must never serve real people.
type Simulator struct {
	cards []hall.Card
	next  atomic.Uint64
}

// NewSimulator returns a reader that gives these cards in turn; without any it gives those of [Invented].
func NewSimulator(cards ...hall.Card) *Simulator {
	if len(cards) == 0 {
		cards = Invented()
	}
	return &Simulator{cards: cards}
}

// Read implements hall.Reader.
func (s *Simulator) Read(context.Context, string) (hall.Card, error) {
	return s.cards[(s.next.Add(1)-1)%uint64(len(s.cards))], nil
}

// Simulated implements hall.Reader.
func (*Simulator) Simulated() bool { return true }

// Invented are people who do not exist; their numbers have right check digits (GB 11643). The first has an account in the demo province.
func Invented() []hall.Card {
	return []hall.Card{{Name: "张晓琳", Number: "220102199303082083"}, {Name: "高淑珍", Number: "220102195603121023"}, {Name: "马文静", Number: "220102198806153029"},
		{Name: "崔英爱", Number: "220104199901012045"}, {Name: "董国强", Number: "220103197309204114"}, {Name: "白梓涵", Number: "220105200107311023"}}
}

// Unconnected is what stands where no reader is connected: the number is typed.
type Unconnected struct{}

// Read implements hall.Reader.
func (Unconnected) Read(context.Context, string) (hall.Card, error) {
	return hall.Card{}, fault.New(fault.Busy, "hall.no_reader")
}

// Simulated implements hall.Reader.
func (Unconnected) Simulated() bool { return false }
