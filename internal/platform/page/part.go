package page

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
)

// Version tells which state of the pages is current; [Cache.Bump] makes it old. Whoever keeps a [Cache.Part] asks before reading what it shows.
func (c *Cache) Version() int64 { return c.version.Load() }

// Part is a part of a page that is the same for everybody, kept as whole pages are: those who are signed in get a frame of their own around it.
// It is keyed by key, language and preferences, and must not show who looks. version is of the time before what it shows was read: what has changed
// since is not kept.
func (c *Cache) Part(version int64, key string, part templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		key := "part " + key + "#" + PrefsOf(ctx).Key()
		e := c.entry(key)
		if e.version != version {
			return part.Render(ctx, w)
		}
		var failed error
		e.once.Do(func() {
			var b bytes.Buffer
			if failed = part.Render(context.WithoutCancel(ctx), &b); failed == nil { // others wait for it too
				e.plain, e.ok = b.Bytes(), true
			}
		})
		if failed != nil {
			c.forget(key, e)
			return failed
		}
		if !e.ok {
			return part.Render(ctx, w) // its maker failed, and was told
		}
		_, err := w.Write(e.plain)
		return err
	})
}
