package hallweb

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

const (
	lookEvery  = 500 * time.Millisecond // how often a hall's version is read while anybody follows it
	aliveEvery = 20 * time.Second       // how often a quiet stream says that it lives
	streamLife = 9 * time.Minute        // a stream ends before the server's limit for answers; browsers come back by themselves
	mostStream = 5000                   // streams at once
	mostPublic = 4500                   // of them not officers': their desks still hear when many look on
	mostInHall = 1000                   // of them in one hall
	mostFrom   = 20                     // of them from one address, of one officer or person, or of one number
)

// feed tells streams that a hall's queue changed. The version in the database is what counts, so that it does not matter on which node somebody pressed;
// it is read once for all who follow a hall, and not at all while nobody does.
type feed struct {
	halls   *hall.Service
	mu      sync.Mutex
	watches map[string]*watch
	streams int
	public  int
	from    map[string]int // by address, account or number
}

// follower is who wants to follow a hall.
type follower struct {
	from  string
	staff bool
}

// followerOf tells who is signed in by his account, who holds a number by it, and everybody else by the address, so that a waiting room behind one shared
// address follows its numbers. Numbers are no way around: how many an address may take is bounded. An address of IPv6 counts as its network.
func followerOf(r *http.Request, number string) follower {
	a := by(r)
	switch {
	case a.SignedIn():
		return follower{"account/" + a.Account, a.Kind == actor.Officer}
	case number != "":
		return follower{"number/" + number, false}
	}
	return follower{web.Network(web.Address(r)), false}
}

type watch struct {
	followers map[chan int64]bool
	public    int
	stop      context.CancelFunc
}

func newFeed(h *hall.Service) *feed {
	return &feed{halls: h, watches: map[string]*watch{}, from: map[string]int{}}
}

// follow returns a channel that gets the version when it changes, and what ends it. ok is false when too many follow already, from there or at all.
func (f *feed) follow(hallID string, who follower) (changed chan int64, end func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.watches[hallID]
	if f.streams >= mostStream || f.from[who.from] >= mostFrom || !who.staff && (f.public >= mostPublic || w != nil && w.public >= mostInHall) {
		return nil, nil, false
	}
	if w == nil {
		ctx, stop := context.WithCancel(context.Background())
		w = &watch{followers: map[chan int64]bool{}, stop: stop}
		f.watches[hallID] = w
		go f.look(ctx, hallID, w)
	}
	changed = make(chan int64, 1)
	w.followers[changed] = true
	f.count(w, who, 1)
	return changed, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.count(w, who, -1)
		delete(w.followers, changed)
		if len(w.followers) == 0 {
			w.stop()
			delete(f.watches, hallID)
		}
	}, true
}

// count counts a stream that begins or ends.
func (f *feed) count(w *watch, who follower, n int) {
	f.streams += n
	if !who.staff {
		f.public += n
		w.public += n
	}
	if f.from[who.from] += n; f.from[who.from] == 0 {
		delete(f.from, who.from)
	}
}

// look reads the version until nobody follows any more.
func (f *feed) look(ctx context.Context, hallID string, w *watch) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	known := int64(-1)
	for {
		if n, err := f.halls.Version(ctx, actor.Actor{}, hallID); err == nil && n != known {
			known = n
			f.tell(w, n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (f *feed) tell(w *watch, n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range w.followers {
		select { // who has not read the last one yet is told of the newest only
		case <-c:
		default:
		}
		c <- n
	}
}

// hallEvents is GET /halls/{id}/events.
func (s *site) hallEvents(w http.ResponseWriter, r *http.Request) error {
	return s.stream(w, r, r.PathValue("id"), "")
}

// turnEvents is GET /turns/{code}/events: the stream of the hall where the number waits.
func (s *site) turnEvents(w http.ResponseWriter, r *http.Request) error {
	id, err := s.Halls.HallOf(r.Context(), by(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	return s.stream(w, r, id, r.PathValue("code"))
}

// stream sends Server-Sent Events: "changed" with the version of the hall's queue, at once and whenever it moves. number is the one whose holder asks.
func (s *site) stream(w http.ResponseWriter, r *http.Request, hallID, number string) error {
	ctx := r.Context()
	// Followed before it is read: a change between the two is told.
	changed, end, ok := s.feed.follow(hallID, followerOf(r, number))
	if !ok {
		return fault.New(fault.Busy, "hall.many_follow")
	}
	defer end()
	n, err := s.Halls.Version(ctx, by(r), hallID)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not wait for the end
	control := http.NewResponseController(w)
	say := func(text string) bool {
		_, err := w.Write([]byte(text))
		return err == nil && control.Flush() == nil
	}
	if !say("retry: 3000\n\n" + event(n)) {
		return nil // the reader has gone
	}
	alive, over := time.NewTicker(aliveEvery), time.NewTimer(streamLife)
	defer alive.Stop()
	defer over.Stop()
	for {
		text := ""
		select {
		case <-ctx.Done():
			return nil
		case <-web.Stopping(ctx):
			return nil
		case <-over.C:
			return nil
		case v := <-changed:
			if v == n {
				continue
			}
			n, text = v, event(v)
		case <-alive.C:
			text = ": \n\n"
		}
		if !say(text) {
			return nil
		}
	}
}

func event(n int64) string {
	return fmt.Sprintf("event: changed\ndata: %s\n\n", strconv.FormatInt(n, 10))
}
