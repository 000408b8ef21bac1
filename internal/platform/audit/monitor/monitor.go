package monitor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/audit/witness"
)

// Monitor watches one log.
type Monitor struct {
	URL       string            // of the server, https://HOST
	Keys      []audit.Key       // of the log, got from elsewhere; without them those of the state, or at the first time whatever the server says
	Witnesses []audit.Key       // whose lines count
	Quorum    int               // how many of them must have signed; 0 asks for none
	Views     []*witness.Remote // witnesses that are asked themselves what they saw
	Full      bool              // reads the whole log, not only what is new: finds leaves that were changed after they were seen
	HTTP      *http.Client      // nil means one that waits half a minute
}

// The kinds of what is found.
const (
	Signature   = "signature"
	Shrunk      = "shrunk"
	Rewritten   = "rewritten"
	Split       = "split"
	Changed     = "changed"
	Removed     = "removed"
	Unwitnessed = "unwitnessed"
	Unlogged    = "unlogged"
)

// Fraud is something an honest log never does.
type Fraud struct {
	Kind     string   `json:"kind"`
	Sentence string   `json:"sentence"`
	Evidence []string `json:"evidence"` // signed notes: who has them can show the fraud to anybody
}

// Report is what one look found.
type Report struct {
	Origin    string   `json:"origin"`
	Size      int64    `json:"size"`
	Root      []byte   `json:"root"`
	Read      int64    `json:"read"`      // leaves that were new
	Witnessed int64    `json:"witnessed"` // size of the newest checkpoint that enough witnesses signed; -1 when none was asked for
	Notes     []string `json:"notes"`     // worth knowing, and no fraud
	Frauds    []Fraud  `json:"frauds"`
}

func (r *Report) fraud(kind string, evidence []string, sentence string, args ...any) {
	r.Frauds = append(r.Frauds, Fraud{kind, fmt.Sprintf(sentence, args...), evidence})
}

// look is one look under way.
type look struct {
	*Monitor
	state  State
	keys   []audit.Key
	report Report
	newest audit.Checkpoint
	claims []claim
}

// claim is a tree that somebody signed: at the end the tree recomputed must agree with each.
type claim struct {
	audit.Checkpoint
	who string
}

// Look looks at the log once. The state returned is what to keep for the next time; it is the old one when a fraud was found. The error is
// [ErrUnreachable], or about the state.
func (m *Monitor) Look(ctx context.Context, s State) (Report, State, error) {
	l := &look{Monitor: m, state: s, report: Report{Witnessed: -1, Notes: []string{}, Frauds: []Fraud{}}}
	next := s
	for _, step := range []func(context.Context) error{l.trust, l.views, l.witnessed, l.checkpoint} {
		if err := step(ctx); err != nil || len(l.report.Frauds) > 0 {
			return l.report, s, err
		}
	}
	tree, err := l.recompute(ctx)
	if err != nil || len(l.report.Frauds) > 0 {
		return l.report, s, err
	}
	next.Note, next.Size, next.Hashes = l.newest.Note, tree.Size(), tree.Hashes()
	next.Keys = nil
	for _, k := range l.keys {
		next.Keys = append(next.Keys, k.String())
	}
	for _, c := range l.claims {
		if c.who == enough {
			next.Witnessed = c.Note
		}
	}
	return l.report, next, nil
}

// trust finds the keys.
func (l *look) trust(ctx context.Context) (err error) {
	if l.keys = l.Keys; len(l.keys) > 0 {
		return nil
	}
	if l.keys, err = l.state.keys(); err != nil || len(l.keys) > 0 {
		return err
	}
	body, err := l.get(ctx, "/keys")
	if errors.Is(err, errAbsent) {
		return fmt.Errorf("%w: there is no log at %s", ErrUnreachable, l.URL)
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(body)) {
		k, err := audit.ParseKey(line)
		if err != nil {
			return fmt.Errorf("%w: its keys can't be read: %w", ErrUnreachable, err)
		}
		l.keys = append(l.keys, k)
	}
	if len(l.keys) == 0 {
		return fmt.Errorf("%w: it shows no keys", ErrUnreachable)
	}
	l.report.Notes = append(l.report.Notes, "the log's keys were taken from the log itself; compare them with what it is known by: "+l.keys[0].String())
	return nil
}

// views asks the witnesses themselves. It comes before the log is asked: what a witness has signed the log must have from then on.
func (l *look) views(ctx context.Context) error {
	for _, w := range l.Views {
		note, err := w.Newest(ctx, l.keys[0].Name)
		if errors.Is(err, audit.ErrUnknown) {
			l.report.Notes = append(l.report.Notes, "the witness "+w.Public.Name+" has not signed this log yet")
			continue
		}
		if err != nil {
			l.report.Notes = append(l.report.Notes, "the witness "+w.Public.Name+" can't be reached")
			continue
		}
		c, err := audit.VerifyCheckpoint(note, l.keys)
		if err == nil {
			_, err = audit.VerifyCosignatures(note, []audit.Key{w.Public})
		}
		if err != nil { // not signed by the log: it says nothing about it
			l.report.Notes = append(l.report.Notes, fmt.Sprintf("the witness %s shows something that is not signed: %v", w.Public.Name, err))
			continue
		}
		l.claims = append(l.claims, claim{c, "the witness " + w.Public.Name})
	}
	return nil
}

// enough names the claim that carries the quorum.
const enough = "enough witnesses"

// witnessed fetches the newest checkpoint that enough witnesses signed.
func (l *look) witnessed(ctx context.Context) error {
	if l.Quorum <= 0 {
		return nil
	}
	body, err := l.get(ctx, fmt.Sprintf("/checkpoint?witnesses=%d", l.Quorum))
	if errors.Is(err, errAbsent) {
		l.report.fraud(Unwitnessed, nil, "No checkpoint of the log is signed by %d witnesses. A log that shows different people different histories looks like this.", l.Quorum)
		return nil
	}
	if err != nil {
		return err
	}
	c, ok := l.verify(string(body))
	if !ok {
		return nil
	}
	good, err := audit.VerifyCosignatures(c.Note, l.Witnesses)
	if err != nil || len(good) < l.Quorum {
		l.report.fraud(Unwitnessed, []string{c.Note}, "Of the witnesses you trust only %d signed the checkpoint of %d leaves, and %d are wanted.", len(good), c.Size, l.Quorum)
		return nil
	}
	l.report.Witnessed = c.Size
	l.claims = append(l.claims, claim{c, enough})
	return nil
}

// checkpoint fetches the newest checkpoint and compares it with the last one.
func (l *look) checkpoint(ctx context.Context) error {
	body, err := l.get(ctx, "/checkpoint")
	if errors.Is(err, errAbsent) && l.state.Note == "" {
		return fmt.Errorf("%w: the log has signed nothing yet", ErrUnreachable)
	}
	if errors.Is(err, errAbsent) {
		l.report.fraud(Shrunk, []string{l.state.Note}, "The log had %d leaves when it was last seen, and says now that it never signed anything.", l.state.Size)
		return nil
	}
	if err != nil {
		return err
	}
	c, ok := l.verify(string(body))
	if !ok {
		return nil
	}
	l.newest = c
	l.report.Origin, l.report.Size, l.report.Root = c.Origin, c.Size, c.Root
	if l.state.Note != "" {
		before, err := audit.VerifyCheckpoint(l.state.Note, l.keys)
		if err != nil {
			return fmt.Errorf("reading what was seen before: %w", err)
		}
		l.claims = append(l.claims, claim{before, "the log itself"})
	}
	l.claims = append(l.claims, claim{c, ""})
	for _, k := range l.claims {
		switch {
		case k.Size > c.Size && k.who == "the log itself":
			l.report.fraud(Shrunk, []string{k.Note, c.Note}, "The log had %d leaves when it was last seen and has %d now. It was put back to an earlier state.", k.Size, c.Size)
		case k.Size > c.Size:
			l.report.fraud(Shrunk, []string{k.Note, c.Note}, "The log signed a tree of %d leaves before %s, and shows only %d now.", k.Size, k.who, c.Size)
		case k.Size == c.Size && !bytes.Equal(k.Root, c.Root):
			l.report.fraud(Split, []string{k.Note, c.Note}, "The log signed two different trees of %d leaves: one is shown to you now, the other was seen by %s.", c.Size, or(k.who, "you"))
		}
	}
	return nil
}

func or(text, otherwise string) string {
	if text == "" || text == "the log itself" {
		return otherwise
	}
	return text
}

// verify checks the signatures of a note; a fraud when they are wrong.
func (l *look) verify(note string) (audit.Checkpoint, bool) {
	c, err := audit.VerifyCheckpoint(note, l.keys)
	if err != nil {
		l.report.fraud(Signature, []string{note}, "What the log shows as its checkpoint is not signed by the keys it is known by: %v.", err)
	}
	return c, err == nil
}

// recompute reads the leaves that are new and compares the tree with every claim. When it disagrees, or a claim is older than what is remembered,
// it reads the log from the beginning.
func (l *look) recompute(ctx context.Context) (audit.Tree, error) {
	tree, err := audit.NewTree(l.state.Size, l.state.Hashes)
	if err != nil {
		return tree, fmt.Errorf("reading what was seen before: %w", err)
	}
	again := l.Full || slices.ContainsFunc(l.claims, func(c claim) bool { return c.Size < tree.Size() && c.Note != l.state.Witnessed })
	if !again {
		l.report.Read = l.newest.Size - tree.Size()
		wrong, err := l.walk(ctx, tree)
		if err != nil || wrong == "" || len(l.report.Frauds) > 0 {
			return tree, err
		}
	}
	if tree, err = audit.NewTree(0, nil); err != nil {
		return tree, err
	}
	l.report.Read = l.newest.Size
	wrong, err := l.walk(ctx, tree)
	if err != nil || wrong == "" || len(l.report.Frauds) > 0 {
		return tree, err
	}
	return tree, l.explain(ctx, tree)
}

// walk reads leaves up to the newest checkpoint and returns whose claim does not fit, "" when all do. A claim smaller than the tree is passed over.
func (l *look) walk(ctx context.Context, tree audit.Tree) (wrong string, err error) {
	for {
		root, err := tree.Root()
		if err != nil {
			return "", err
		}
		for _, c := range l.claims {
			if c.Size == tree.Size() && !bytes.Equal(c.Root, root) {
				return or(c.who, "the log"), nil
			}
		}
		if tree.Size() >= l.newest.Size {
			return "", nil
		}
		// As far as the next claim, at most to the end of the tile.
		place, first := tree.Size()/256, int(tree.Size()%256)
		until := min(l.newest.Size, (place+1)*256)
		for _, c := range l.claims {
			if c.Size > tree.Size() {
				until = min(until, c.Size)
			}
		}
		width := int(min(l.newest.Size, (place+1)*256) - place*256) // the tile as it is now: what one fetches may be fetched again
		list, err := l.bundle(ctx, place, width)
		if errors.Is(err, errAbsent) || err != nil && !errors.Is(err, ErrUnreachable) {
			l.report.fraud(Removed, []string{l.newest.Note}, "The log signed that it has %d leaves, but does not show those from %d to %d: some are gone.", l.newest.Size, place*256,
				place*256+int64(width)-1)
			return "a missing leaf", nil
		}
		if err != nil {
			return "", err
		}
		for _, commitment := range list[first : until-place*256] {
			if err := tree.Append(commitment); err != nil {
				return "", err
			}
		}
	}
}

// explain says what is wrong with a log whose leaves do not give what was signed: it compares leaf by leaf with the tiles the log shows.
func (l *look) explain(ctx context.Context, stopped audit.Tree) error {
	for place := int64(0); place*256 < l.newest.Size; place++ {
		width := int(min(l.newest.Size, (place+1)*256) - place*256)
		list, err := l.bundle(ctx, place, width)
		if err != nil {
			return err
		}
		hashes, err := l.get(ctx, "/"+audit.TilePath{Place: place, Width: width}.String())
		if errors.Is(err, ErrUnreachable) {
			return err
		}
		for i, commitment := range list {
			if hash := audit.LeafHash(commitment); len(hashes) < (i+1)*len(hash) || !bytes.Equal(hashes[i*len(hash):(i+1)*len(hash)], hash) {
				l.report.fraud(Changed, []string{l.newest.Note}, "Leaf %d that the log shows is not the one in its tree: it was changed after it was signed.", place*256+int64(i))
				return nil
			}
		}
	}
	root, err := stopped.Root()
	if err != nil {
		return err
	}
	for _, c := range l.claims {
		if c.Size == stopped.Size() && !bytes.Equal(c.Root, root) {
			if c.who == "" {
				l.report.fraud(Changed, []string{c.Note}, "The leaves that the log shows do not give the tree of %d leaves it signed.", c.Size)
			} else {
				l.report.fraud(Rewritten, []string{c.Note, l.newest.Note}, "The first %d leaves are no longer those that the log signed before %s: its history was rewritten.", c.Size,
					or(c.who, "you"))
			}
		}
	}
	return nil
}
