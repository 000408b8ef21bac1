package page

import "testing"

func TestFill(t *testing.T) {
	for _, c := range []struct {
		text string
		args []any
		want string
	}{
		{"{1} of {2}", []any{3, "five"}, "3 of five"},
		{"{2}{1}{2}", []any{"a", "b"}, "bab"},
		{"nothing", []any{1}, "nothing"},
		{"{3} stays, {1} goes", []any{true}, "{3} stays, true goes"},
		{"{ {} {x} {1", []any{"a"}, "{ {} {x} {1"},
		{"{1}", []any{"{1}"}, "{1}"}, // what is filled in is not filled again
		{"共{1}件", []any{int64(7)}, "共7件"},
		{"{1}", nil, "{1}"},
		{"{-1}{0}{1}", []any{"a"}, "{-1}{0}a"},
	} {
		if got := fill(c.text, c.args); got != c.want {
			t.Errorf("%q with %v gave %q, want %q", c.text, c.args, got, c.want)
		}
	}
}
