package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/assembly/demo/province"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
)

// Progress is how far [LoadProvince] or [LoadCertificates] has come.
type Progress struct {
	Part    string        // what was done last
	Unit    string        // what is counted
	Done    int           // how many are there, of Total
	Total   int           //
	New     int           // how many were made since it began
	Elapsed time.Duration // since it began
}

// Rate is how many were made each second.
func (p Progress) Rate() float64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return float64(p.New) / p.Elapsed.Seconds()
}

// Slice is how much of a province [LoadProvince] loads; its zero value is all of it.
type Slice struct {
	Regions     string   // only offices in regions that begin with these digits are given entries; "" is everywhere
	Departments []string // only the items of these departments, by their two digits; none is all
}

// publishAtOnce is how many definitions come into force in one transaction.
const publishAtOnce = 200

// LoadProvince brings a whole province's catalogue into the store on top of the demo province: every department's items, taken up by the offices of
// each level, down to every village. It is done in parts that are remembered: interrupted, it goes on where it was; done again, it changes
// nothing.
func LoadProvince(ctx context.Context, s Services, of Slice, tell func(Progress)) error {
	definitions, err := province.Definitions()
	if err != nil {
		return err
	}
	if len(of.Departments) > 0 {
		definitions = slices.DeleteFunc(definitions, func(d item.Definition) bool { return !slices.Contains(of.Departments, d.Department) })
	}
	within := of.Regions
	if err := s.publishProvince(ctx, definitions, tell); err != nil {
		return fmt.Errorf("publishing the province's items: %w", err)
	}
	parts, err := s.takers(ctx, definitions, within)
	if err != nil {
		return fmt.Errorf("reading the offices of the province: %w", err)
	}
	known, err := s.loaded(ctx)
	if err != nil {
		return err
	}
	p := Progress{Unit: "entries"}
	for _, t := range parts {
		p.Total += t.entries()
	}
	begin := time.Now()
	for _, t := range parts {
		p.Part = t.name
		if known[t.key()] != t.digest() {
			n, err := s.Items.ClaimMany(ctx, program, t.offices, t.bases)
			p.New += n
			if err != nil {
				return fmt.Errorf("taking up the items of %s: %w", t.name, err)
			}
			if err := s.mark(ctx, t.key(), t.digest()); err != nil {
				return err
			}
		}
		p.Done, p.Elapsed = p.Done+t.entries(), time.Since(begin)
		tell(p)
	}
	return nil
}

const provinceCatalogue = "province items"

func (s Services) publishProvince(ctx context.Context, definitions []item.Definition, tell func(Progress)) error {
	h := sha256.New()
	err := fs.WalkDir(province.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(province.Files(), name)
		h.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	// What is composed alike for all is no file: its trace in one guide stands for it.
	fmt.Fprintf(h, "%d %+v", len(definitions), definitions[0])
	digest := hex.EncodeToString(h.Sum(nil))
	known, err := s.loaded(ctx)
	if err != nil || known[provinceCatalogue] == digest {
		return err
	}
	if _, err := s.Powers.Seed(ctx, program, powersOf(definitions)); err != nil {
		return fmt.Errorf("loading the powers they rest on: %w", err)
	}
	begin := time.Now()
	for i := 0; i < len(definitions); i += publishAtOnce {
		if _, err := s.Items.PublishMany(ctx, program, definitions[i:min(i+publishAtOnce, len(definitions))]); err != nil {
			return err
		}
		tell(Progress{Part: fmt.Sprintf("%d of %d items published", min(i+publishAtOnce, len(definitions)), len(definitions)), Elapsed: time.Since(begin)})
	}
	return s.mark(ctx, provinceCatalogue, digest)
}

// taking is one part of the work: some offices take up some items.
type taking struct {
	name    string
	within  string
	offices []item.Claimant
	bases   []string
}

func (t taking) entries() int { return len(t.offices) * len(t.bases) }
func (t taking) key() string  { return "province " + t.within + " " + t.name }

// digest is over which offices and items there are: when either grows, the part is gone through again.
func (t taking) digest() string {
	h := sha256.New()
	for _, o := range t.offices {
		fmt.Fprintln(h, o.Code)
	}
	for _, b := range t.bases {
		fmt.Fprintln(h, b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// takers divides the work: the departments of each level, then the townships and the villages of each county.
func (s Services) takers(ctx context.Context, definitions []item.Definition, within string) ([]taking, error) {
	bases := map[string][]string{} // by department and level, by level alone for townships and villages
	var departments []string
	for _, d := range definitions {
		if !slices.Contains(departments, d.Department) {
			departments = append(departments, d.Department)
		}
		for _, l := range d.Levels {
			key := d.Department
			if l > 4 {
				key = ""
			}
			key = fmt.Sprintf("%s/%d", key, l)
			bases[key] = append(bases[key], d.Code)
		}
	}
	var list []taking
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		list = nil
		for _, d := range departments {
			offices, err := s.Offices.Departments(ctx, tx, d)
			if err != nil {
				return err
			}
			list = append(list, s.takings(offices, within, func(o office.Office) (string, string) {
				key := fmt.Sprintf("%s/%d", d, levelOf(o))
				return key, key
			}, bases)...)
		}
		offices, err := s.Offices.Governments(ctx, tx, "22")
		if err != nil {
			return err
		}
		list = append(list, s.takings(offices, within, func(o office.Office) (string, string) {
			l := levelOf(o)
			if l < 5 {
				return "", ""
			}
			return fmt.Sprintf("%s/%d", o.Region.County6(), l), fmt.Sprintf("/%d", l)
		}, bases)...)
		return nil
	})
	return list, err
}

// takings groups offices by what group calls their part, each with the items of the second key.
func (s Services) takings(offices []office.Office, within string, group func(office.Office) (name, items string), bases map[string][]string) []taking {
	directory := s.Offices.Directory()
	at := map[string]int{}
	var list []taking
	for _, o := range offices {
		name, items := group(o)
		if name == "" || len(bases[items]) == 0 || !strings.HasPrefix(o.Region.String(), within) {
			continue
		}
		i, ok := at[name]
		if !ok {
			i = len(list)
			at[name] = i
			list = append(list, taking{name: name, within: within, bases: bases[items]})
		}
		c := item.Claimant{Office: item.Office{ID: o.ID, Path: o.Path, Name: o.Name, Code: o.Code, Region: o.Region}}
		c.Contact = whereabouts(office.Place(directory, o.Region), levelOf(o))
		list[i].offices = append(list[i].offices, c)
	}
	for _, t := range list {
		slices.Sort(t.bases)
		slices.SortFunc(t.offices, func(a, b item.Claimant) int { return strings.Compare(a.Code, b.Code) })
	}
	return list
}

// levelOf is the level an office exercises at: 2 the province … 6 a village.
func levelOf(o office.Office) int {
	return map[region.Level]int{region.Province: 2, region.Prefecture: 3, region.County: 4, region.Township: 5, region.Village: 6}[o.Region.Level()]
}

// whereabouts is where an office can be found: the service centre of a city or county, the room a township or village has for it.
func whereabouts(place string, level int) item.Contact {
	c := contact(place)
	switch level {
	case 5:
		c.Address, c.Windows = place+"便民服务中心", "综合受理窗口"
	case 6:
		c.Address, c.Windows, c.Hours = place+"便民服务站", "", "工作日 8:30–16:00"
	}
	return c
}

// loaded returns the digest of every part that was loaded.
func (s Services) loaded(ctx context.Context) (map[string]string, error) {
	type part struct{ Name, Digest string }
	known := map[string]string{}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[part](ctx, tx, `SELECT name, digest FROM demo_part`)
		for _, r := range rows {
			known[r.Name] = r.Digest
		}
		return err
	})
	return known, err
}

// mark remembers that a part was loaded. Every part may be loaded twice without harm, so its mark may come after it, in a transaction of its own.
func (s Services) mark(ctx context.Context, name, digest string) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `INSERT INTO demo_part (name, digest, loaded_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, loaded_at = excluded.loaded_at`, name, digest, tx.Now)
	})
}
