package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
)

func (c *command) item() *cobra.Command {
	cmd := &cobra.Command{Use: "item", Short: "The library of service items (政务服务事项库)"}
	cmd.AddCommand(c.census(), c.check(), c.importItems(), c.exportItems())
	return cmd
}

func (c *command) census() *cobra.Command {
	var recount bool
	cmd := c.json(&cobra.Command{Use: "census", Short: "Count the library", Args: cobra.NoArgs,
		Long: `Census reads the counters that every change of the library keeps in its own transaction, and says what the last recount found beside them and when it
was: the server recounts each night, slice by slice, and sets right what differs. With --recount it counts every entry as well, tells whether the
counters agree, sets right those that do not, and then ends with an error.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				if !recount {
					n, err := a.Items.Census(ctx)
					if err != nil {
						return err
					}
					return c.tell(n, func(w io.Writer) { tellCensus(w, n) })
				}
				n, err := a.Items.Recount(ctx, actor.Program("census"))
				if err != nil {
					return err
				}
				err = c.tell(n, func(w io.Writer) {
					tellCensus(w, n.Census)
					for _, r := range n.Repairs {
						fmt.Fprintf(w, "%s had %d, counted %d\n", r.Tally, r.Had, r.Found)
					}
					fmt.Fprintf(w, "counters that did not agree: %d\n", n.Differs)
				})
				if err == nil && !n.Agreed {
					err = fmt.Errorf("%d counters did not agree with the entries and were set right", n.Differs)
				}
				return err
			})
		}})
	cmd.Flags().BoolVar(&recount, "recount", false, "count every entry and compare it with the counters")
	return cmd
}

func tellCensus(w io.Writer, n item.Census) {
	fmt.Fprintf(w, "base items %d, entries %d, variants %d, offices %d, regions %d, deviations %d, indexed %d\n",
		n.Base, n.Entries, n.Variants, n.Offices, n.Regions, n.Deviations, n.Indexed)
	recounted := "never"
	if !n.Recounted.IsZero() {
		recounted = n.Recounted.Format(time.RFC3339)
	}
	fmt.Fprintf(w, "counters as of %s; deviations with %d entries off their base version, and %d findings of quality, as of the last recount: %s\n",
		n.AsOf.Format(time.RFC3339), n.Astray, n.Findings, recounted)
}
