package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
)

// program is who acts at the command line: whoever can run it holds the data folder and its keys.
var program = actor.Program("command-line")

func (c *command) config() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check or print the configuration"}
	cmd.AddCommand(
		&cobra.Command{Use: "check", Short: "Report every mistake of the configuration", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := c.configuration(cmd); err != nil {
				return err
			}
			fmt.Fprintln(c.out, "the configuration is in order")
			return nil
		}},
		&cobra.Command{Use: "print", Short: "Print the configuration in force as TOML, without passwords", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := c.configuration(cmd)
			if err != nil {
				return err
			}
			return conf.Print(c.out)
		}})
	return cmd
}

func (c *command) admin() *cobra.Command {
	cmd := &cobra.Command{Use: "admin", Short: "The three separated administrators (三员)"}
	var n account.NewOfficer
	var role string
	create := c.json(&cobra.Command{Use: "create", Short: "Make the account of an administrator and print its first password", Args: cobra.NoArgs,
		Long: "Create makes the account of one of the three administrators. The password printed must be replaced and a second factor set up at the first sign-in.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			n.Administrator = true
			return c.with(cmd, func(ctx context.Context, a *assembly.App) error { return c.newAdmin(ctx, a, n, role) })
		}})
	f := create.Flags()
	f.StringVar(&n.Login, "login", "", "name to sign in with")
	f.StringVar(&n.Name, "name", "", "name of the person")
	f.StringVar(&n.Number, "number", "", "identity number of the person (GB 11643)")
	f.StringVar(&n.Phone, "phone", "", "mobile number")
	f.StringVar(&role, "role", "", strings.Join([]string{office.RoleAdmin, office.RoleSecurity, office.RoleAuditor}, ", "))
	for _, name := range []string{"login", "name", "number", "phone", "role"} {
		_ = create.MarkFlagRequired(name) // the flag was defined above
	}
	cmd.AddCommand(create)
	return cmd
}

// provincePath is the office whose subtree is the whole province.
const provincePath = "22"

func (c *command) newAdmin(ctx context.Context, a *assembly.App, n account.NewOfficer, role string) error {
	if role != office.RoleAdmin && role != office.RoleSecurity && role != office.RoleAuditor {
		return misuse{fmt.Errorf("--role must be %s, %s or %s", office.RoleAdmin, office.RoleSecurity, office.RoleAuditor)}
	}
	made, password, err := a.Accounts.CreateOfficer(ctx, program, n)
	if err != nil {
		return err
	}
	if err := a.Offices.Appoint(ctx, program, office.Appointment{AccountID: made.ID, Role: role, OfficePath: provincePath}); err != nil {
		return err
	}
	answer := map[string]string{"login": made.Login, "role": role, "password": password}
	return c.tell(answer, func(w io.Writer) {
		fmt.Fprintf(w, "%s may sign in as %s with the password %s and must replace it then\n", made.Login, role, password)
	})
}
