// Package demo loads the demo province: processes, forms, the list of powers, the items of everyday life, certificate types, and invented people with valid numbers. It
// goes through the modules' own use cases, so that what is shown was made as it would be in earnest.
//
// Each part is loaded once: its digest is kept, and a start with the same parts does nothing. The ten items of catalogue/items were worked out
// in full, six of them to their certificate, the others to the decision; their statutes, materials, limits and fees are those in force, doubts marked. Those of catalogue/everyday end with the decision;
// they were written from knowledge of the law and only in part compared with its texts: what is known to be unsure stands in each guide's doubts, and a
// keeper checks all of it before real people are served. The people and companies are invented.
package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the table of what was loaded.
var Schema = db.Schema{Name: "demo", FS: schemaFS}

//go:embed catalogue people.toml halls.toml seals.toml lawyers.toml
var files embed.FS

// Password is everybody's in the demo province.
const Password = "xiangyun-demo"

// Services are the modules the demo province is loaded into.
type Services struct {
	DB           *db.DB
	Offices      *office.Service
	Accounts     *account.Service
	Forms        *form.Service
	Powers       *power.Service
	Items        *item.Service
	Flows        *workflow.Service
	Definitions  *workflow.Definitions
	Certificates *cert.Service
	Halls        *hall.Service
	Seals        *seal.Service
	Log          *audit.Log
}

// program is who loads.
var program = actor.Program("demo")

// Load brings the demo province into the store. tell hears of each part before it is loaded; parts that are there already are passed over.
func Load(ctx context.Context, s Services, tell func(part string)) error {
	for _, p := range parts {
		if err := s.load(ctx, p, tell); err != nil {
			return fmt.Errorf("loading the demo province, %s: %w", p.name, err)
		}
	}
	return nil
}

// part is one step of loading, made from the files below some names.
type part struct {
	name  string
	files []string
	load  func(s Services, ctx context.Context) error
}

// parts stand in the order in which they need each other.
var parts = []part{
	{"forms", []string{"catalogue/forms"}, Services.forms},
	{"flows", []string{"catalogue/flows"}, Services.flows},
	{"certificates", []string{"catalogue/certificates"}, Services.certificates},
	{"certificate types", []string{"catalogue/certificate_types.tsv", "catalogue/layouts.toml"}, Services.certificateTypes},
	{"powers", []string{"catalogue/items", "catalogue/everyday/items"}, Services.powers},
	{"items", []string{"catalogue/items"}, Services.items},
	{"everyday forms", []string{"catalogue/everyday/forms"}, Services.everydayForms},
	{"everyday items", []string{"catalogue/everyday/items"}, Services.everydayItems},
	{"people", []string{"people.toml"}, Services.people},
	{"lawyers", []string{"lawyers.toml"}, Services.lawyers},
	{"halls", []string{"halls.toml"}, Services.halls},
	{"seals", []string{"seals.toml"}, Services.seals},
}

func (s Services) load(ctx context.Context, p part, tell func(string)) error {
	digest, err := digestOf(p.files)
	if err != nil {
		return err
	}
	var known string
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		known, err = db.One[string](ctx, tx, `SELECT digest FROM demo_part WHERE name = $1`, p.name)
		return err
	})
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if known == digest {
		return nil
	}
	tell(p.name)
	if err := p.load(s, ctx); err != nil {
		return err
	}
	return s.mark(ctx, p.name, digest)
}

// digestOf is over the names and contents of all files below the roots.
func digestOf(roots []string) (string, error) {
	h := sha256.New()
	for _, root := range roots {
		err := fs.WalkDir(files, root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := files.ReadFile(name)
			fmt.Fprintf(h, "%s %d\n", name, len(text))
			h.Write(text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// file is one file of the catalogue; its key is its name without the ending.
type file struct {
	key  string
	text []byte
}

func folder(name string) ([]file, error) {
	list, err := files.ReadDir(path.Join("catalogue", name))
	if err != nil {
		return nil, err
	}
	var out []file
	for _, e := range list {
		text, err := files.ReadFile(path.Join("catalogue", name, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, file{strings.TrimSuffix(e.Name(), path.Ext(e.Name())), bytes.TrimSpace(text)})
	}
	slices.SortFunc(out, func(a, b file) int { return strings.Compare(a.key, b.key) })
	return out, nil
}

// flows deploys the processes: those in short form, which most items need, and those that were drawn, checked like a keeper's.
func (s Services) flows(ctx context.Context) error {
	list, err := folder("flows")
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := s.flow(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.key, err)
		}
	}
	return nil
}

func (s Services) flow(ctx context.Context, f file) error {
	if !workflow.IsBPMN(f.text) {
		return s.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := s.Flows.Deploy(ctx, tx, f.text)
			return err
		})
	}
	versions, err := s.Definitions.Versions(ctx, program, f.key, 0, 1)
	if err != nil {
		return err
	}
	from := 0
	if len(versions) > 0 {
		from = versions[0].Version
	}
	_, err = s.Definitions.Deploy(ctx, program, f.text, from)
	return err
}

func (s Services) forms(ctx context.Context) error {
	return s.deploy(ctx, "forms")
}

// everydayForms and everydayItems are the rest of the fully-online zone: what people and companies need from birth to pension, from opening a shop to
// closing it.
func (s Services) everydayForms(ctx context.Context) error { return s.deploy(ctx, "everyday/forms") }
func (s Services) everydayItems(ctx context.Context) error { return s.publish(ctx, "everyday/items") }

func (s Services) deploy(ctx context.Context, name string) error {
	return s.each(ctx, name, func(tx *db.Tx, f file) error {
		_, err := s.Forms.Deploy(ctx, tx, f.key, f.text)
		return err
	})
}

func (s Services) certificates(ctx context.Context) error {
	return s.each(ctx, "certificates", func(tx *db.Tx, f file) error {
		t, err := cert.ParseType(f.text)
		if err != nil {
			return err
		}
		return s.Certificates.DeployType(ctx, tx, t)
	})
}

// each does one thing with every file of a folder, in one transaction.
func (s Services) each(ctx context.Context, name string, f func(tx *db.Tx, f file) error) error {
	list, err := folder(name)
	if err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		for _, one := range list {
			if err := f(tx, one); err != nil {
				return fmt.Errorf("%s: %w", one.key, err)
			}
		}
		return nil
	})
}

func (s Services) items(ctx context.Context) error { return s.publish(ctx, "items") }

func (s Services) publish(ctx context.Context, name string) error {
	definitions, err := definitionsIn(name)
	if err != nil {
		return err
	}
	directory := s.Offices.Directory()
	_, err = s.Items.SeedCatalogue(ctx, program, definitions, func(o item.Office) item.Contact { return contact(office.Place(directory, o.Region)) })
	return err
}

// definitionsIn reads the items of a folder.
func definitionsIn(name string) ([]item.Definition, error) {
	list, err := folder(name)
	if err != nil {
		return nil, err
	}
	var definitions []item.Definition
	for _, f := range list {
		d, err := item.ParseDefinition(f.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.key, err)
		}
		definitions = append(definitions, d)
	}
	return definitions, nil
}

// contact is where an office of a county can be found. Windows and telephones are the public ones every county has.
func contact(place string) item.Contact {
	return item.Contact{Address: place + "政务服务中心", Windows: "综合窗口", Hours: "工作日 8:30–11:30，13:00–16:30", Phone: "12345", Supervise: "12345"}
}
