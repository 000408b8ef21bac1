package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
)

func (c *command) calendar() *cobra.Command {
	cmd := &cobra.Command{Use: "calendar", Short: "Working days by the State Council's notices and a region's own days"}
	place := ""
	add := c.json(&cobra.Command{Use: "add DATE N", Short: "Print the date N working days after DATE, which is not counted", Args: cobra.ExactArgs(2),
		Example: "  xiangyun calendar add 2025-12-31 5 --region 220102",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.addDays(cmd, args[0], args[1], place) }})
	add.Flags().StringVar(&place, "region", "220000", "region whose calendar counts")
	of := ""
	take := &cobra.Command{Use: "import FILE", Short: "Take a year's notice in the holiday-cn form (JSON): the country's, or with --region a region's own days", Args: cobra.ExactArgs(1),
		Example: "  xiangyun calendar import 2027.json\n  xiangyun calendar import yanbian-2027.json --region 2224",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.importNotice(cmd, args[0], of) }}
	take.Flags().StringVar(&of, "region", "", "region whose own days the file lists; empty for the State Council's notice")
	cmd.AddCommand(add, take)
	return cmd
}

func (c *command) importNotice(cmd *cobra.Command, file, of string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return c.with(cmd, func(ctx context.Context, a *assembly.App) error {
		if of != "" {
			set, err := a.Offices.ImportLocalDays(ctx, program, of, text)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "days of region %s in force: %d new\n", of, set)
			return nil
		}
		n, err := a.Offices.ImportNotice(ctx, program, text)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "the notice of %d is in force: %d days\n", n.Year, len(n.Days))
		return nil
	})
}

func (c *command) addDays(cmd *cobra.Command, date, days, place string) error {
	from, err := civil.Parse(date)
	if err != nil {
		return misuse{fmt.Errorf("DATE must be a date such as 2026-01-31: %q is none", date)}
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > 10_000 {
		return misuse{fmt.Errorf("N must be a whole number from 0 to 10000: %q is none", days)}
	}
	where, err := region.Parse(place)
	if err != nil {
		return misuse{fmt.Errorf("--region must be the code of a region: %q is none", place)}
	}
	cal, err := c.calendarOf(cmd, where)
	if err != nil {
		return err
	}
	due := cal.Add(from, n)
	if due.IsZero() {
		return misuse{fmt.Errorf("%d working days after %s is beyond the year 9999", n, from)}
	}
	if !cal.Covers(due) {
		fmt.Fprintf(c.err, "no notice for %d is known: weekends alone were left out\n", due.Year())
	}
	answer := map[string]any{"from": from.String(), "days": n, "region": where.String(), "date": due.String(), "covered": cal.Covers(due)}
	return c.tell(answer, func(w io.Writer) { fmt.Fprintln(w, due) })
}

// calendarOf reads the installation's calendar, with what was imported; without an installation the one in the binary.
func (c *command) calendarOf(cmd *cobra.Command, r region.Code) (*workday.Calendar, error) {
	conf, err := c.configuration(cmd)
	if err != nil {
		return nil, err
	}
	there, err := installed(conf)
	if err != nil || !there {
		return workday.Standard(r), err
	}
	var cal *workday.Calendar
	err = c.with(cmd, func(ctx context.Context, a *assembly.App) error {
		return a.DB.View(ctx, func(tx *db.Tx) (err error) {
			cal, err = a.Offices.Calendar(ctx, tx, r)
			return err
		})
	})
	return cal, err
}

// installed tells whether there is a database: asking for a date must not make one.
func installed(conf config.Config) (bool, error) {
	if conf.DatabaseURL != "" {
		return true, nil
	}
	_, err := os.Stat(filepath.Join(conf.Data, "xiangyun.db"))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
