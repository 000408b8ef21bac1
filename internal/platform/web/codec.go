package web

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
)

// codec keeps sessions as JSON: gob sends the description of its types along and reads it anew each time, which cost a tenth of a page.
type codec struct{}

// kept is a session at rest. Only texts are put into sessions.
type kept struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	k := kept{deadline, make(map[string]string, len(values))}
	for key, v := range values {
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("keeping a session: %s is no text", key)
		}
		k.Values[key] = text
	}
	return json.Marshal(k)
}

// Decode implements scs.Codec. Sessions of before were kept as gob and last half a day.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	if len(b) == 0 || b[0] != '{' {
		return scs.GobCodec{}.Decode(b)
	}
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return time.Time{}, nil, fmt.Errorf("reading a session: %w", err)
	}
	values := make(map[string]any, len(k.Values))
	for key, text := range k.Values {
		values[key] = text
	}
	return k.Deadline, values, nil
}
