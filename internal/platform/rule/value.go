package rule

import (
	"fmt"
	"math"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Value evaluates an expression and returns what JSON can hold: nil, bool, int64, float64, string, []any or map[string]any. An instant becomes
// RFC 3339 in UTC. What JSON can't hold, such as a type, is refused.
func (p *Program) Value(values map[string]any) (any, error) {
	out, err := p.eval(values)
	if err != nil {
		return nil, err
	}
	v, err := plain(out)
	if err != nil {
		return nil, fmt.Errorf("evaluating %q: %w", p.text, err)
	}
	return v, nil
}

func plain(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.Null:
		return nil, nil
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.Uint:
		if uint64(v) > math.MaxInt64 {
			return nil, fmt.Errorf("a number is too big")
		}
		return int64(v), nil
	case types.Double:
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("no number")
		}
		return float64(v), nil
	case types.String:
		return string(v), nil
	case types.Timestamp:
		return v.UTC().Format(time.RFC3339), nil
	case traits.Mapper:
		return plainMap(v)
	case traits.Lister:
		list := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			e, err := plain(it.Next())
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
		return list, nil
	}
	return nil, fmt.Errorf("yields a %s, which can't be kept", v.Type().TypeName())
}

func plainMap(m traits.Mapper) (any, error) {
	out := map[string]any{}
	for it := m.Iterator(); it.HasNext() == types.True; {
		k := it.Next()
		name, ok := k.(types.String)
		if !ok {
			return nil, fmt.Errorf("a key is no text")
		}
		e, err := plain(m.Get(k))
		if err != nil {
			return nil, err
		}
		out[string(name)] = e
	}
	return out, nil
}
