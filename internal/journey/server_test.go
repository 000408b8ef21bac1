package journey

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
)

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "xiangyun-journey-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "xiangyun")
	cmd := exec.Command("go", "build", "-o", path, "xiangyun/cmd/xiangyun")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %w\n%s", err, out)
	}
	return path, nil
})

// loaded is a data folder with the demo province, loaded once for all tests: each starts on a copy.
var loaded = sync.OnceValues(func() (string, error) {
	path, err := binary()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(path), "province")
	args := []string{"demo", "--data", dir}
	if address := os.Getenv(dbtest.Variable); address != "" {
		if err := administer("CREATE DATABASE " + model()); err != nil {
			return "", err
		}
		args = append(args, "--database-url", inDatabase(address, model()))
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("loading the demo province: %w\n%s", err, out)
	}
	return dir, nil
})

// model is the PostgreSQL database the others are copies of.
var model = sync.OnceValue(func() string { return "journey_" + strings.ReplaceAll(db.NewKey(), "-", "") })

// administer runs a statement that no transaction may hold.
func administer(statement string) error {
	pool, err := sql.Open("pgx", os.Getenv(dbtest.Variable))
	if err != nil {
		return err
	}
	_, err = pool.Exec(statement)
	return errors.Join(err, pool.Close())
}

// inDatabase is a PostgreSQL address with another database in it.
func inDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // dbtest has parsed it before
	}
	u.Path = "/" + name
	return u.String()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // a temporary folder
	}
	if os.Getenv(dbtest.Variable) != "" {
		_ = administer("DROP DATABASE IF EXISTS " + model()) // nobody looks at it any more
	}
	os.Exit(code)
}

// server is one running program.
type server struct {
	t       testing.TB
	args    []string
	Data    string
	URL     string
	cmd     *exec.Cmd
	log     *lockedBuffer
	exited  chan error
	address string // kept over restarts
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start starts the program with the demo province on a database of its own and waits until it says where it listens.
func start(t testing.TB, extra ...string) *server {
	t.Helper()
	s := &server{t: t, Data: t.TempDir(), log: &lockedBuffer{}, address: "127.0.0.1:0"}
	s.args = append([]string{"--data", s.Data, "--demo"}, extra...)
	from, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-Rp", from+"/.", s.Data).CombinedOutput(); err != nil { // with its modes: keys are nobody else's
		t.Fatalf("copying the demo province: %v\n%s", err, out)
	}
	if address := os.Getenv(dbtest.Variable); address != "" {
		copied := "journey_" + strings.ReplaceAll(db.NewKey(), "-", "")
		if err := administer("CREATE DATABASE " + copied + " TEMPLATE " + model()); err != nil {
			t.Fatalf("copying the demo province: %v", err)
		}
		t.Cleanup(func() {
			if err := administer("DROP DATABASE " + copied); err != nil {
				t.Error(err)
			}
		})
		s.args = append(s.args, "--database-url", inDatabase(address, copied))
	}
	return s.begin()
}

// startOn starts the program on a database at this address.
func startOn(t testing.TB, address string) *server {
	t.Helper()
	s := &server{t: t, Data: t.TempDir(), log: &lockedBuffer{}, address: "127.0.0.1:0"}
	s.args = []string{"--data", s.Data, "--demo", "--database-url", address}
	return s.begin()
}

func (s *server) begin() *server {
	s.t.Helper()
	t := s.t
	s.run()
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("the program said:\n%s\n…\n%s", alarms(s.log.String()), tail(s.log.String(), 60))
		}
	})
	return s
}

// ready waits until the program says that it can work.
func (s *server) ready() {
	s.t.Helper()
	for range 200 {
		res, err := http.Get(s.URL + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond) // there is no event to wait for: the program is another process
	}
	s.t.Fatal("the program does not become ready")
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func (s *server) run() {
	s.t.Helper()
	path, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command(path, append([]string{"serve", "--listen", s.address}, s.args...)...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	said := make(chan string, 1)
	s.exited = make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			fmt.Fprintln(s.log, lines.Text())
			if u := listening.FindString(lines.Text()); u != "" {
				select {
				case said <- u:
				default:
				}
			}
		}
		_, _ = io.Copy(io.Discard, out) // the scanner ended; keep the pipe from filling
		s.exited <- s.cmd.Wait()
	}()
	select {
	case s.URL = <-said:
		s.address = strings.TrimPrefix(s.URL, "http://")
	case err := <-s.exited:
		s.t.Fatalf("the program ended before it listened: %v\n%s", err, tail(s.log.String(), 40))
	}
}

// kill ends the program as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Signal(syscall.SIGKILL) // it may have ended already
	<-s.exited
	s.cmd = nil
}

// stop ends the program as its administrator would.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	if err := <-s.exited; err != nil && !s.t.Failed() {
		s.t.Errorf("an orderly stop ended with %v", err)
	}
	s.cmd = nil
}

// command runs another command of the program on the same data.
func (s *server) command(args ...string) (string, error) {
	path, err := binary()
	if err != nil {
		return "", err
	}
	full := append(args, "--data", s.Data)
	for i, a := range s.args {
		if a == "--database-url" {
			full = append(full, a, s.args[i+1])
		}
	}
	cmd := exec.CommandContext(context.Background(), path, full...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// alarms are the lines of a log that tell of errors.
func alarms(text string) string {
	var out []string // the first: what follows is mostly the same
	for line := range strings.Lines(text) {
		if strings.Contains(line, "level=ERROR") && len(out) < 20 {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return strings.Join(out, "\n")
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return strings.Join(all, "\n")
}

// besideSQLite skips what a browser does with pages where PostgreSQL is underneath: it is the same there.
func besideSQLite(t *testing.T) {
	if os.Getenv(dbtest.Variable) != "" {
		t.Skip("what a browser does with a page does not depend on the engine; it is tried beside SQLite")
	}
}

// openDatabase opens the server's database beside it, to count what only the tables know.
func (s *server) openDatabase() *db.DB {
	s.t.Helper()
	address := "sqlite:" + filepath.Join(s.Data, "xiangyun.db")
	for i, a := range s.args {
		if a == "--database-url" {
			address = s.args[i+1]
		}
	}
	d, err := db.Open(context.Background(), db.Config{URL: address})
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// freshSchema returns the address of one more empty database for a restore.
func freshSchema(t testing.TB) string { return dbtest.URL(t) }
