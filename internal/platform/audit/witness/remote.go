package witness

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/platform/audit"
)

// patience is how long a witness may take to answer.
const patience = 10 * time.Second

// Remote is a witness elsewhere. It implements [audit.Witness].
type Remote struct {
	URL    string // prefix of add-checkpoint
	Public audit.Key
	HTTP   *http.Client // nil means one that waits ten seconds
}

// Key implements audit.Witness.
func (r *Remote) Key() audit.Key { return r.Public }

// AddCheckpoint implements audit.Witness.
func (r *Remote) AddCheckpoint(ctx context.Context, s audit.Submission) (string, error) {
	status, kind, body, err := r.call(ctx, http.MethodPost, "/add-checkpoint", FormatSubmission(s))
	if err != nil {
		return "", err
	}
	switch status {
	case http.StatusOK:
		return body, nil
	case http.StatusConflict:
		known, err := strconv.ParseInt(strings.TrimSpace(body), 10, 64)
		if err != nil || kind != sizeType {
			known = s.Old // it said that they differ and not what it knows: the same again would not help
		}
		return "", &audit.ConflictError{Known: known}
	case http.StatusUnprocessableEntity:
		return "", audit.ErrInconsistent
	case http.StatusNotFound, http.StatusForbidden, http.StatusBadRequest:
		return "", fmt.Errorf("%w: it answered %d", audit.ErrRefused, status)
	}
	return "", fmt.Errorf("the witness answered %d", status)
}

// Newest fetches what the witness cosigned last of a log. audit.ErrUnknown when it has not yet.
func (r *Remote) Newest(ctx context.Context, origin string) (string, error) {
	status, _, body, err := r.call(ctx, http.MethodGet, "/checkpoint?origin="+url.QueryEscape(origin), "")
	switch {
	case err != nil:
		return "", err
	case status == http.StatusNotFound:
		return "", audit.ErrUnknown
	case status != http.StatusOK:
		return "", fmt.Errorf("the witness answered %d", status)
	}
	return body, nil
}

// Shown fetches the line of the key the witness says it has. Compare it with one you have from elsewhere.
func (r *Remote) Shown(ctx context.Context) (string, error) {
	status, _, body, err := r.call(ctx, http.MethodGet, "/key", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the witness answered %d", status)
	}
	return strings.TrimSpace(body), err
}

func (r *Remote) call(ctx context.Context, method, path, body string) (status int, kind, answer string, err error) {
	q, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(r.URL, "/")+path, strings.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	client := r.HTTP
	if client == nil {
		client = &http.Client{Timeout: patience}
	}
	a, err := client.Do(q)
	if err != nil {
		return 0, "", "", err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, mostBody))
	return a.StatusCode, a.Header.Get("Content-Type"), string(text), err
}
