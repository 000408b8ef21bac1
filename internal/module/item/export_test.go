package item

// Slice makes the slices of a recount small, so that a test sees many of them.
func (s *Service) Slice(bases, entries int) { s.slices.bases, s.slices.entries = bases, entries }

// RecountSlice does one slice of a recount.
var RecountSlice = (*Service).recountSlice

// DoProposal carries out what is still to come of a proposal.
var DoProposal = (*Service).doProposal
