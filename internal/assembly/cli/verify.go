package cli

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certweb"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

var errNotWhole = errors.New("the log is not as it was signed")

func (c *command) audit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "The transparency log (存证日志)"}
	cmd.AddCommand(c.json(&cobra.Command{Use: "verify", Short: "Recompute the whole log and compare it with everything that was signed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.within(cmd, c.verifyLog) }}))
	return cmd
}

func (c *command) verifyLog(ctx context.Context, a *assembly.App) error {
	r, err := a.Audit.Verify(ctx)
	if err != nil {
		return err
	}
	if err := c.tell(logReport(r), func(w io.Writer) { fmt.Fprint(w, r) }); err != nil {
		return err
	}
	if !r.OK() {
		return errNotWhole
	}
	return nil
}

// logReport is a verification for programs.
func logReport(r audit.Report) map[string]any {
	failures := make([]string, len(r.Failures))
	for i, f := range r.Failures {
		failures[i] = f.String()
	}
	return map[string]any{"valid": r.OK(), "origin": r.Origin, "size": r.Size, "root": hex.EncodeToString(r.Root), "waiting": r.Waiting, "erased": r.Erased,
		"tiles": r.Tiles, "checkpoints": r.Checkpoints, "failures": failures, "unlisted": r.Unlisted}
}

var errNotValid = errors.New("the certificate does not verify")

func (c *command) cert() *cobra.Command {
	cmd := &cobra.Command{Use: "cert", Short: "Certificates (电子证照)"}
	keyFile := ""
	verify := c.json(&cobra.Command{Use: "verify FILE", Short: "Check a certificate's, or any sealed, OFD or PDF file, item by item", Args: cobra.ExactArgs(1),
		Long: "Verify checks the file against the register of this installation. With --key it needs neither register nor network: it checks signature and file " +
			"alone, and can't tell whether the certificate is still in force.",
		RunE: func(cmd *cobra.Command, args []string) error { return c.verifyFile(cmd, args[0], keyFile) }})
	verify.Flags().StringVar(&keyFile, "key", "", "public key of the certificates (from /log), to check without an installation")
	cmd.AddCommand(verify)
	return cmd
}

func (c *command) verifyFile(cmd *cobra.Command, name, keyFile string) error {
	content, err := readAtMost(name, paper.MaxFile)
	if err != nil {
		return err
	}
	var v cert.Verdict
	var report signed.Report
	if keyFile != "" {
		key, err := readKey(keyFile)
		if err != nil {
			return err
		}
		v, report = cert.VerifyFile(content, key), signed.Check(cmd.Context(), content, ses.Trust{}, time.Now())
	} else {
		err = c.within(cmd, func(ctx context.Context, a *assembly.App) (err error) {
			trust, err := a.Trust(ctx)
			if err != nil {
				return err
			}
			report = signed.Check(ctx, content, trust, time.Now()) // asks the register how a seal stood
			v, err = a.Certificates.Verify(ctx, program, cert.Question{File: content})
			return err
		})
		if err != nil {
			return err
		}
	}
	return c.tellVerdict(v, report)
}

// tellVerdict says whether the certificate verifies; of a file that is none of ours, whether its own signatures do.
func (c *command) tellVerdict(v cert.Verdict, report signed.Report) error {
	words, err := assembly.Words()
	if err != nil {
		return err
	}
	type check struct {
		Name   string `json:"name"`
		OK     bool   `json:"ok"`
		Detail string `json:"detail"`
	}
	checks := make([]check, len(v.Checks))
	for i, k := range v.Checks {
		checks[i] = check{k.Name, k.OK, words.Say(language(), k.Detail, k.Args...)}
	}
	document := certweb.NewDocumentJSON(report, func(key string, args ...any) string { return words.Say(language(), key, args...) })
	foreign := len(v.Checks) > 0 && v.Checks[0].Name == cert.CheckFile && !v.Checks[0].OK
	valid := v.Valid || foreign && report.Valid()
	err = c.tell(map[string]any{"valid": valid, "checks": checks, "document": document}, func(w io.Writer) {
		for _, k := range checks {
			line(w, outcomeOf(k.OK), k.Name, k.Detail)
		}
		tellDocument(w, document)
	})
	if err == nil && !valid {
		return errNotValid
	}
	return err
}

func outcomeOf(ok bool) signed.Outcome {
	if ok {
		return signed.Passed
	}
	return signed.Failed
}

func line(w io.Writer, o signed.Outcome, name, detail string) {
	fmt.Fprintf(w, "%s  %-11s  %s\n", map[signed.Outcome]string{signed.Passed: "ok    ", signed.Failed: "FAILED", signed.Silent: "-     "}[o], name, detail)
}

// tellDocument prints what a file says by its own signatures.
func tellDocument(w io.Writer, d *certweb.DocumentJSON) {
	if d.Refused != "" {
		return
	}
	for _, s := range d.Signatures {
		fmt.Fprintf(w, "\n%s %s (%s)\n", s.Name, s.Seal, s.Signer)
		for _, f := range s.Checks {
			line(w, f.Outcome, f.Name, f.Detail)
		}
	}
	fmt.Fprintln(w)
	for _, f := range d.Findings {
		line(w, f.Outcome, f.Name, f.Detail)
	}
}

func readKey(name string) (crypto.PublicKey, error) {
	text, err := readAtMost(name, 1<<16)
	if err != nil {
		return nil, err
	}
	return sm.ParsePublicKey(text)
}

// readAtMost reads a file, but not an endless one.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, most)
	}
	return content, nil
}
