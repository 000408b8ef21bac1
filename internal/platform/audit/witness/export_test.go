package witness

import (
	"errors"
	"os"
)

// FailToStore makes the disk fail until the function returned is called.
func (w *Witness) FailToStore() (mend func()) {
	w.sync = func(*os.File) error { return errors.New("the disk is full") }
	return func() { w.sync = (*os.File).Sync }
}
