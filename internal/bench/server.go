package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a running program.
type server struct {
	url    string
	cmd    *exec.Cmd
	said   *bytes.Buffer
	exited chan error
	took   time.Duration // from its start until it answered
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// startWithin bounds a start: loading the demo province is part of the first one.
const startWithin = 2 * time.Minute

// start starts a program and waits until it answers.
func start(ctx context.Context, program string, args ...string) (*server, error) {
	s := &server{said: &bytes.Buffer{}, exited: make(chan error, 1)}
	s.cmd = exec.Command(program, args...)
	s.cmd.Env = append(os.Environ(), "XIANGYUN_LOG_LEVEL=error")
	s.cmd.Stderr = s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	where := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if u := listening.FindString(lines.Text()); u != "" {
				select {
				case where <- u:
				default:
				}
			}
		}
		_, _ = io.Copy(io.Discard, out) // the scanner ended; keep the pipe from filling
		s.exited <- s.cmd.Wait()
	}()
	limit := time.NewTimer(startWithin)
	defer limit.Stop()
	select {
	case s.url = <-where:
	case err := <-s.exited:
		return nil, fmt.Errorf("%s ended before it listened: %v: %s", program, err, s.said)
	case <-limit.C:
		return nil, fmt.Errorf("%s did not listen: %w", program, s.stop())
	case <-ctx.Done():
		_ = s.stop() // the run is over
		return nil, ctx.Err()
	}
	if err := s.answers(ctx, begin); err != nil {
		_ = s.stop() // what went wrong before matters
		return nil, err
	}
	return s, nil
}

// processor is how much of a processor the program has used since its start; 0 where /proc does not tell.
func (s *server) processor() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	return processorOf(string(stat))
}

// processorOf reads the times in user and system mode of a line of /proc/PID/stat, the twelfth and thirteenth field behind the name in brackets, in
// hundredths of a second.
func processorOf(stat string) time.Duration {
	const tick = 10 * time.Millisecond
	_, rest, _ := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, err := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	if err != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * tick
}

// answers waits for the first good answer.
func (s *server) answers(ctx context.Context, begin time.Time) error {
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for time.Since(begin) < startWithin {
		res, err := http.Get(s.url + "/healthz")
		if err == nil {
			_ = res.Body.Close() // its status is all that matters
			if res.StatusCode == http.StatusOK {
				s.took = time.Since(begin)
				return nil
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("%s does not answer", s.url)
}

// stop ends the program in good order.
func (s *server) stop() error {
	if s.cmd == nil {
		return nil
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	err := <-s.exited
	s.cmd = nil
	if err != nil {
		return fmt.Errorf("%w: %.2000s", err, s.said)
	}
	return nil
}

// resident is the memory the program holds, in MiB.
func (s *server) resident() (float64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("the system does not say how much memory process %d holds", s.cmd.Process.Pid)
}
