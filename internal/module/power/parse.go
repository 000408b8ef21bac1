package power

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseList reads powers as JSON, a list of objects with the fields of a [Definition]. A field that does not exist is refused, so that a misspelt one
// is not silently lost; what a power says is checked when it is loaded.
func ParseList(text []byte) ([]Definition, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list []Definition
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("reading a list of powers: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading a list of powers: something stands behind the list")
	}
	return list, nil
}
