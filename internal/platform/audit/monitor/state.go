package monitor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"xiangyun/internal/platform/audit"
)

// State is what a monitor remembers of a log.
type State struct {
	Keys      []string `json:"keys"` // of the log, as first seen or given
	Note      string   `json:"checkpoint"`
	Size      int64    `json:"size"`
	Hashes    [][]byte `json:"hashes"`    // the tree so far, see audit.Tree
	Witnessed string   `json:"witnessed"` // the newest checkpoint that enough witnesses signed and that was found to belong to the tree
}

// Load reads a state; a file that does not exist is a monitor that has seen nothing.
func Load(path string) (s State, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("reading what was seen before: %w", err)
	}
	return s, nil
}

// Save writes the state so that a crash leaves the old or the new one.
func (s State) Save(path string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".monitor-*")
	if err != nil {
		return fmt.Errorf("keeping what was seen: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keeping what was seen: %w", err)
	}
	return nil
}

// keys reads the keys of the state.
func (s State) keys() ([]audit.Key, error) {
	out := make([]audit.Key, len(s.Keys))
	for i, line := range s.Keys {
		var err error
		if out[i], err = audit.ParseKey(line); err != nil {
			return nil, fmt.Errorf("reading what was seen before: %w", err)
		}
	}
	return out, nil
}
