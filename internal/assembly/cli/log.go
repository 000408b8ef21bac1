package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/audit/monitor"
	"xiangyun/internal/platform/audit/witness"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

var errFraud = errors.New("the log is not honest; keep this output, it is evidence")

// log are the commands of outsiders: none of them needs an installation but erase.
func (c *command) log() *cobra.Command {
	cmd := &cobra.Command{Use: "log", Short: "Watch, witness and check a transparency log from outside (存证日志)"}
	cmd.AddCommand(c.logWitness(), c.logMonitor(), c.logProve(), c.logErase())
	return cmd
}

func (c *command) logWitness() *cobra.Command {
	var name, keys, state, listen string
	cmd := &cobra.Command{Use: "witness", Short: "Cosign the checkpoints of a log, on a machine of your own", Args: cobra.NoArgs,
		Long: "Witness serves C2SP tlog-witness: it cosigns a checkpoint when its tree continues all it has cosigned before, and stores that before it answers. It prints its " +
			"key at the start; the log's keeper puts address and key into log_witnesses. The keys of the log come from its keeper, on paper: GET /api/v1/log/keys shows them.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := keysIn(keys, false)
			if err != nil {
				return err
			}
			w, err := witness.Open(witness.Params{Name: name, Folder: state, Logs: list})
			if err != nil {
				return err
			}
			return errors.Join(c.serveWitness(cmd.Context(), w, listen), w.Close())
		}}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "name of the witness, without spaces: witness.example/w1")
	f.StringVar(&keys, "log-keys", "", "file with the keys of the log, one a line; their name is the log's origin")
	f.StringVar(&state, "state", "", "folder of the witness's key and memory; made at the first start")
	f.StringVar(&listen, "listen", "127.0.0.1:8090", "address to listen on")
	for _, flag := range []string{"name", "log-keys", "state"} {
		_ = cmd.MarkFlagRequired(flag) // the flag was defined above
	}
	return cmd
}

func (c *command) serveWitness(ctx context.Context, w *witness.Witness, listen string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", listen, err)
	}
	fmt.Fprintf(c.out, "http://%s %s\n", l.Addr(), w.Key())
	s := &http.Server{Handler: witness.Handler(w), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second}
	stop := context.AfterFunc(ctx, func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = s.Shutdown(ending) // what does not end in time is cut off: it has its answer only once it was stored
	})
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// watching is what the monitor is called with.
type watching struct {
	state, keys, witnessKeys, file, certificateKey string
	quorum                                         int
	views                                          []string
	once, full                                     bool
	every                                          time.Duration
}

func (c *command) logMonitor() *cobra.Command {
	var o watching
	cmd := c.json(&cobra.Command{Use: "monitor URL", Short: "Watch a log and say when it cheats", Args: cobra.ExactArgs(1),
		Long: "Monitor fetches what the log at URL publishes, recomputes its tree and compares it with what it saw before. It ends with 0 when all is well, 1 when the log " +
			"cheated, with the reason in one sentence and the signed notes as evidence, and 3 when the log can't be reached. Without --once it goes on until it is told to stop.",
		RunE: func(cmd *cobra.Command, args []string) error { return c.monitorLog(cmd.Context(), args[0], o) }})
	f := cmd.Flags()
	f.StringVar(&o.state, "state", "", "file that remembers what was seen; without it nothing can be compared next time")
	f.StringVar(&o.keys, "keys", "", "file with the keys of the log, one a line; without it those of the first time")
	f.StringVar(&o.witnessKeys, "witness-keys", "", "file with the keys of the witnesses you trust, one a line")
	f.IntVar(&o.quorum, "quorum", 0, "how many of them must have signed (default all of them)")
	f.StringArrayVar(&o.views, "witness", nil, "address of a witness to be asked what it saw; its key must be in --witness-keys. May be given again")
	f.StringVar(&o.file, "file", "", "a certificate's OFD or PDF file: is its issuing in the log?")
	f.StringVar(&o.certificateKey, "certificate-key", "", "public key of certificates in PEM; without it the one the log shows")
	f.BoolVar(&o.once, "once", false, "look once")
	f.BoolVar(&o.full, "full", false, "read the whole log again, not only what is new")
	f.DurationVar(&o.every, "every", time.Minute, "how often to look")
	return cmd
}

func (c *command) monitorLog(ctx context.Context, address string, o watching) error {
	m := &monitor.Monitor{URL: address, Full: o.full, Quorum: o.quorum}
	var err error
	if o.keys != "" {
		if m.Keys, err = keysIn(o.keys, false); err != nil {
			return err
		}
	}
	if o.witnessKeys != "" {
		if m.Witnesses, err = keysIn(o.witnessKeys, true); err != nil {
			return err
		}
		if o.quorum == 0 {
			m.Quorum = len(m.Witnesses)
		}
	}
	if m.Quorum > len(m.Witnesses) {
		return misuse{fmt.Errorf("--quorum %d asks for more witnesses than --witness-keys names", m.Quorum)}
	}
	if m.Views, err = views(ctx, o.views, m.Witnesses); err != nil {
		return err
	}
	var state monitor.State
	if o.state != "" {
		if state, err = monitor.Load(o.state); err != nil {
			return err
		}
	}
	return c.keepLooking(ctx, m, state, o)
}

// daily is how often a monitor that goes on reads everything again: what was changed after it was seen shows only then.
const daily = 24 * time.Hour

// keepLooking looks until a fraud is found or ctx ends. A log that can't be reached is asked again.
func (c *command) keepLooking(ctx context.Context, m *monitor.Monitor, state monitor.State, o watching) error {
	for whole := time.Now(); ; {
		r, next, err := m.Look(ctx, state)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && (o.once || o.file != "" || !errors.Is(err, monitor.ErrUnreachable)):
			return err
		case err != nil:
			fmt.Fprintf(c.err, "xiangyun: %v\n", err)
		default:
			state = next
			if o.state != "" && len(r.Frauds) == 0 {
				if err := state.Save(o.state); err != nil {
					return err
				}
			}
			if o.file != "" && len(r.Frauds) == 0 {
				return c.checkFile(ctx, m, state, o)
			}
			if err := c.tellReport(r); err != nil || o.once {
				return err
			}
		}
		if m.Full = o.full; time.Since(whole) > daily {
			m.Full, whole = true, time.Now()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(o.every):
		}
	}
}

// tellReport prints a look; errFraud when it found something.
func (c *command) tellReport(r monitor.Report) error {
	err := c.tell(r, func(w io.Writer) {
		if r.Origin != "" {
			fmt.Fprintf(w, "%s: %d leaves, %d read now, root %x\n", r.Origin, r.Size, r.Read, r.Root)
		}
		if r.Witnessed >= 0 {
			fmt.Fprintf(w, "the newest checkpoint that enough witnesses signed has %d leaves\n", r.Witnessed)
		}
		for _, n := range r.Notes {
			fmt.Fprintln(w, n)
		}
		for _, f := range r.Frauds {
			fmt.Fprintf(w, "FRAUD (%s): %s\n%s", f.Kind, f.Sentence, strings.Join(f.Evidence, "\n"))
		}
	})
	if err == nil && len(r.Frauds) > 0 {
		return errFraud
	}
	return err
}

// checkFile checks a certificate's file by itself, and then that its issuing is in the log.
func (c *command) checkFile(ctx context.Context, m *monitor.Monitor, state monitor.State, o watching) error {
	content, err := readAtMost(o.file, paper.MaxFile)
	if err != nil {
		return err
	}
	text := []byte(nil)
	if o.certificateKey != "" {
		text, err = readAtMost(o.certificateKey, 1<<16)
	} else {
		text, err = m.CertificateKey(ctx)
	}
	if err != nil {
		return err
	}
	key, err := sm.ParsePublicKey(text)
	if err != nil {
		return err
	}
	if v := cert.VerifyFile(content, key); !v.Valid {
		return c.tellVerdict(v, signed.Check(ctx, content, ses.Trust{}, time.Now()))
	}
	identifier, record, err := cert.FileRecord(content)
	if err != nil {
		return err
	}
	r, err := m.Logged(ctx, state, identifier, record, time.Now())
	if err != nil {
		return err
	}
	return c.tellReport(r)
}

// views finds the key of each witness that is to be asked.
func views(ctx context.Context, addresses []string, trusted []audit.Key) (out []*witness.Remote, err error) {
	for _, address := range addresses {
		r := &witness.Remote{URL: address}
		line, err := r.Shown(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: the witness at %s: %w", monitor.ErrUnreachable, address, err)
		}
		for _, k := range trusted {
			if k.String() == line {
				r.Public = k
			}
		}
		if r.Public.Name == "" {
			return nil, misuse{fmt.Errorf("the witness at %s has the key %s, which is not among --witness-keys", address, line)}
		}
		out = append(out, r)
	}
	return out, nil
}

// keysIn reads a file of keys, one a line, all of logs or all of witnesses.
func keysIn(name string, witnesses bool) (out []audit.Key, err error) {
	text, err := readAtMost(name, 1<<20)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		k, err := audit.ParseKey(line)
		if err == nil && k.Witness != witnesses {
			err = errors.New("it is of the other sort: a log has keys of its own, and a witness another")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", name, line, err)
		}
		out = append(out, k)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s holds no key", name)
	}
	return out, nil
}

func (c *command) logProve() *cobra.Command {
	keys := ""
	cmd := &cobra.Command{Use: "prove FILE", Short: "Check a proof (.tlog-proof) that a leaf is in the log, without network", Args: cobra.ExactArgs(1),
		Long: "Prove checks a file from /log/leaves/N/proof, in the form of C2SP tlog-proof: the signatures of its checkpoint with the keys you have, and the path from the leaf to the root.",
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := keysIn(keys, false)
			if err != nil {
				return err
			}
			text, err := readAtMost(args[0], 1<<20)
			if err != nil {
				return err
			}
			p, err := audit.ParseProof(string(text))
			if err != nil {
				return err
			}
			if _, err := audit.VerifyCheckpoint(p.Checkpoint.Note, list); err != nil {
				return err
			}
			if err := p.Verify(); err != nil {
				return fmt.Errorf("the proof does not hold: %w", err)
			}
			fmt.Fprintf(c.out, "leaf %d, %x, is in the tree of %d leaves that %s signed\n", p.Position, p.Commitment, p.Checkpoint.Size, p.Checkpoint.Origin)
			return nil
		}}
	cmd.Flags().StringVar(&keys, "keys", "", "file with the keys of the log, one a line")
	_ = cmd.MarkFlagRequired("keys") // the flag was defined above
	return cmd
}

func (c *command) logErase() *cobra.Command {
	subject := ""
	cmd := c.json(&cobra.Command{Use: "erase", Short: "Make a person unlinkable to log and certificates, at their request (个人信息保护法第四十七条)", Args: cobra.NoArgs,
		Long: "Erase removes the salts, data and identifiers of a person from every leaf, and empties their certificates, all of which must have ended. It refuses within six months of the " +
			"last leaf about them (网络安全法: logs are kept that long). Commitments stay: the log verifies as before. It can't be undone. Case files are the archive's matter and stay.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				e, err := a.ErasePerson(ctx, program, subject)
				if err != nil {
					return err
				}
				return c.tell(e, func(w io.Writer) {
					fmt.Fprintf(w, "%d leaves and %d certificates were emptied\n", e.Leaves, e.Certificates)
				})
			})
		}})
	cmd.Flags().StringVar(&subject, "subject", "", "the person's identifier in the system (/admin/accounts shows it), never a personal number")
	_ = cmd.MarkFlagRequired("subject") // the flag was defined above
	return cmd
}
