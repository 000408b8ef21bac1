package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"xiangyun/internal/platform/audit"
)

// ErrUnreachable tells that the log, or a witness, could not be asked: nothing is known about it, good or bad.
var ErrUnreachable = errors.New("it can't be reached")

// base is where a log lies on its server.
const base = "/api/v1/log"

// mostAnswer bounds an answer; a full bundle has 8,704 bytes.
const mostAnswer = 1 << 20

// errAbsent is the server's answer that it has no such thing.
var errAbsent = errors.New("the server has no such thing")

// get fetches one thing of the log. errAbsent for 404 and 410, with the body of the latter.
func (m *Monitor) get(ctx context.Context, path string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(m.URL, "/")+base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	client := m.HTTP
	if client == nil {
		client = &http.Client{Timeout: 30 * time.Second}
	}
	a, err := client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(io.LimitReader(a.Body, mostAnswer))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	case a.StatusCode == http.StatusNotFound:
		return nil, errAbsent
	case a.StatusCode == http.StatusGone:
		return body, errErased
	case a.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: %s answered %d", ErrUnreachable, path, a.StatusCode)
	}
	return body, nil
}

// bundle fetches the commitments of a tile, the first n of it.
func (m *Monitor) bundle(ctx context.Context, place int64, n int) ([][]byte, error) {
	body, err := m.get(ctx, "/"+audit.TilePath{Entries: true, Place: place, Width: n}.String())
	if err != nil {
		return nil, err
	}
	return audit.ParseBundle(body, n)
}
