package accountweb

import "time"

// SetClockForTest makes the sessions read this clock.
func (s *Sessions) SetClockForTest(now func() time.Time) { s.now = now }
