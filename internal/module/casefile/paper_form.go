package casefile

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/platform/paper"
)

//go:embed papers/*.toml
var papersFS embed.FS

// paperForm is how a kind of document is headed, numbered and worded: data, in papers/KIND.VERSION.toml. The words are the law's, in the language of
// the office, whatever language a page is read in.
type paperForm struct {
	Kind    PaperKind    `toml:"kind"`
	Version int          `toml:"version"`
	Signer  string       `toml:"signer"` // "applicant" for what the applicant promises; "" is the office
	Permit  paperHead    `toml:"permit"` // of an administrative permit
	Plain   paperHead    `toml:"plain"`  // of any other item
	Blocks  []paperBlock `toml:"block"`
}

type paperHead struct {
	Title  string `toml:"title"`
	Korean string `toml:"korean"` // beside it, at the offices of Yanbian
	Series string `toml:"series"` // of its number; "" for a receipt, which is numbered by the case
}

// paperBlock is one block; {name} is a field, {law:第三十二条} the law it stands on. A block whose field of when is empty, or of unless is not, is left
// out, and so is one without a word.
type paperBlock struct {
	Kind   paper.BlockKind `toml:"kind"`
	Text   string          `toml:"text"`
	When   string          `toml:"when"`
	Unless string          `toml:"unless"`
	List   string          `toml:"list"` // of a table: where its rows come from, numbered
	Widths []int           `toml:"widths"`
	Head   []string        `toml:"head"`
	Rows   [][]string      `toml:"rows"`
}

// words are what the fields and lists of a form are filled with.
type words struct {
	fields map[string]string
	lists  map[string][][]string
	law    func(article string) string
}

// The fields and lists a form may name. A form that names another is found at start, not when it is needed.
var (
	paperFields = strings.Fields(`applicant submitted_on item case_number office comment today permit deemed accepted_on legal_span promise_span promise_due
		government court procedure procedure_basis days from_on limit_on ask_by hold_by way on_paper received_at channel competent joint pledged inspect_by honest decision ground expires_on pledge_text pledge_basis pledge_check to_office received_on task addressee due_on held_on place host closed at_office
		hearing_record refused`)
	paperLists = []string{"asked", "decisions", "materials", "pledged", "gaps", "findings"}
)

// paperForms are the newest forms by kind, everyForm those of all versions by their template, koreanNames the names of offices; a form that is not in order
// keeps the program from starting.
var (
	paperForms, everyForm = mustForms(papersFS)
	koreanNames           = mustKorean(papersFS)
)

func mustForms(files fs.FS) (newest map[PaperKind]*paperForm, every map[string]*paperForm) {
	newest, every, err := readForms(files)
	if err != nil {
		panic(err)
	}
	return newest, every
}

func readForms(files fs.FS) (newest map[PaperKind]*paperForm, every map[string]*paperForm, err error) {
	names, err := fs.Glob(files, "papers/*.*.toml")
	if err != nil {
		return nil, nil, err
	}
	newest, every = map[PaperKind]*paperForm{}, map[string]*paperForm{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, nil, err
		}
		f, err := parseForm(string(text))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if path.Base(name) != f.template()+".toml" {
			return nil, nil, fmt.Errorf("%s holds %s", name, f.template())
		}
		every[f.template()] = f
		if known := newest[f.Kind]; known == nil || known.Version < f.Version {
			newest[f.Kind] = f
		}
	}
	for _, k := range PaperKinds {
		if newest[k] == nil {
			return nil, nil, fmt.Errorf("no form for documents of the kind %s", k)
		}
	}
	return newest, every, nil
}

// parseForm reads a form and checks that every field it names exists.
func parseForm(text string) (*paperForm, error) {
	f := &paperForm{}
	meta, err := toml.Decode(text, f)
	if err != nil {
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("unknown keys %v", unknown)
	}
	if !slices.Contains(PaperKinds, f.Kind) || f.Version < 1 || f.Permit.Title == "" || f.Plain.Title == "" || len(f.Blocks) == 0 {
		return nil, errors.New("kind, version, both titles and blocks are required")
	}
	if f.Signer != "" && f.Signer != "applicant" {
		return nil, fmt.Errorf("signer %q", f.Signer)
	}
	for i, b := range f.Blocks {
		if err := b.check(); err != nil {
			return nil, fmt.Errorf("block %d: %w", i+1, err)
		}
	}
	return f, nil
}

func (b *paperBlock) check() error {
	for _, field := range []string{b.When, b.Unless} {
		if field != "" && !slices.Contains(paperFields, field) {
			return fmt.Errorf("unknown field %q", field)
		}
	}
	if b.List != "" && !slices.Contains(paperLists, b.List) {
		return fmt.Errorf("unknown list %q", b.List)
	}
	if (b.Kind == paper.Table) != (b.List != "" || len(b.Rows) > 0) {
		return errors.New("a table has a list or rows, nothing else has")
	}
	if !slices.Contains([]paper.BlockKind{paper.Paragraph, paper.Addressee, paper.Heading, paper.Table}, b.Kind) {
		return fmt.Errorf("unknown kind %q", b.Kind)
	}
	for _, text := range slices.Concat([]string{b.Text}, b.Head, slices.Concat(b.Rows...)) {
		if _, err := fill(text, nil); err != nil {
			return err
		}
	}
	return nil
}

// template names a form with its version, as it is kept with each document.
func (f *paperForm) template() string { return fmt.Sprintf("%s.%d", f.Kind, f.Version) }

func (f *paperForm) head(permit bool) paperHead {
	if permit {
		return f.Permit
	}
	return f.Plain
}

// fill puts words in the place of fields; nil words only check that the fields exist.
func fill(text string, w *words) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		article, law := strings.CutPrefix(name, "law:")
		switch {
		case !closed:
			return "", fmt.Errorf("a field that does not end: %q", text)
		case law && w != nil:
			b.WriteString(w.law(article))
		case !law && !slices.Contains(paperFields, name):
			return "", fmt.Errorf("unknown field %q", name)
		case !law && w != nil:
			b.WriteString(w.fields[name])
		}
		text = after
	}
}

// blocks fills a form. A field that nobody filled is empty: the forms' own check has seen that it exists.
func (f *paperForm) blocks(w *words) ([]paper.Block, error) {
	var out []paper.Block
	for _, b := range f.Blocks {
		if b.When != "" && w.fields[b.When] == "" || b.Unless != "" && w.fields[b.Unless] != "" {
			continue
		}
		filled := paper.Block{Kind: b.Kind, Widths: b.Widths, Head: b.Head}
		var err error
		if filled.Text, err = fill(b.Text, w); err != nil {
			return nil, err
		}
		for _, row := range b.Rows {
			line := make([]string, len(row))
			for i, text := range row {
				if line[i], err = fill(text, w); err != nil {
					return nil, err
				}
			}
			filled.Rows = append(filled.Rows, line)
		}
		for i, row := range w.lists[b.List] {
			filled.Rows = append(filled.Rows, append([]string{fmt.Sprint(i + 1)}, row...))
		}
		if filled.Text != "" || len(filled.Rows) > 0 {
			out = append(out, filled)
		}
	}
	return out, nil
}

// names are those of places and offices in a second language.
type names struct {
	Place  map[string]string `toml:"place"`
	Office map[string]string `toml:"office"`
}

func mustKorean(files fs.FS) (n names) {
	if _, err := toml.DecodeFS(files, "papers/korean.toml", &n); err != nil {
		panic(err)
	}
	return n
}

// of says an office's name in Korean, its place before it; "" when one of the two is not known.
func (n names) of(office string) string {
	for place, korean := range n.Place {
		if rest, ok := strings.CutPrefix(office, place); ok && n.Office[rest] != "" {
			return korean + " " + n.Office[rest]
		}
	}
	return ""
}
