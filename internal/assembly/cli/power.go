package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/module/power"
)

func (c *command) power() *cobra.Command {
	cmd := &cobra.Command{Use: "power", Short: "The list of powers and duties (权责清单)"}
	cmd.AddCommand(c.json(&cobra.Command{Use: "load FILE", Short: "Load the list as it stands today (JSON); powers that are there already are left as they are", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			list, err := power.ParseList(text)
			if err != nil {
				return err
			}
			return c.with(cmd, func(ctx context.Context, a *assembly.App) error {
				n, err := a.Powers.Seed(ctx, program, list)
				if err != nil {
					return err
				}
				return c.tell(map[string]int{"read": len(list), "loaded": n}, func(w io.Writer) {
					fmt.Fprintf(w, "%d powers read, %d loaded, %d were there already\n", len(list), n, len(list)-n)
				})
			})
		}}))
	return cmd
}
