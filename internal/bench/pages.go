package bench

import (
	"context"
	"fmt"
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
		_, err := c.ask(ctx, http.StatusOK, http.MethodGet, path, "", "")
		return err
	})
}
