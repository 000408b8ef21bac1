package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
)

// mostSealed bounds a document that is checked.
const mostSealed = 1 << 30

var errNotSealed = errors.New("the seal does not verify")

func (c *command) seal() *cobra.Command {
	cmd := &cobra.Command{Use: "seal", Short: "Electronic seals (电子印章)"}
	cmd.AddCommand(&cobra.Command{Use: "csr NAME", Short: "Print the certificate request of a key: maker, timestamp, the id of an approved seal, or ID.p256 for its key that signs PDF", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				text, err := a.Seals.CertificateRequest(ctx, program, args[0])
				if err == nil {
					_, err = c.out.Write(text)
				}
				return err
			})
		}})
	cmd.AddCommand(&cobra.Command{Use: "import NAME FILE", Short: "Keep the certificate an authority gave for a key; root first, then maker, then each seal; for PDF pdf-root, then ID.p256 with those between", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readAtMost(args[1], 1<<16)
			if err != nil {
				return err
			}
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error { return a.Seals.Import(ctx, program, args[0], text) })
		}})
	cmd.AddCommand(c.json(&cobra.Command{Use: "check DOCUMENT SIGNATURE", Short: "Check a sealed document and the signature beside it, item by item", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return c.checkSeal(cmd, args[0], args[1]) }}))
	return cmd
}

func (c *command) checkSeal(cmd *cobra.Command, document, signature string) error {
	f, err := os.Open(document)
	if err != nil {
		return err
	}
	defer f.Close()
	digest := sm.Hash()
	if n, err := io.Copy(digest, io.LimitReader(f, mostSealed+1)); err != nil || n > mostSealed {
		return errors.Join(err, fmt.Errorf("%s can't be read, or is larger than %d bytes", document, mostSealed))
	}
	content, err := readAtMost(signature, 8<<20)
	if err != nil {
		return err
	}
	words, err := assembly.Words()
	if err != nil {
		return err
	}
	return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
		results, err := a.Seals.Check(ctx, content, digest.Sum(nil))
		if err != nil {
			return err
		}
		err = c.tell(map[string]any{"valid": ses.Passed(results), "checks": results}, func(w io.Writer) {
			for _, r := range results {
				mark, why := "ok    ", ""
				if !r.OK {
					_, detail, _ := strings.Cut(r.Detail, ".")
					mark, why = "FAILED", words.Say(language(), "seal.check.why."+detail)
				}
				fmt.Fprintf(w, "%s  %s  %s\n", mark, words.Say(language(), "seal.check.name."+r.Name), why)
			}
		})
		if err == nil && !ses.Passed(results) {
			err = errNotSealed
		}
		return err
	})
}
