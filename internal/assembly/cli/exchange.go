package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"xiangyun/internal/assembly"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/rdf"
	"xiangyun/internal/platform/sheet"
)

// shownMistakes is how many mistakes of one kind are printed; all are counted, and all stand in the file of --mistakes.
const shownMistakes = 20

func (c *command) importItems() *cobra.Command {
	var in item.Import
	var list string
	cmd := c.json(&cobra.Command{Use: "import FOLDER|FILE", Short: "Read national tables (up_task_*.csv or .jsonl) into the library", Args: cobra.ExactArgs(1),
		Long: "Import reads the tables of a folder, or one of them. Base items that are not there are published, entries are made at the offices their codes\n" +
			"name. Rows with a mistake are left out and told. Stopped half-way, the same command goes on where it was; done, it changes nothing.",
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := sources(args[0])
			if err != nil {
				return err
			}
			in.Name, in.Files = filepath.Base(args[0]), files
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error { return c.readItems(ctx, a, in, list) })
		}})
	f := cmd.Flags()
	f.BoolVar(&in.DryRun, "dry-run", false, "find every mistake and change nothing")
	f.BoolVar(&in.Again, "again", false, "read files again that were read to their end")
	f.StringVar(&list, "mistakes", "", "write every mistake into this CSV file")
	return cmd
}

// sources are the files of an import. Those that are no tables are told by the import.
func sources(name string) ([]item.Source, error) {
	about, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	names := []string{name}
	if about.IsDir() {
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		names = nil
		for _, e := range entries {
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
				names = append(names, filepath.Join(name, e.Name()))
			}
		}
	}
	list := make([]item.Source, len(names))
	for i, n := range names {
		list[i] = item.Source{Name: filepath.Base(n), Open: func() (io.ReadCloser, error) { return os.Open(n) }}
	}
	return list, nil
}

// readItems runs an import and tells how it goes.
func (c *command) readItems(ctx context.Context, a *assembly.App, in item.Import, list string) (err error) {
	words, err := assembly.Words()
	if err != nil {
		return err
	}
	var file *bufio.Writer
	if list != "" {
		f, err := os.Create(list)
		if err != nil {
			return err
		}
		file = bufio.NewWriter(f)
		defer func() { err = errors.Join(err, file.Flush(), f.Close()) }()
		fmt.Fprint(file, sheet.Mark+"file,row,byte,column,kind,sentence\r\n")
	}
	shown := map[string]int{}
	in.Mistake = func(m item.Mistake) error {
		text := sentence(words, m)
		if shown[m.Kind]++; shown[m.Kind] <= shownMistakes && !c.asJSON {
			fmt.Fprintf(c.err, "%s:%d %s: %s\n", m.File, m.Row, m.Column, text)
		}
		if file == nil {
			return nil
		}
		var line []byte
		for i, cell := range []string{m.File, strconv.FormatInt(m.Row, 10), strconv.FormatInt(m.Place, 10), m.Column, m.Kind, text} {
			if i > 0 {
				line = append(line, ',')
			}
			line = sheet.AppendCSV(line, sheet.Harmless(cell))
		}
		_, err := file.Write(append(line, '\r', '\n'))
		return err
	}
	told := time.Now()
	in.Progress = func(r item.ImportRun) {
		if time.Since(told) >= time.Second && !c.asJSON {
			told = time.Now()
			fmt.Fprintf(c.err, "%3d %%  %s: %d rows, %d entries, %d mistakes\n", percent(r), r.File, r.ReadRows, r.Entries, r.Mistakes)
		}
	}
	run, err := a.Items.Import(ctx, program, in)
	if err != nil {
		return err
	}
	if err := c.tell(summary(run, in.DryRun), func(w io.Writer) { tellRun(w, run, in.DryRun, words) }); err != nil {
		return err
	}
	if in.DryRun && run.Mistakes > 0 {
		return fmt.Errorf("%d mistakes", run.Mistakes)
	}
	return nil
}

func percent(r item.ImportRun) int64 { return 100 * r.BytesDone / max(1, r.Bytes) }

func sentence(words *page.Catalogue, m item.Mistake) string {
	said := m.Said
	if m.Kind == "definition" {
		said = words.Say(language(), m.Said)
	}
	return words.Say(language(), "keeper.import.mistake."+m.Kind, said)
}

func summary(r item.ImportRun, dry bool) map[string]any {
	return map[string]any{"id": r.ID, "digest": r.Digest, "state": r.State, "dry_run": dry, "bytes": r.Bytes, "rows": r.ReadRows, "bases": r.Bases, "entries": r.Entries, "ended": r.Ended, "same": r.Same,
		"passed": r.Passed, "stated": r.Stated, "agreed": r.Agreed, "mistakes": r.Mistakes, "kinds": r.Kinds.V}
}

func tellRun(w io.Writer, r item.ImportRun, dry bool, words *page.Catalogue) {
	verb := "imported"
	if dry {
		verb = "would import"
	}
	fmt.Fprintf(w, "%s %d rows: base items %d, entries %d, ended %d, unchanged %d, left out %d, elements said differently %d, no longer %d, mistakes %d (%.1f MB read)\n",
		verb, r.ReadRows, r.Bases, r.Entries, r.Ended, r.Same, r.Passed, r.Stated, r.Agreed, r.Mistakes, float64(r.Bytes)/1e6)
	for _, kind := range slices.Sorted(maps.Keys(r.Kinds.V)) {
		fmt.Fprintf(w, "  %7d  %s\n", r.Kinds.V[kind], words.Say(language(), "keeper.import.kind."+kind))
	}
}

// The formats of an export.
var formats = []string{"national-csv", "national-json", "open-csv", "turtle", "jsonld"}

func (c *command) exportItems() *cobra.Command {
	var format, out, table string
	cmd := &cobra.Command{Use: "export", Short: "Write the library as national tables, open data or linked data", Args: cobra.NoArgs,
		Long: "Export writes national tables into the folder of --out, or one of them (--table up_task_general_basic) to standard output or into the file of --out;\n" +
			"the other formats are one file.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(formats, format) {
				return misuse{fmt.Errorf("--format must be one of %s", strings.Join(formats, ", "))}
			}
			if strings.HasPrefix(format, "national-") && table == "" && out == "" {
				return misuse{errors.New("national tables are many files: name a folder with --out, or one table with --table")}
			}
			return c.within(cmd, func(ctx context.Context, a *assembly.App) error { return c.writeItems(ctx, a, format, out, table) })
		}}
	f := cmd.Flags()
	f.StringVar(&format, "format", "national-csv", strings.Join(formats, ", "))
	f.StringVar(&out, "out", "", "file, or folder of national tables; without it standard output")
	f.StringVar(&table, "table", "", "only this national table")
	return cmd
}

func (c *command) writeItems(ctx context.Context, a *assembly.App, format, out, table string) (err error) {
	open := outputs{folder: out}
	if out == "" || table != "" || !strings.HasPrefix(format, "national-") {
		open.only, open.folder = c.out, ""
		if out != "" {
			f, err := os.Create(out)
			if err != nil {
				return err
			}
			open.only, open.files = f, []*os.File{f}
		}
	}
	defer func() { err = errors.Join(err, open.close()) }()
	switch format {
	case "open-csv":
		return a.Items.ExportOpen(ctx, a.Address(), open.only)
	case "turtle", "jsonld":
		catalogue, err := a.OpenCatalogue(rdf.Form(format))
		if err != nil {
			return err
		}
		return a.Items.ExportCatalogue(ctx, catalogue, open.only)
	}
	form := sheet.CSV
	if format == "national-json" {
		form = sheet.Lines
	}
	revision, err := a.Items.Revision(ctx)
	if err != nil {
		return err
	}
	told := time.Now()
	n, err := a.Items.ExportNational(ctx, item.Export{Form: form, Site: a.Address(), Only: table, Batch: "r" + strconv.FormatInt(revision, 10), Open: open.open,
		Progress: func(n int64) {
			if time.Since(told) >= time.Second {
				told = time.Now()
				fmt.Fprintf(c.err, "%d entries\n", n)
			}
		}})
	if err == nil {
		fmt.Fprintf(c.err, "exported %d entries\n", n)
	}
	return err
}

// outputs are the files of an export.
type outputs struct {
	folder string
	only   io.Writer // where everything goes when it is one file
	files  []*os.File
}

func (o *outputs) open(name string) (io.Writer, error) {
	if o.folder == "" {
		return o.only, nil
	}
	if err := os.MkdirAll(o.folder, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(o.folder, name))
	if err == nil {
		o.files = append(o.files, f)
	}
	return f, err
}

func (o *outputs) close() error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
