package item

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// ParseDefinition reads a definition a keeper wrote as TOML. A key that does not exist is refused, so that a misspelt one is not
// silently lost; what the definition says is checked by [Check] when it is published.
func ParseDefinition(text []byte) (Definition, error) {
	var d Definition
	meta, err := toml.Decode(string(text), &d)
	if err != nil {
		return d, fmt.Errorf("reading a definition: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		names := make([]string, len(unknown))
		for i, k := range unknown {
			names[i] = k.String()
		}
		return d, fmt.Errorf("reading a definition: unknown keys %s", strings.Join(names, ", "))
	}
	return d, nil
}
