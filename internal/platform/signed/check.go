package signed

import (
	"bytes"
	"context"
	"errors"
	"time"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
)

// Check examines a file as of now. It keeps nothing and changes nothing; any bytes may be given.
func Check(ctx context.Context, content []byte, trust ses.Trust, now time.Time) Report {
	switch {
	case len(content) > paper.MaxFile:
		return Report{Refused: "large"}
	case bytes.HasPrefix(content, []byte("%PDF-")):
		return checkPDF(ctx, content, trust, now)
	}
	return checkOFD(ctx, content, trust, now)
}

// refuse says why a file is not looked at.
func refuse(f paper.Format, err error) Report {
	r := Report{Format: f, Refused: "format", Why: err.Error()}
	switch {
	case errors.Is(err, paper.ErrTooLarge):
		r.Refused = "large"
	case errors.Is(err, paper.ErrDamaged):
		r.Refused = "damaged"
	}
	return r
}
