package design_test

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
)

// samples returns whole pages made of components, to look at: the gallery, a home page, a case.
func samples(name string) (templ.Component, design.Page) {
	switch name {
	case "home":
		return home(), design.Page{Title: "首页", Section: "home"}
	case "case":
		return caseSample(), design.Page{Title: "办件", Section: "cases", Crumbs: []design.Crumb{{Text: "我的办件", Href: "/cases"}, {Text: "食品经营许可"}}}
	}
	return design.Gallery(), design.Page{Title: "设计系统", Crumbs: []design.Crumb{{Text: "设计系统"}}}
}

func with(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func example(component, name string) templ.Component {
	for _, c := range design.Components() {
		for _, e := range c.Examples {
			if c.Name == component && (name == "" || e.Name == name) {
				return e.View
			}
		}
	}
	return templ.NopComponent
}

func home() templ.Component {
	return templ.Join(
		design.Hero(design.HeroParams{Title: "您想办什么事？", Lead: "全省 13 014 个地方、五级政府，一个入口", Search: design.SearchBoxParams{Hint: "试试“开餐馆”“退休”“落户”"},
			Links: []design.Link{{Text: "开餐馆", Href: "#"}, {Text: "公司注册", Href: "#"}, {Text: "医保参保", Href: "#"}, {Text: "不动产登记", Href: "#"}}}),
		with(design.Section(design.SectionParams{Title: "人生大事", More: &design.Link{Text: "全部", Href: "#"}}), example("Tile", "")),
		with(design.Section(design.SectionParams{Title: "大家常办", More: &design.Link{Text: "全部事项", Href: "#"}}), example("Card", "")),
	)
}

func caseSample() templ.Component {
	return templ.Join(
		design.Heading(design.HeadingParams{Title: "食品经营许可（新办）", Caption: "办件编号 220102031261120000017", Badge: &design.BadgeParams{Text: "暂停计时", Tone: design.Warn}}),
		with(design.Split(design.SplitParams{Aside: templ.Join(example("Clock", "suspended"), example("LogProof", "verified"))}),
			with(design.Section(design.SectionParams{Title: "办理进度"}), example("Timeline", "")),
			with(design.Section(design.SectionParams{Title: "提交的材料"}), example("FileList", ""))),
	)
}
