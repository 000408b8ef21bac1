package web

import (
	"reflect"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
)

func TestCodec(t *testing.T) {
	deadline := time.Date(2026, 11, 27, 8, 0, 0, 1_000_000, time.UTC)
	values := map[string]any{"held": `{"account":"a"}`, "空": "值"}
	for name, from := range map[string]scs.Codec{"json": codec{}, "before": scs.GobCodec{}} {
		text, err := from.Encode(deadline, values)
		if err != nil {
			t.Fatal(name, err)
		}
		until, got, err := codec{}.Decode(text)
		if err != nil || !until.Equal(deadline) || !reflect.DeepEqual(got, values) {
			t.Errorf("%s: %v, %v, %v", name, until, got, err)
		}
	}
	if _, err := (codec{}).Encode(deadline, map[string]any{"n": 1}); err == nil {
		t.Error("a number was kept, and would have come back as something else")
	}
	if _, _, err := (codec{}).Decode([]byte(`{"deadline":`)); err == nil {
		t.Error("half a session was read")
	}
}
