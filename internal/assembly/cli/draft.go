package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
)

// check reads what a keeper drafted, without a store: guides and forms of a folder, each by itself and all against one another.
func (c *command) check() *cobra.Command {
	return c.json(&cobra.Command{Use: "check FOLDER", Short: "Check drafted guides (items/*.toml) and forms (forms/*.json) before they are published",
		Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
			d := drafts{Errors: []string{}, codes: map[string]string{}, forms: map[string]bool{}}
			if err := d.readForms(args[0]); err != nil {
				return err
			}
			if err := d.readItems(args[0]); err != nil {
				return err
			}
			err := c.tell(d, func(w io.Writer) {
				for _, e := range d.Errors {
					fmt.Fprintln(w, e)
				}
				fmt.Fprintf(w, "guides %d, forms %d, errors %d\n", d.Guides, d.Forms, len(d.Errors))
			})
			if err == nil && len(d.Errors) > 0 {
				err = fmt.Errorf("%d errors in %s", len(d.Errors), args[0])
			}
			return err
		}})
}

// drafts are what was found so far.
type drafts struct {
	Guides int      `json:"guides"`
	Forms  int      `json:"forms"`
	Errors []string `json:"errors"`

	codes map[string]string // base code → file
	forms map[string]bool
}

func (d *drafts) refuse(file, format string, args ...any) {
	d.Errors = append(d.Errors, filepath.Base(file)+": "+fmt.Sprintf(format, args...))
}

func (d *drafts) readForms(folder string) error {
	return each(filepath.Join(folder, "forms", "*.json"), func(name string, text []byte) {
		d.Forms++
		d.forms[strings.TrimSuffix(filepath.Base(name), ".json")] = true
		if _, err := form.Parse(text); err != nil {
			d.refuse(name, "%v", err)
		}
	})
}

func (d *drafts) readItems(folder string) error {
	return each(filepath.Join(folder, "items", "*.toml"), func(name string, text []byte) {
		d.Guides++
		one, err := item.ParseDefinition(text)
		if err != nil {
			d.refuse(name, "%v", err)
			return
		}
		if err := item.Check(&one); err != nil {
			d.explain(name, err)
		}
		if other, twice := d.codes[one.Code]; twice {
			d.refuse(name, "code %s is %s's", one.Code, other)
		}
		d.codes[one.Code] = filepath.Base(name)
		if one.Guide.FormKey != "" && !d.forms[one.Guide.FormKey] {
			d.refuse(name, "there is no form %s", one.Guide.FormKey)
		}
	})
}

// explain lists the fields of a refusal.
func (d *drafts) explain(name string, err error) {
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) == 0 {
		d.refuse(name, "%v", err)
		return
	}
	for _, field := range f.Fields {
		d.refuse(name, "%s: %s %v", field.Name, field.Key, field.Args)
	}
}

// each hands the files of a pattern over in the order of their names.
func each(pattern string, f func(name string, text []byte)) error {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f(name, text)
	}
	return nil
}
