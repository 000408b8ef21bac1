package powerweb

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/page"
)

// said is a word of a group: "power.kind." and "01".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

func kindName(ctx context.Context, k power.Kind) string { return said(ctx, "power.kind.", string(k)) }
func changeName(ctx context.Context, c power.Change) string {
	return said(ctx, "power.change.", string(c))
}
func fieldName(ctx context.Context, field string) string { return said(ctx, "power.field.", field) }

func levelName(ctx context.Context, level int) string {
	return said(ctx, "power.level.", strconv.Itoa(level))
}

func levelNames(ctx context.Context, levels []int) string {
	names := make([]string, len(levels))
	for i, l := range levels {
		names[i] = levelName(ctx, l)
	}
	return strings.Join(names, page.T(ctx, "power.and"))
}

// departmentName names who exercises a power; an unknown code is shown as it is.
func departmentName(code string) string {
	if name := office.DepartmentName(code); name != "" {
		return name
	}
	return code
}

// regionLevels are the levels of government that have departments.
var regionLevels = map[int]region.Level{2: region.Province, 3: region.Prefecture, 4: region.County}

// exercisedBy names the offices that exercise a power as each of its levels does: 市场监督管理局（市级、县级）.
func exercisedBy(ctx context.Context, d *power.Definition) string {
	var names []string
	at := map[string][]int{}
	for _, l := range d.Levels {
		name := office.DepartmentNameAt(d.Department, regionLevels[l])
		if name == "" {
			continue // towns and villages have no departments
		}
		if at[name] == nil {
			names = append(names, name)
		}
		at[name] = append(at[name], l)
	}
	if len(names) == 0 {
		return departmentName(d.Department)
	}
	for i, n := range names {
		names[i] = page.T(ctx, "power.office_at", n, levelNames(ctx, at[n]))
	}
	return strings.Join(names, page.T(ctx, "power.and"))
}

func stateBadge(ctx context.Context, s power.State) design.BadgeParams {
	tones := map[power.State]design.Tone{power.InForce: design.Good, power.Suspended: design.Warn, power.Abolished: design.Muted, power.Planned: design.Info}
	return design.BadgeParams{Text: said(ctx, "power.state.", string(s)), Tone: tones[s]}
}

func stageBadge(ctx context.Context, s power.Stage) design.BadgeParams {
	tones := map[power.Stage]design.Tone{power.Proposed: design.Info, power.Returned: design.Warn, power.Examined: design.Info, power.Approved: design.Info,
		power.Published: design.Good, power.Withdrawn: design.Muted}
	return design.BadgeParams{Text: said(ctx, "power.stage.", string(s)), Tone: tones[s]}
}

func kindOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, k := range power.Kinds() {
		list = append(list, design.Option{Value: string(k), Text: kindName(ctx, k)})
	}
	return list
}

func departmentOptions() []design.Option {
	var list []design.Option
	for _, code := range office.DepartmentCodes() {
		list = append(list, design.Option{Value: code, Text: office.DepartmentName(code)})
	}
	return list
}

func levelOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, l := range power.Levels() {
		list = append(list, design.Option{Value: strconv.Itoa(l), Text: levelName(ctx, l)})
	}
	return list
}

func stateOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, s := range []power.State{power.InForce, power.Suspended, power.Planned, power.Abolished} {
		list = append(list, design.Option{Value: string(s), Text: said(ctx, "power.state.", string(s))})
	}
	return list
}

// address is a path with a query; empty values are left out.
func address(path string, pairs ...string) string {
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

func powerAt(code string) string { return "/powers/" + url.PathEscape(code) }

// period says from when until when a version counts.
func period(ctx context.Context, v *power.Version) string {
	from := page.Civil(ctx, v.From.String())
	if v.Until.IsZero() {
		return page.T(ctx, "power.since", from)
	}
	return page.T(ctx, "power.from_until", from, page.Civil(ctx, v.Until.String()))
}
