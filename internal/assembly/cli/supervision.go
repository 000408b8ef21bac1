package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/gov/actor"
)

var errDisagree = errors.New("the counters differ from the cases; run it again with --mend")

func (c *command) supervision() *cobra.Command {
	cmd := &cobra.Command{Use: "supervision", Short: "The supervision of deadlines (效能监督)"}
	mend := false
	recount := c.json(&cobra.Command{Use: "recount", Short: "Count every case anew and compare the counters of the boards", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error { return c.recount(ctx, a, mend) })
		}})
	recount.Flags().BoolVar(&mend, "mend", false, "make the counters anew where they differ")
	cmd.AddCommand(recount)
	return cmd
}

func (c *command) recount(ctx context.Context, a *assembly.App, mend bool) error {
	n, err := a.Supervision.Recount(ctx, actor.Program("cli"), mend, nil)
	if err != nil {
		return err
	}
	err = c.tell(n, func(w io.Writer) {
		fmt.Fprintf(w, "cases %d, open %d, counters compared %d, differences %d\n", n.Cases, n.Open, n.Counters, len(n.Differences))
		for _, d := range n.Differences {
			fmt.Fprintf(w, "  %s %s %s: counter %d, counted %d\n", d.Path, d.Phase, d.Day, d.Counter, d.Counted)
		}
	})
	if err == nil && len(n.Differences) > 0 && !mend {
		return errDisagree
	}
	return err
}
