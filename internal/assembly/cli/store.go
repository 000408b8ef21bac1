package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/platform/backup"
)

func (c *command) migrate() *cobra.Command {
	return &cobra.Command{Use: "migrate", Short: "Bring the tables to this version", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		d, _, err := c.store(cmd)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, "the tables are those of this version")
		return d.Close()
	}}
}

func (c *command) backup() *cobra.Command {
	return c.json(&cobra.Command{Use: "backup FILE", Short: "Save the whole installation into one file, while the server runs", Args: cobra.ExactArgs(1),
		Long: "Backup writes tables, documents and wrapped keys into FILE, which must not exist. The key that unwraps the keys (DATA/kek) is not in it: keep it elsewhere.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.needsInstallation(cmd); err != nil {
				return err
			}
			d, conf, err := c.store(cmd)
			if err != nil {
				return err
			}
			r, err := saveAs(args[0], func(w io.Writer) (backup.Report, error) {
				return backup.Write(cmd.Context(), assembly.Backup(d, conf, version), w)
			})
			if err := errors.Join(err, d.Close()); err != nil {
				return err
			}
			return c.tell(r, func(w io.Writer) { fmt.Fprintf(w, "saved %s\n", counted(r)) })
		}})
}

// saveAs writes beside the file and renames at the end, so that a file of that name is a whole backup.
func saveAs(name string, write func(w io.Writer) (backup.Report, error)) (r backup.Report, err error) {
	if _, err := os.Stat(name); err == nil {
		return r, fmt.Errorf("%s is there already; choose another name", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".backup-*")
	if err != nil {
		return r, err
	}
	r, err = write(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return r, errors.Join(err, os.Remove(f.Name()))
	}
	return r, nil
}

func (c *command) restore() *cobra.Command {
	return c.json(&cobra.Command{Use: "restore FILE", Short: "Read a backup into an empty installation", Args: cobra.ExactArgs(1),
		Long: "Restore reads FILE, written by backup on either engine, into a data folder and database that are empty. Put the KEK file back as well.",
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			d, conf, err := c.store(cmd)
			if err != nil {
				return errors.Join(err, f.Close())
			}
			r, err := backup.Read(cmd.Context(), assembly.Backup(d, conf, version), f)
			if err := errors.Join(err, d.Close(), f.Close()); err != nil {
				return err
			}
			return c.tell(r, func(w io.Writer) { fmt.Fprintf(w, "restored %s\n", counted(r)) })
		}})
}

func counted(r backup.Report) string {
	var rows int64
	for _, n := range r.Rows {
		rows += n
	}
	return fmt.Sprintf("%d rows of %d tables and %d files (%d bytes)", rows, len(r.Rows), r.Files, r.Bytes)
}
