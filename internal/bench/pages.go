package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// readers is how many people read pages at once.
const readers = 8

// pages measures the guide of an item, as the signed-in and as strangers get it, against an answer with next to nothing in it (the health check)
// that went through the same server and middleware with the same cookies.
func (b *bench) pages(ctx context.Context, e *engine, s *server) error {
	nobody := stranger(s.url)
	code, err := foodItem(ctx, nobody)
	if err != nil {
		return err
	}
	somebody, err := nobody.session(ctx, "company")
	if err != nil {
		return err
	}
	for name, c := range map[string]*client{"guide_signed_in": somebody, "guide_stranger": nobody} {
		got, err := b.reading(ctx, c, "/items/"+code)
		if err != nil {
			return err
		}
		limit, err := b.reading(ctx, c, "/healthz")
		if err != nil {
			return err
		}
		err = b.tell(Result{Name: name, Engine: e.name, Value: got.perSecond, Unit: "pages/s", N: got.n,
			LimitName: fmt.Sprintf("the health check through the same middleware, %d readers", readers), Limit: limit.perSecond})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) reading(ctx context.Context, c *client, path string) (rate, error) {
	return load(ctx, readers, b.warm/2, b.measured/2, func(ctx context.Context) error {
		return c.fetch(ctx, path)
	})
}

// fetch reads a page as it comes over the wire, as load generators do: unpacking it would measure the reader, on the same two cores.
func (c *client) fetch(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %d", path, res.StatusCode)
	}
	return nil
}
