package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/assembly/demo"
)

// The sizes of the demo province.
const (
	scaleCounty   = "county"
	scaleProvince = "province"
)

func (c *command) demo() *cobra.Command {
	var scale, within string
	cmd := &cobra.Command{Use: "demo", Short: "Load the demo province into the store", Args: cobra.NoArgs,
		Long: `Demo loads the demo province: the items of everyday life in sixty counties, and invented people. Loading it again changes nothing. Never do it where real
people are served.

With --scale province it goes on to a whole province's catalogue: two thousand base items of thirty-six departments, and more than a million entries of the
offices of all five levels. It says how far it is; stopped, it goes on where it was.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if scale != scaleCounty && scale != scaleProvince {
				return misuse{fmt.Errorf("--scale is %s or %s, not %q", scaleCounty, scaleProvince, scale)}
			}
			c.invented = true
			return c.with(cmd, func(ctx context.Context, a *assembly.App) error {
				err := a.LoadDemo(ctx, func(part string) { fmt.Fprintf(c.out, "loading: %s\n", part) })
				if err != nil || scale != scaleProvince {
					return err
				}
				return a.LoadProvince(ctx, demo.Slice{Regions: within}, c.progress)
			})
		}}
	cmd.Flags().StringVar(&scale, "scale", scaleCounty, "county: the items of everyday life; province: the catalogue of every department and level")
	cmd.Flags().StringVar(&within, "regions", "", "with --scale province: only offices of regions that begin with these digits")
	return cmd
}

// progress says on standard error how far loading is.
func (c *command) progress(p demo.Progress) {
	if p.Total == 0 {
		fmt.Fprintf(c.err, "%s (%.0f s)\n", p.Part, p.Elapsed.Seconds())
		return
	}
	fmt.Fprintf(c.err, "%s: %d of %d entries (%.0f%%), %d new, %.0f a second\n", p.Part, p.Done, p.Total, 100*float64(p.Done)/float64(p.Total), p.New, p.Rate())
}
