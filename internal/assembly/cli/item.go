package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
)

func (c *command) item() *cobra.Command {
	cmd := &cobra.Command{Use: "item", Short: "The library of service items (政务服务事项库)"}
	cmd.AddCommand(c.json(&cobra.Command{Use: "census", Short: "Count the library from its tables", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
			n, err := a.Items.Census(ctx)
			if err != nil {
				return err
			}
			return c.tell(n, func(w io.Writer) {
				fmt.Fprintf(w, "base items %d, entries %d, variants %d, offices %d, regions %d, deviations %d, indexed %d\n",
					n.Base, n.Entries, n.Variants, n.Offices, n.Regions, n.Deviations, n.Indexed)
			})
		})
	}}))
	cmd.AddCommand(c.check(), c.importItems(), c.exportItems())
	return cmd
}
