package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/module/casefile"
)

var errDiffers = errors.New("the dates that are stored are not those the log gives")

func (c *command) caseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "case", Short: "Cases and their clocks (办件)"}
	cmd.AddCommand(c.json(&cobra.Command{Use: "recompute NUMBER", Short: "Find the dates of a case again from the log alone, step by step, and compare them with those stored", Args: cobra.ExactArgs(1),
		Long: "Recompute reads the leaves of the case and of the calendar they name, checks that each is what its commitment was made from, and computes both limits. " +
			"The tables of cases are read for the comparison only. It answers 1 when a date differs.",
		Example: "  xiangyun case recompute 220102031261127000001",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error { return c.recompute(ctx, a, args[0]) })
		}}), c.warningCommand(), c.reportCommand())
	return cmd
}

func (c *command) reportCommand() *cobra.Command {
	contact := false
	cmd := c.json(&cobra.Command{Use: "report NUMBER", Short: "The fields a case is reported with to the national platform", Args: cobra.ExactArgs(1),
		Long: "Who applied is sealed; --contact opens it instead. Both readings are leaves of the log. Columns without a value are listed with the reason.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				if contact {
					k, err := a.Cases.ReportedContact(ctx, program, args[0])
					if err != nil {
						return err
					}
					return c.tell(k, func(w io.Writer) { fmt.Fprintf(w, "%s %s %s %s\n", k.Name, k.Code, k.Mobile, k.Address) })
				}
				r, err := a.Cases.Reported(ctx, program, args[0])
				if err != nil {
					return err
				}
				return c.tell(r, func(w io.Writer) {
					fmt.Fprintf(w, "%s %s: %d steps, %d special procedures, %d materials\n", r.Accept["project_no"], r.Accept["task_name"], len(r.Process), len(r.Special), len(r.Materials))
					for _, column := range slices.Sorted(maps.Keys(r.Absent)) {
						fmt.Fprintf(w, "%s: %s\n", column, r.Absent[column])
					}
				})
			})
		}})
	cmd.Flags().BoolVar(&contact, "contact", false, "open who applied, which is logged")
	return cmd
}

func (c *command) recompute(ctx context.Context, a *assembly.App, number string) error {
	r, err := a.Cases.RecomputeFromLeaves(ctx, program, a.Audit, number)
	if err != nil {
		return err
	}
	err = c.tell(r, func(w io.Writer) {
		for n, s := range r.Steps {
			fmt.Fprintf(w, "%2d. %s\n", n+1, s.Text)
		}
		verdict := "与系统记录一致 agrees"
		if !r.Agrees {
			verdict = "与系统记录不一致 differs"
		}
		fmt.Fprintf(w, "存证算得 found:  法定 %s  承诺 %s\n系统记录 stored: 法定 %s  承诺 %s\n%s\n", day(r.Found.Legal), day(r.Found.Promise), day(r.Stored.Legal), day(r.Stored.Promise), verdict)
	})
	if err == nil && !r.Agrees {
		return errDiffers
	}
	return err
}

// day says a date, and a dash for none.
func day(d fmt.Stringer) string {
	if text := d.String(); text != "" {
		return text
	}
	return "—"
}

func (c *command) warningCommand() *cobra.Command {
	var w casefile.Warning
	cmd := c.json(&cobra.Command{Use: "warning CONDITION", Short: "Set when clocks turn yellow, for an item, a kind of items or a region", Args: cobra.ExactArgs(1),
		Long: "CONDITION is a CEL expression over left (days left of the promise), limit (its days), used (working days), item_kind and region. Where nothing is set it is\n  " +
			casefile.UsualYellow + "\nA serving process finds the days of warning of open cases anew within a minute or two.",
		Example: "  xiangyun case warning 'left <= 2' --region 2201 --source '市政务服务局通知'",
		RunE: func(cmd *cobra.Command, args []string) error {
			w.Yellow = args[0]
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				id, err := a.Cases.SetWarning(ctx, program, w)
				if err != nil {
					return err
				}
				return c.tell(map[string]string{"change": id}, func(out io.Writer) { fmt.Fprintf(out, "the rule is set; see /desk/calendars/%s\n", id) })
			})
		}})
	f := cmd.Flags()
	f.StringVar(&w.BaseCode, "item", "", "base code of one item")
	f.StringVar(&w.ItemKind, "kind", "", "kind of items, two digits")
	f.StringVar(&w.Region, "region", "", "first digits of the code of a region")
	f.StringVar(&w.Source, "source", "", "on what the rule rests")
	return cmd
}
