package blob

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// walk calls f for the contents whose address begins with a byte, as two hexadecimal digits. What goes meanwhile may be left out.
func (s *Store) walk(prefix string, f func(sha string, info fs.FileInfo) error) error {
	shards, err := os.ReadDir(filepath.Join(s.dir, prefix))
	if err != nil {
		return gone(err)
	}
	for _, shard := range shards {
		if err := each(filepath.Join(s.dir, prefix, shard.Name()), prefix, f); err != nil {
			return err
		}
	}
	return nil
}

// walkAll calls f for every content.
func (s *Store) walkAll(f func(sha string, info fs.FileInfo) error) error {
	for first := range 256 {
		if err := s.walk(hex.EncodeToString([]byte{byte(first)}), f); err != nil {
			return err
		}
	}
	return nil
}

// each calls f for the files of a folder that are named as contents are; one on its way out has a name of its taker's own after the address.
func each(folder, prefix string, f func(sha string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return gone(err)
	}
	for _, e := range entries {
		sha, _, _ := strings.Cut(e.Name(), ".")
		if len(sha) != 64 || !strings.HasPrefix(sha, prefix) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode().IsRegular() {
			err = f(sha, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// gone forgives that something is not there: another node was faster.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Empty tells whether the store has no content.
func (s *Store) Empty() (bool, error) {
	errFound := errors.New("there is one")
	err := s.walkAll(func(string, fs.FileInfo) error { return errFound })
	if errors.Is(err, errFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for contents: %w", err)
	}
	return true, nil
}
