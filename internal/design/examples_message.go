package design

import "github.com/a-h/templ"

func messageExamples() []Component {
	return []Component{
		{"Badge", "A state in one or two words.", Badge(BadgeParams{}), []Example{
			{"tones", inside(Prose(), Badge(BadgeParams{Text: "草稿"}), Badge(BadgeParams{Text: "办理中", Tone: Info}), Badge(BadgeParams{Text: "已办结", Tone: Good, Icon: "check"}), Badge(BadgeParams{Text: "待补正", Tone: Warn}), Badge(BadgeParams{Text: "不予许可", Tone: Bad}), Badge(BadgeParams{Text: "已撤回", Tone: Muted}))},
		}},
		{"Banner", "Tells something about the whole page.", Banner(BannerParams{}), []Example{
			{"information", Banner(BannerParams{Title: "国庆节放假安排", Text: "10月1日至7日窗口不对外服务，网上申请照常接收，节后第一个工作日起计算时限。", Close: true})},
			{"good", Banner(BannerParams{Tone: Good, Title: "证照有效", Text: "签名、状态和日志均核验一致。"})},
			{"warning", Banner(BannerParams{Tone: Warn, Title: "请在 12月1日前补正材料", Text: "逾期未补正的，视为放弃申请。", Link: &Link{Text: "去补正", Href: "#fix"}})},
			{"bad", Banner(BannerParams{Tone: Bad, Title: "提交没有成功", Text: "系统正在恢复，您填写的内容已经保存。"})},
		}},
		{"Toast", "Tells the outcome of the last action; stays until it is closed.", Toast(ToastParams{}), []Example{{"saved", Toast(ToastParams{Text: "已保存，可以随时回来继续填写"})}}},
		{"Notification", "One message in the list of messages.", Notification(NotificationParams{}), []Example{
			{"unread", Notification(NotificationParams{Title: "您的申请已受理", Text: "食品经营许可（新办），办件编号 220102031261120000017。", At: "11月17日 10:20", ISO: "2026-11-17T02:20:00Z", Href: "#n1", Unread: true, Tone: Good})},
			{"read", Notification(NotificationParams{Title: "请补正材料", Text: "缺少健康证明。", At: "11月16日", Tone: Warn, Href: "#n2"})},
		}},
		{"Dialog", "A window above the page for one decision; a part of the page without scripts.", Dialog(DialogParams{ID: "dialog-zero"}), []Example{
			{"opened by a link", inside(Cards(CardsParams{Columns: 1}), LinkButton(ButtonParams{Text: "不予受理", Kind: Secondary, Href: "#dialog-reject", Dialog: "dialog-reject"}),
				inside(Dialog(DialogParams{ID: "dialog-reject", Title: "不予受理", Text: "不予受理决定书会立即送达申请人，并告知救济途径。"}), inside(Form(FormParams{}), TextArea(Field{Name: "g-why", Label: "理由和依据", Max: 500}), inside(ButtonGroup(), Button(ButtonParams{Text: "作出决定", Kind: Danger})))))},
		}},
	}
}

func specialExamples() []Component {
	return []Component{
		{"SearchBox", "A box to search with.", SearchBox(SearchBoxParams{}), []Example{
			{"with suggestions", SearchBox(SearchBoxParams{ID: "g-search", Hint: "搜索办件编号或申请人", Label: "搜索办件", Suggest: "/items/suggest"})},
		}},
		{"Suggestions", "Answers a search box while one types.", Suggestions(SuggestionsParams{}), []Example{
			{"found", Suggestions(SuggestionsParams{Query: "餐", Links: []Link{{Text: "食品经营许可（餐饮服务）", Href: "#q1", Hint: "南关区市场监督管理局"}, {Text: "餐厨废弃物处置许可", Href: "#q2"}}})},
			{"nothing", Suggestions(SuggestionsParams{Query: "xyz"})},
		}},
		{"Filters", "Narrows a list; a GET form with an address for each outcome.", Filters(FiltersParams{}), []Example{
			{"with one chosen", inside(Filters(FiltersParams{Action: "/items", Reset: "/items", Chosen: []Link{{Text: "企业", Href: "#without"}}}),
				Choice(ChoiceParams{Name: "g-audience", Label: "服务对象", Values: []string{"company"}, Options: []ChoiceOption{{Value: "person", Text: "个人"}, {Value: "company", Text: "企业"}}}))},
		}},
		{"DrawnPages", "The pages of a document as they are printed.", DrawnPages(DrawnPagesParams{}), []Example{{"one page", DrawnPages(DrawnPagesParams{Pages: []string{samplePage}})}}},
		{"Checks", "The outcome of a verification, item by item.", Checks(ChecksParams{}), []Example{
			{"one failed", Checks(ChecksParams{Items: []CheckItem{{Name: "证照标识校验位", OK: true, Detail: "GB/T 36904，MOD 37,36"}, {Name: "SM2 签名", OK: false, Detail: "文件内容与签名不一致，文件可能被修改过"}, {Name: "公开日志", OK: true, Detail: "第 10 482 号叶子"}, {Name: "时间戳", Silent: true, Detail: "没有时间戳"}}})},
		}},
		{"LogProof", "Shows that something is in the public log.", LogProof(LogProofParams{}), []Example{
			{"verified", LogProof(LogProofParams{Index: 10482, Leaf: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", Root: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", Size: 10977, At: "11月24日 09:00", Verified: true, Path: []string{"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b", "207cf410532f92a47dee245ce9b11ff71f578ebd763eb3bbea44ebd043d018fb"}, Href: "/log"})},
			{"pending", LogProof(LogProofParams{Pending: true})},
		}},
		{"QRPanel", "A code to be scanned, with a countdown.", QRPanel(QRPanelParams{}), []Example{
			{"living", QRPanel(QRPanelParams{Title: "律师执业证", Path: "M4 4h7v7h-7zM14 4h7v7h-7zM4 14h7v7h-7z", Size: 25, Seconds: 60, Living: "09:41:07", Big: true, Renew: "#renew"})},
			{"presenting", QRPanel(QRPanelParams{Title: "食品经营许可证", Path: "M4 4h7v7h-7zM14 4h7v7h-7zM4 14h7v7h-7zM13 13h2v2h-2zM17 13h2v2h-2zM15 15h2v2h-2zM19 17h2v2h-2zM13 19h4v2h-4z", Size: 25, Seconds: 60, Caption: "请对方用祥云或任意扫码工具扫描", Token: "7F3K-92QD", Renew: "#renew"})},
		}},
		{"OfflineCheck", "Checks a code in the browser itself, without a network.", templ.NopComponent, []Example{}},
		{"Scanner", "Reads a code with the camera, where there is one.", Scanner(ScannerParams{}), []Example{
			{"into a field", inside(Fieldset(FieldsetParams{Legend: "出示码"}), Scanner(ScannerParams{Target: "f-g-token"}), TextField(Field{Name: "g-token", Label: "或输入码下方的文字", Width: "20"}))},
		}},
		{"TileMap", "A map of equal squares with a figure in each, and the same figures as a table.", TileMap(TileMapParams{}), []Example{
			{"counties", TileMap(TileMapParams{Title: "各县市区不一致条目", Summary: "铁东区最多，有 12 条。", Columns: 4, Rows: 3, Source: "本平台事项库",
				Key: []MapKey{{Text: "一致", Tone: Good}, {Text: "有不一致", Tone: Warn}, {Text: "1% 以上", Tone: Bad}},
				Tiles: []MapTile{{Name: "双辽", Value: "0", Tone: Good, Row: 0}, {Name: "梨树", Value: "3", Tone: Warn, Row: 1}, {Name: "四平市", Value: "0", Tone: Good, Column: 1, Row: 1, Strong: true},
					{Name: "铁东", Value: "12", Tone: Bad, Column: 2, Row: 1}, {Name: "铁西", Value: "—", Tone: Muted, Column: 1, Row: 2}, {Name: "伊通", Value: "0", Tone: Good, Column: 3, Row: 1}},
				Table: &TableParams{Caption: "各县市区不一致条目", HideName: true, First: true, Columns: []Column{{Text: "县市区"}, {Text: "不一致", Number: true}}, Rows: []Row{{Cells: []Cell{{Text: "铁东区"}, {Text: "12"}}}}}})},
		}},
		{"ChartFrame", "Frames a drawing made elsewhere.", ChartFrame(ChartFrameParams{}), []Example{
			{"empty frame", inside(ChartFrame(ChartFrameParams{Title: "流程图", Summary: "从申请到发证。"}), sentence("（图）"))},
		}},
	}
}
