// Package cli is the command line of the one binary. Every command says what it does with --help, answers 0 when it did it, 1 when it refused
// with a reason on standard error, 2 when it was called wrongly, and 3 when a log elsewhere can't be reached; where there is data, --json gives it to programs.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/platform/audit/monitor"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/observe"
)

// version is set by the linker.
var version = "unknown"

// The exit codes.
const (
	done        = 0
	refused     = 1
	misused     = 2
	unreachable = 3 // what was asked about could not be asked: it is neither good nor bad
)

// misuse is an argument nobody could take.
type misuse struct{ error }

// command is what every command is run with.
type command struct {
	in       io.Reader
	out, err io.Writer
	file     string // of the configuration
	flags    config.Config
	asJSON   bool
	newKEK   string // the new KEK that keys rewrap is given
	begun    bool   // a command was found and its arguments were right
	invented bool   // the command is about the demo province, whose seals our own authority makes
}

// Run runs one command and returns the exit code.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	c := &command{in: in, out: out, err: errs}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return done
	case !c.begun || errors.As(err, new(misuse)):
		fmt.Fprintf(errs, "xiangyun: %v\nSee xiangyun --help.\n", err)
		return misused
	}
	fmt.Fprintf(errs, "xiangyun: %s\n", said(err))
	if errors.Is(err, monitor.ErrUnreachable) {
		return unreachable
	}
	return refused
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{Use: "xiangyun", Short: "A province's whole online government in one program (祥云)", SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			err := cmd.ValidateRequiredFlags()
			c.begun = err == nil
			return err
		}}
	root.CompletionOptions.HiddenDefaultCmd = true
	f := root.PersistentFlags()
	f.StringVar(&c.file, "config", os.Getenv("XIANGYUN_CONFIG"), "configuration file (TOML)")
	f.StringVar(&c.flags.Data, "data", "", "folder of the database file, documents and keys (default ./var)")
	f.StringVar(&c.flags.DatabaseURL, "database-url", "", "postgres://…; without it SQLite in the data folder")
	root.AddCommand(c.serve(), c.migrate(), c.demo(), c.config(), c.admin(), c.backup(), c.restore(), c.audit(), c.cert(), c.calendar(), c.caseCommand(), c.power(), c.item(), c.versionCommand(), c.supervision(), c.seal(), c.log(), c.keys())
	return root
}

// json adds the flag to a command that has data.
func (c *command) json(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "answer in JSON")
	return cmd
}

// tell prints data: as JSON, or by f for people.
func (c *command) tell(v any, f func(w io.Writer)) error {
	if !c.asJSON {
		f(c.out)
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// configuration is defaults, under the file, under the variables, under the command line.
func (c *command) configuration(cmd *cobra.Command) (config.Config, error) {
	conf, err := config.Load(c.file, config.Environ())
	if err != nil {
		return conf, err
	}
	for name, to := range map[string]struct{ from, to *string }{"data": {&c.flags.Data, &conf.Data}, "database-url": {&c.flags.DatabaseURL, &conf.DatabaseURL},
		"listen": {&c.flags.Listen, &conf.Listen}, "public-url": {&c.flags.PublicURL, &conf.PublicURL}} {
		if flag := cmd.Flags().Lookup(name); flag != nil && flag.Changed {
			*to.to = *to.from
		}
	}
	if flag := cmd.Flags().Lookup("demo"); flag != nil && flag.Changed {
		conf.Demo = c.flags.Demo
	}
	conf.Demo = conf.Demo || c.invented
	return conf, conf.Validate()
}

// open opens the program for one command; the caller closes it.
func (c *command) open(cmd *cobra.Command) (*assembly.App, error) {
	conf, err := c.configuration(cmd)
	if err != nil {
		return nil, err
	}
	return assembly.Open(cmd.Context(), assembly.Params{Config: conf, Version: version, Log: c.logger(conf), NewKEK: c.newKEK})
}

// with opens the program, does f and closes it.
func (c *command) with(cmd *cobra.Command, f func(ctx context.Context, a *assembly.App) error) error {
	a, err := c.open(cmd)
	if err != nil {
		return err
	}
	return errors.Join(f(cmd.Context(), a), a.Close())
}

// within is with for commands that read an installation: a folder named by mistake is not made one, and what it lacks is not called whole.
func (c *command) within(cmd *cobra.Command, f func(ctx context.Context, a *assembly.App) error) error {
	if err := c.needsInstallation(cmd); err != nil {
		return err
	}
	return c.with(cmd, f)
}

func (c *command) needsInstallation(cmd *cobra.Command) error {
	conf, err := c.configuration(cmd)
	if err != nil {
		return err
	}
	there, err := installed(conf)
	if err == nil && !there {
		err = fmt.Errorf("there is no installation in %s: name its folder with --data", conf.Data)
	}
	return err
}

// store opens the database alone; the caller closes it.
func (c *command) store(cmd *cobra.Command) (*db.DB, config.Config, error) {
	conf, err := c.configuration(cmd)
	if err != nil {
		return nil, conf, err
	}
	d, err := assembly.OpenStore(cmd.Context(), conf)
	return d, conf, err
}

func (c *command) logger(conf config.Config) *slog.Logger {
	return observe.Logger(c.err, conf.LogLevel, conf.LogFormat)
}

// said is an error as a person reads it: a refusal in words, with its fields.
func said(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return err.Error()
	}
	w, wordsErr := assembly.Words()
	if wordsErr != nil {
		return err.Error()
	}
	lines := []string{w.Say(language(), f.Key, f.Args...)}
	for _, field := range f.Fields {
		lines = append(lines, "  "+field.Name+": "+w.Say(language(), field.Key, field.Args...))
	}
	if cause := f.Unwrap(); cause != nil && f.Kind == fault.Busy {
		lines = append(lines, "  "+cause.Error()) // who keeps the machine needs to know what failed
	}
	return strings.Join(lines, "\n")
}

// language is that of the terminal, English where it says nothing of ours.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, l := range []string{"zh", "ko"} {
			if strings.HasPrefix(os.Getenv(name), l) {
				return l
			}
		}
	}
	return "en"
}

func (c *command) versionCommand() *cobra.Command {
	return c.json(&cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return c.tell(map[string]string{"version": version}, func(w io.Writer) { fmt.Fprintln(w, version) })
	}})
}
