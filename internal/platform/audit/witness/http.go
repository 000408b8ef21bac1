package witness

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"xiangyun/internal/platform/audit"
)

const (
	mostBody  = 64 << 10 // a request has some 3 kB
	mostProof = 63       // C2SP: no tree of 2⁶³ leaves needs more
	sizeType  = "text/x.tlog.size"
)

// Handler serves a witness: POST /add-checkpoint as C2SP tlog-witness has it; GET /checkpoint?origin= gives what it cosigned last, for monitors, and
// GET /key its key.
func Handler(w *Witness) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /add-checkpoint", w.add)
	m.HandleFunc("GET /checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		note, err := w.Newest(r.URL.Query().Get("origin"))
		if err != nil {
			http.Error(rw, "nothing was cosigned of this log", http.StatusNotFound)
			return
		}
		plain(rw, note)
	})
	m.HandleFunc("GET /key", func(rw http.ResponseWriter, _ *http.Request) { plain(rw, w.Key().String()+"\n") })
	return m
}

func plain(rw http.ResponseWriter, text string) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(rw, text) // the caller may have gone
}

func (w *Witness) add(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, mostBody))
	if err != nil {
		http.Error(rw, errMalformed.Error(), http.StatusBadRequest)
		return
	}
	s, err := ParseSubmission(string(body))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	line, err := w.AddCheckpoint(r.Context(), s)
	conflict := (*audit.ConflictError)(nil)
	switch {
	case err == nil:
		plain(rw, line)
	case errors.As(err, &conflict):
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", conflict.Known)
	case errors.Is(err, audit.ErrInconsistent):
		http.Error(rw, err.Error(), http.StatusUnprocessableEntity)
	case errors.Is(err, audit.ErrUnknown):
		http.Error(rw, err.Error(), http.StatusNotFound)
	case errors.Is(err, audit.ErrRefused):
		http.Error(rw, err.Error(), http.StatusForbidden)
	case errors.Is(err, errMalformed):
		http.Error(rw, err.Error(), http.StatusBadRequest)
	default:
		http.Error(rw, "the witness could not store what it would sign", http.StatusInternalServerError)
	}
}

// FormatSubmission writes the body of add-checkpoint.
func FormatSubmission(s audit.Submission) string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", s.Old)
	for _, h := range s.Proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h) + "\n")
	}
	return b.String() + "\n" + s.Note
}

// ParseSubmission reads the body of add-checkpoint; what its note says is not believed yet.
func ParseSubmission(body string) (s audit.Submission, err error) {
	head, note, ok := strings.Cut(body, "\n\n")
	lines := strings.Split(head, "\n")
	old, isOld := strings.CutPrefix(lines[0], "old ")
	if !ok || !isOld || len(lines) > 1+mostProof {
		return s, errMalformed
	}
	if s.Old, err = strconv.ParseInt(old, 10, 64); err != nil || s.Old < 0 || strconv.FormatInt(s.Old, 10) != old {
		return s, errMalformed
	}
	for _, line := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != 32 {
			return s, errMalformed
		}
		s.Proof = append(s.Proof, h)
	}
	s.Note = note
	return s, nil
}
