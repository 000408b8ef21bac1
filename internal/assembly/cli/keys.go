package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/platform/sm"
)

// keys are the commands of who keeps the keys. They may run beside the server, which takes up what they write.
func (c *command) keys() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "The keys that seal personal data (密钥)"}
	cmd.AddCommand(c.keysRotate(), c.keysRewrap(), c.keysStatus())
	return cmd
}

func (c *command) keysRotate() *cobra.Command {
	return c.json(&cobra.Command{Use: "rotate", Short: "Add a data key that seals from now on (轮换数据密钥)", Args: cobra.NoArgs,
		Long: "Rotate adds a data key. Every running node takes it up within seconds and seals with it; older keys go on opening. What they have sealed is sealed anew in " +
			"the background, in small portions, while people work; keys status tells how much is left. Asked again it adds another key.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				s, err := a.RotateKeys(ctx)
				if err != nil {
					return err
				}
				return c.tell(s, func(w io.Writer) { tellKeys(w, s) })
			})
		}})
}

func (c *command) keysRewrap() *cobra.Command {
	cmd := c.json(&cobra.Command{Use: "rewrap", Short: "Wrap the keyring with a new key encryption key (更换 KEK)", Args: cobra.NoArgs,
		Long: "Rewrap draws a new KEK, wraps the keyring with it and puts it where the old one was, which is kept beside it: backups made before need it. Running nodes " +
			"that read the same file take it up within seconds. Interrupted, run it again.\n\nWhere the KEK comes from a secret store, name the new one with --kek, a file of the " +
			"same form: the keyring is wrapped with it, and you put it in the place key_encryption_key names on every node. Until then running nodes go on with the keys they " +
			"hold, and a node that is started refuses.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
				s, before, err := a.RewrapKeys(ctx, c.newKEK)
				if err != nil {
					return err
				}
				return c.tell(struct {
					sm.Standing
					Before string `json:"before,omitempty"`
				}{s, before}, func(w io.Writer) {
					tellKeys(w, s)
					if before != "" {
						fmt.Fprintf(w, "the old KEK is kept as %s: move it where the backups made before are kept\n", before)
					}
				})
			})
		}})
	cmd.Flags().StringVar(&c.newKEK, "kek", "", "file with the new KEK; without it one is drawn and takes the old one's place")
	return cmd
}

func (c *command) keysStatus() *cobra.Command {
	return c.json(&cobra.Command{Use: "status", Short: "Tell how many values older keys have sealed", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return c.within(cmd, func(ctx context.Context, a *assembly.App) error {
			left, err := a.KeysLeft(ctx)
			if err != nil {
				return err
			}
			s := a.Keys.Standing()
			return c.tell(struct {
				sm.Standing
				Left map[string]int64 `json:"left"`
			}{s, left}, func(w io.Writer) {
				tellKeys(w, s)
				for _, name := range slices.Sorted(maps.Keys(left)) {
					fmt.Fprintf(w, "%s: %d values are sealed with older keys\n", name, left[name])
				}
			})
		})
	}})
}

func tellKeys(w io.Writer, s sm.Standing) {
	fmt.Fprintf(w, "keyring: generation %d with %d data keys, wrapped with the KEK in %s\n", s.Generation, s.DataKeys, s.KEK)
}
