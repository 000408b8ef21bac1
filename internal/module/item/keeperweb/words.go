package keeperweb

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// said returns the word for a name of a group, or the name itself where there is none: keepers write new keys before there is a word for them.
func said(ctx context.Context, group, name string) string {
	if page.Has(ctx, group+name) {
		return page.T(ctx, group+name)
	}
	return name
}

func fieldName(ctx context.Context, element string) string {
	return said(ctx, "keeper.element.", element)
}

func partName(ctx context.Context, name string) string { return said(ctx, "keeper.part.", name) }

func sectionName(ctx context.Context, key string) string { return said(ctx, "keeper.section.", key) }

// optionName is the word for one of the answers to a field.
func optionName(ctx context.Context, field, value string) string {
	return said(ctx, "keeper.option."+strings.TrimPrefix(field, "guide.")+".", value)
}

func levelWord(ctx context.Context, level string) string {
	return said(ctx, "keeper.option.levels.", level)
}

// placeOf says where in a definition something stands: 申请材料 M310201 受理标准.
func placeOf(ctx context.Context, element, row, part string) string {
	words := []string{fieldName(ctx, element)}
	if row != "" {
		words = append(words, row)
	}
	if part != "" {
		words = append(words, partName(ctx, part))
	}
	return strings.Join(words, " · ")
}

// shown is a value as a keeper reads it.
func shown(ctx context.Context, element, part, value string) string {
	switch {
	case value == "":
		return "—"
	case value == "true", value == "false":
		return page.T(ctx, "keeper.value."+value)
	case part != "":
		return optionName(ctx, part, value)
	}
	return optionName(ctx, element, value)
}

func draftBadge(ctx context.Context, s item.DraftState) *design.BadgeParams {
	tone := map[item.DraftState]design.Tone{item.DraftOpen: design.Neutral, item.DraftWaiting: design.Warn, item.DraftApproved: design.Info,
		item.DraftPublished: design.Good, item.DraftReturned: design.Bad, item.DraftWithdrawn: design.Muted}[s]
	return &design.BadgeParams{Text: said(ctx, "keeper.draft.state.", string(s)), Tone: tone}
}

func stateBadge(ctx context.Context, s item.State) *design.BadgeParams {
	tone := map[item.State]design.Tone{item.InUse: design.Good, item.Paused: design.Warn, item.Cancelled: design.Muted}[s]
	return &design.BadgeParams{Text: said(ctx, "keeper.state.", string(s)), Tone: tone}
}

// remark is what a reviewer said; where the program returned a draft it is the key of a sentence.
func remark(ctx context.Context, text string) string { return said(ctx, "", text) }

func itemAt(code string) string { return "/desk/library/items/" + url.PathEscape(code) }

func draftAt(id string) string { return "/desk/library/drafts/" + url.PathEscape(id) }

func sectionAt(code, key string) string { return itemAt(code) + "?section=" + url.QueryEscape(key) }

// problemsOf are the things Check is not content with, each leading to the section that puts it right.
func problemsOf(ctx context.Context, code string, err error) design.Errors {
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) == 0 {
		return design.ErrorsOf(ctx, err)
	}
	list := design.ErrorsOf(ctx, err)
	for i, field := range f.Fields {
		s := holding(field.Name)
		list[i].Label = fieldPlace(ctx, s, field.Name)
		list[i].Href = sectionAt(code, s.key) + "#" + anchor(s, field.Name)
	}
	return list
}

// anchor is the id of the field or row a problem is about, on the page of its section.
func anchor(s section, at string) string {
	if rest, ok := strings.CutPrefix(at, s.list+"."); s.list != "" && ok {
		n, _, _ := strings.Cut(rest, ".")
		return "row-" + n
	}
	return "f-" + strings.ReplaceAll(at, ".", "-")
}

func fieldPlace(ctx context.Context, s section, at string) string {
	rest, ok := strings.CutPrefix(at, s.list+".")
	if s.list == "" || !ok {
		return sectionName(ctx, s.key) + " · " + fieldName(ctx, at)
	}
	n, _, _ := strings.Cut(rest, ".")
	if i, err := strconv.Atoi(n); err == nil {
		return sectionName(ctx, s.key) + " · " + page.T(ctx, "keeper.row", i+1)
	}
	return sectionName(ctx, s.key)
}

// refused tells whether a page can say itself why something was not done.
func refused(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict)
}

// status is what a refusal is answered with.
func status(err error) int {
	f, _ := fault.Of(err)
	return f.Kind.Status()
}

// query writes an address with the values that say something.
func query(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// doneText says what was just done; an address somebody made up says nothing.
func doneText(ctx context.Context, what string) string {
	if what != "" && page.Has(ctx, "keeper.done."+what) {
		return page.T(ctx, "keeper.done."+what)
	}
	return ""
}
