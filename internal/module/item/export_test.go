package item

import "time"

// Slice makes the slices of a recount small, so that a test sees many of them.
func (s *Service) Slice(bases, entries int) { s.slices.bases, s.slices.entries = bases, entries }

// RecountSlice does one slice of a recount.
var RecountSlice = (*Service).recountSlice

// DoProposal carries out what is still to come of a proposal.
var DoProposal = (*Service).doProposal

// Spare has the meter take what it counted for as long in the counting that it is not counted again after a change; unspare, that the time has come.
func (s *Service) Spare() (unspare func()) {
	took := func(d time.Duration) { s.meter.counted.took, s.meter.astray.took = d, d }
	took(time.Hour)
	return func() { took(0) }
}
