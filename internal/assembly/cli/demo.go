package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/assembly/demo"
)

// The sizes of the demo province.
const (
	scaleCounty   = "county"
	scaleProvince = "province"
	scaleCerts    = "certificates"
)

func (c *command) demo() *cobra.Command {
	var scale, within string
	var count int
	cmd := &cobra.Command{Use: "demo", Short: "Load the demo province into the store", Args: cobra.NoArgs,
		Long: `Demo loads the demo province: the items of everyday life in sixty counties, and invented people. Loading it again changes nothing. Never do it where real
people are served.

With --scale province it goes on to a whole province's catalogue: two thousand base items of thirty-six departments, and more than a million entries of the
offices of all five levels. It says how far it is; stopped, it goes on where it was.

With --scale certificates it issues invented certificates of every type, as many as the province reported by the end of 2021 or as --count says: signed,
in the log, held by invented people and companies. It says how far it is; stopped, it goes on where it was, and a greater count goes on from a smaller one.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if scale != scaleCounty && scale != scaleProvince && scale != scaleCerts {
				return misuse{fmt.Errorf("--scale is %s, %s or %s, not %q", scaleCounty, scaleProvince, scaleCerts, scale)}
			}
			if count < 1 || count > demo.AllCertificates {
				return misuse{fmt.Errorf("--count is 1 to %d, not %d", demo.AllCertificates, count)}
			}
			c.invented = true
			return c.with(cmd, func(ctx context.Context, a *assembly.App) error {
				err := a.LoadDemo(ctx, func(part string) { fmt.Fprintf(c.out, "loading: %s\n", part) })
				if err != nil || scale == scaleCounty {
					return err
				}
				if scale == scaleCerts {
					return a.LoadCertificates(ctx, count, c.progress)
				}
				return a.LoadProvince(ctx, demo.Slice{Regions: within}, c.progress)
			})
		}}
	cmd.Flags().StringVar(&scale, "scale", scaleCounty, "county: the items of everyday life; province: the catalogue of every department and level; certificates: a province's certificates")
	cmd.Flags().IntVar(&count, "count", demo.AllCertificates, "with --scale certificates: how many there are to be")
	cmd.Flags().StringVar(&within, "regions", "", "with --scale province: only offices of regions that begin with these digits")
	return cmd
}

// progress says on standard error how far loading is.
func (c *command) progress(p demo.Progress) {
	if p.Total == 0 {
		fmt.Fprintf(c.err, "%s (%.0f s)\n", p.Part, p.Elapsed.Seconds())
		return
	}
	fmt.Fprintf(c.err, "%s: %d of %d %s (%.0f%%), %d new, %.0f a second%s\n", p.Part, p.Done, p.Total, p.Unit, 100*float64(p.Done)/float64(p.Total), p.New, p.Rate(), remaining(p))

}

// remaining says how long the rest takes at the rate so far.
func remaining(p demo.Progress) string {
	if p.Rate() <= 0 || p.Done >= p.Total {
		return ""
	}
	left := time.Duration(float64(p.Total-p.Done) / p.Rate() * float64(time.Second))
	return fmt.Sprintf(", %s to go", left.Round(time.Second))
}
