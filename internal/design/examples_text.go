package design

import "github.com/a-h/templ"

func textExamples() []Component {
	return []Component{
		{"Heading", "The head of a page: its only h1, what kind of thing it is, in which state.", Heading(HeadingParams{}), []Example{}},
		{"Section", "A titled part of a page.", Section(SectionParams{}), []Example{
			{"with a link to all", inside(Section(SectionParams{Title: "热门事项", Text: "最近一周大家办得最多的事。", More: &Link{Text: "全部", Href: "#all"}}), sentence("内容"))},
		}},
		{"Split", "A column beside the content.", Split(SplitParams{}), []Example{
			{"aside at the right", inside(Split(SplitParams{Label: "办理须知", Aside: sentence("旁栏：窗口地址、电话、时间。")}), sentence("正文：这里是页面的主要内容。"))},
		}},
		{"Outline", "The parts of a thing worked on part by part, as a tree of links.", Outline(OutlineParams{}), []Example{
			{"a definition", Outline(OutlineParams{Label: "事项要素", Parts: []OutlinePart{{Text: "基本信息", Href: "#o1"},
				{Text: "申请材料", Note: "2", Href: "#o2", Current: true, Badge: &BadgeParams{Text: "1 处待改", Tone: Bad}, Parts: []OutlinePart{{Text: "营业执照", Href: "#o3"}, {Text: "平面布局图", Href: "#o4"}}},
				{Text: "办理流程", Note: "3", Href: "#o5"}}})},
		}},
		{"Hero", "The top of the home page.", templ.NopComponent, []Example{}},
		{"Tile", "A large door to a life event or theme.", Tile(TileParams{}), []Example{
			{"life events", inside(Tiles(),
				Tile(TileParams{Text: "我要开餐馆", Hint: "营业执照、食品经营许可一次办", Icon: "utensils", Href: "#1"}),
				Tile(TileParams{Text: "新生儿出生", Hint: "户口、医保、出生证明", Icon: "baby", Href: "#2"}),
				Tile(TileParams{Text: "退休", Hint: "养老金、医保待遇", Icon: "hand-heart", Href: "#3"}),
				Tile(TileParams{Text: "买房过户", Hint: "不动产登记", Icon: "house", Href: "#4", Extra: true}))},
		}},
		{"Panel", "Tells that something has been done, with the number to keep. It carries the page's h1.", templ.NopComponent, []Example{}},
		{"Details", "Folds away what only some readers need.", Details(DetailsParams{}), []Example{
			{"folded", inside(Details(DetailsParams{Summary: "为什么需要这份材料？"}), sentence("《食品经营许可和备案管理办法》第十四条要求提交经营场所平面布局图。"))},
		}},
		{"Fold", "A titled part of a page that folds to its title, without scripts.", Fold(FoldParams{}), []Example{
			{"folded and open", inside(templ.NopComponent, inside(Fold(FoldParams{Title: "文书", Note: "2 份"}), sentence("受理通知书")), inside(Fold(FoldParams{Title: "办理时限", Note: "还有 1 个工作日", Tone: Warn, Open: true}), sentence("承诺 5 个工作日")))},
		}},
		{"Prose", "Sets long running text.", Prose(), []Example{
			{"paragraphs", inside(Prose(), sentence("申请人可以在网上提交申请，也可以到任一政务服务中心窗口提交。"), sentence("受理之日起计算办理时限，以工作日计，不含法定节假日。"))},
		}},
		{"Sheet", "A page to be printed on A4: a form to fill by hand, a notice to take away. It carries the page's h1.", templ.NopComponent, []Example{}},
		{"SheetPart", "A titled part of a sheet.", templ.NopComponent, []Example{
			{"what to bring", inside(SheetPart("要带的材料"), SheetChecks([]SheetItem{{Text: "食品经营许可申请书", Note: "可打印空白表手填"}, {Text: "平面布局图"}}))},
		}},
		{"SheetFacts", "A few facts at the head of a sheet.", SheetFacts(nil), []Example{
			{"an office", SheetFacts([]SummaryRow{{Key: "办理机构", Value: "长春市南关区市场监督管理局"}, {Key: "咨询电话", Value: "12345", Hint: "工作日 8:30–16:30"}})},
		}},
		{"SheetChecks", "A list to tick by hand.", SheetChecks(nil), []Example{}},
		{"SheetFields", "A paper form: titles, and room to write behind them.", SheetFields(nil), []Example{
			{"empty", SheetFields([]SheetField{{Title: "经营者名称", Required: true}, {Title: "主体业态", Options: []string{"餐饮服务", "食品销售", "单位食堂"}}, {Title: "经营场所说明", Lines: 3}})},
			{"filled", SheetFields([]SheetField{{Title: "经营者名称", Value: "长春市南关区祥和餐饮有限公司"}, {Title: "主体业态", Options: []string{"餐饮服务", "食品销售"}, Chosen: []string{"餐饮服务"}},
				{Title: "食品安全管理人员", Table: &SheetTable{Columns: []string{"姓名", "职务"}, Rows: [][]string{{"李静", "食品安全员"}, {"", ""}}}}})},
		}},
		{"Breadcrumb", "The way from the home page; Layout draws it.", Breadcrumb(BreadcrumbParams{}), []Example{
			{"three levels", Breadcrumb(BreadcrumbParams{Crumbs: []Crumb{{"办事", "/items"}, {"食品经营许可", "/items/1"}, {"在线申请", ""}}})},
		}},
		{"Card", "One thing among several; the whole card is the target of its link.", Card(CardParams{}), []Example{
			{"items", inside(Cards(CardsParams{Columns: 3}),
				Card(CardParams{Title: "食品经营许可（新办）", Href: "#i1", Text: "长春市南关区市场监督管理局", Meta: []string{"承诺 5 个工作日", "全程网办", "不收费"}}),
				Card(CardParams{Title: "城镇职工参保登记", Href: "#i2", Text: "长春市南关区社会保险局", Badge: &BadgeParams{Text: "即办", Tone: Good}, Meta: []string{"当场办结"}}),
				Card(CardParams{Title: "不动产转移登记", Text: "需要双方到场或在线签名", Tone: Warn, Icon: "house"}))},
		}},
		{"CertificateCard", "An electronic certificate, as people know it from their wallet.", CertificateCard(CertificateCardParams{}), []Example{
			{"valid and void", inside(Cards(CardsParams{Columns: 2}),
				CertificateCard(CertificateCardParams{Title: "食品经营许可证", Number: "JY22201020012345", Holder: "长春市南关区祥和餐饮有限公司", Office: "长春市南关区市场监督管理局", Until: "2031年11月23日", Href: "#c1", Show: "#s1", Badge: &BadgeParams{Text: "有效", Tone: Good, Icon: "check"}}),
				CertificateCard(CertificateCardParams{Title: "公共场所卫生许可证", Number: "吉卫公证字〔2022〕第 0102 号", Holder: "长春市南关区祥和餐饮有限公司", Until: "2026年10月1日", Href: "#c2", Void: true, Badge: &BadgeParams{Text: "已过期", Tone: Muted}}))},
		}},
		{"SealFace", "How a seal looks; grey when it is suspended or void.", SealFace(SealFaceParams{}), []Example{
			{"in use and void", inside(Cards(CardsParams{Columns: 2}), SealFace(SealFaceParams{Label: "公章", Path: sampleSeal, Width: 42, Height: 42}),
				SealFace(SealFaceParams{Label: "公章（已停用）", Path: sampleSeal, Width: 42, Height: 42, Void: true}))},
		}},
	}
}
