package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/assembly/demo"
)

func (c *command) serve() *cobra.Command {
	cmd := &cobra.Command{Use: "serve", Short: "Serve the province", Args: cobra.NoArgs,
		Long: "Serve answers until it is told to stop (SIGINT, SIGTERM); it then finishes what it began. Flags override XIANGYUN_* variables, those the file.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.with(cmd, c.answer) }}
	cmd.Flags().StringVar(&c.flags.Listen, "listen", "", "address to listen on (default 127.0.0.1:8080)")
	cmd.Flags().StringVar(&c.flags.PublicURL, "public-url", "", "how the outside reaches the server; stands in QR codes")
	cmd.Flags().BoolVar(&c.flags.Demo, "demo", false, "load the demo province and its accounts; never where real people are served")
	return cmd
}

// answer loads what is to be loaded, listens and serves.
func (c *command) answer(ctx context.Context, a *assembly.App) error {
	if a.Config.Demo {
		if err := a.LoadDemo(ctx, func(part string) { fmt.Fprintf(c.err, "loading the demo province: %s\n", part) }); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", a.Config.Listen, err)
	}
	a.ServedAt(l.Addr())
	greet(c.out, a)
	return a.Serve(ctx, l)
}

// greet says where the server is, and in the demo province who one may be.
func greet(w io.Writer, a *assembly.App) {
	var b strings.Builder
	fmt.Fprintf(&b, "\nXiangyun 祥云 %s  %s\n", version, a.Address())
	if a.Config.Demo {
		fmt.Fprintf(&b, "\nThe demo province. Password of every account: %s\n", demo.Password)
		for _, g := range demo.Greeting {
			fmt.Fprintf(&b, "  %-28s %s\n", g[0], g[1])
		}
	}
	_, _ = io.WriteString(w, b.String()+"\n") // nobody may be reading
}
