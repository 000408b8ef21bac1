package design

func listExamples() []Component {
	return []Component{
		{"Table", "Records in rows; cards on a phone.", Table(TableParams{}), []Example{
			{"inbox", Table(TableParams{Caption: "待办办件", First: true, Columns: []Column{{Text: "办件编号"}, {Text: "事项"}, {Text: "申请人", Extra: true}, {Text: "状态"}, {Text: "剩余", Number: true, Sort: "#sort", Sorted: "ascending"}},
				Rows: []Row{
					{Tone: Bad, Cells: []Cell{{Text: "220102031261120000017", Href: "#1"}, {Text: "食品经营许可（新办）"}, {Text: "祥和餐饮有限公司"}, {View: Badge(BadgeParams{Text: "审查中", Tone: CaseTone("accepted")})}, {Text: "超期 1 天"}}},
					{Tone: Warn, Cells: []Cell{{Text: "220102031261121000004", Href: "#2", Note: "现场核查 11月20日"}, {Text: "公共场所卫生许可"}, {Text: "王建国"}, {View: Badge(BadgeParams{Text: "暂停计时", Tone: CaseTone("suspended")})}, {Text: "1 天"}}},
					{Cells: []Cell{{Text: "220102031261123000002", Href: "#3"}, {Text: "药品经营许可"}, {Text: "李红"}, {View: Badge(BadgeParams{Text: "待受理", Tone: CaseTone("submitted")})}, {Text: "5 天"}}},
				}, Pager: &PagerParams{Label: "翻页：待办办件", Prev: "#prev", Next: "#next", Note: "每页 20 条"}})},
			{"matrix", Table(TableParams{Caption: "十六要素一致性", First: true, Matrix: true, Columns: []Column{{Text: "要素"}, {Text: "省级", Number: true}, {Text: "市级", Number: true}, {Text: "县级", Number: true}, {Text: "合计", Number: true}},
				Rows: []Row{{Cells: []Cell{{Text: "事项名称"}, {Text: "100.00%", Note: "0 / 2,775"}, {Text: "100.00%", Note: "0 / 21,060"}, {Text: "99.98%", Note: "24 / 131,220"}, {Text: "99.98%", Note: "24 / 155,055"}}}}})},
			{"without rows", Table(TableParams{Empty: "没有待办办件"})},
		}},
		{"Pager", "Leads to the neighbouring pages of a list.", Pager(PagerParams{}), []Example{{"first page", Pager(PagerParams{Next: "#next", Note: "每页 20 条"})}}},
		{"Tabs", "Views of one thing, each with its own address.", Tabs(TabsParams{}), []Example{
			{"inbox", Tabs(TabsParams{Label: "收件箱", Tabs: []Link{{Text: "待办", Href: "#open", Current: true, Count: 12}, {Text: "已暂停", Href: "#paused", Count: 3}, {Text: "已办", Href: "#done"}}})},
		}},
		{"SummaryList", "Facts as key and value.", SummaryList(SummaryListParams{}), []Example{
			{"check your answers", SummaryList(SummaryListParams{Title: "经营者", Rows: []SummaryRow{
				{Key: "名称", Value: "长春市南关区祥和餐饮有限公司", Action: &Link{Text: "修改", Href: "#name"}},
				{Key: "统一社会信用代码", Value: "91220102MA0Y1A2B3C", Hint: "来自营业执照，不必再填", Copy: true},
				{Key: "经营项目", Action: &Link{Text: "修改", Href: "#scope"}}}})},
		}},
		{"MarkedLines", "The lines of a text that was changed, marked by sign and line, not by colour alone.", MarkedLines(MarkedLinesParams{}), []Example{
			{"after", MarkedLines(MarkedLinesParams{Lines: []MarkedLine{{Text: "《食品安全法》第三十五条"}, {Text: "《食品经营许可管理办法》第六条", Mark: LineRemoved}, {Text: "《食品经营许可和备案管理办法》第七条", Mark: LineAdded}}})},
		}},
		{"Empty", "Says that there is nothing, and what to do about it.", Empty(EmptyParams{}), []Example{
			{"with an action", Empty(EmptyParams{Title: "您还没有办件", Text: "提交申请后，可以在这里看到进度和结果。", Icon: "clipboard-list", Action: &Link{Text: "去办事", Href: "/items"}})},
		}},
		{"FileList", "Files handed in or to take away.", FileList(FileListParams{}), []Example{
			{"materials", inside(Form(FormParams{}), FileList(FileListParams{Files: []FileItem{
				{Name: "经营场所平面布局图.pdf", Href: "#f1", Kind: "PDF", Size: 1258291, Note: "11月20日 提交", Badge: &BadgeParams{Text: "已核对", Tone: Good}, Remove: &ButtonParams{Name: "remove", Value: "1"}},
				{Name: "营业执照", Href: "#f2", Note: "来自电子证照库，免提交", Badge: &BadgeParams{Text: "免提交", Tone: Info}}}}))},
		}},
		{"StatCards", "A few figures, large.", StatCards(StatCardsParams{}), []Example{
			{"desk", StatCards(StatCardsParams{Stats: []Stat{{Label: "待办", Value: "12", Unit: "件", Href: "#a"}, {Label: "今日到期", Value: "3", Unit: "件", Tone: Warn, Href: "#b"}, {Label: "已超期", Value: "1", Unit: "件", Tone: Bad, Href: "#c"}, {Label: "本月按期办结率", Value: "99.2", Unit: "%", Tone: Good, Note: "上月 98.7%"}}})},
		}},
		{"Chart", "Figures drawn as bars or lines, and the same figures as a table.", Chart(ChartParams{}), []Example{
			{"bars", Chart(ChartParams{Title: "各事项办件量", Summary: "食品经营许可最多，占四成。", Unit: "件", Labels: []string{"食品经营", "卫生许可", "药品经营", "参保登记"}, Series: []Series{{Name: "办件量", Values: []float64{412, 233, 120, 265}}}, Source: "本平台办件库"})},
			{"lines", Chart(ChartParams{Title: "承诺时限与实际用时", Summary: "实际用时连续四个月短于承诺。", Kind: Line, Unit: "天", Labels: []string{"6月", "7月", "8月", "9月", "10月", "11月"}, Series: []Series{{Name: "承诺", Values: []float64{8, 8, 7, 7, 6, 6}}, {Name: "实际", Values: []float64{7.2, 7.4, 5.8, 5.1, 4.9, 4.2}}}})},
		}},
	}
}

func progressExamples() []Component {
	return []Component{
		{"Steps", "How far an application is.", Steps(StepsParams{}), []Example{
			{"third of five", Steps(StepsParams{Steps: []Step{{Text: "选择情形", Href: "#s1", State: StepDone}, {Text: "填写表单", Href: "#s2", State: StepDone}, {Text: "提交材料", State: StepCurrent}, {Text: "核对"}, {Text: "完成"}}})},
		}},
		{"ProcessMap", "The steps of a process: drawn on a wide screen, listed on a narrow one.", ProcessMap(ProcessMapParams{}), []Example{
			{"a case on its way", ProcessMap(ProcessMapParams{W: 470, H: 170, Steps: []ProcessStep{
				{Shape: ShapeStart, Name: "收到申请", State: ProcessDone, X: 10, Y: 42, W: 36, H: 36}, {Name: "受理", By: "综合窗口", State: ProcessDone, Listed: true, X: 90, Y: 20, W: 100, H: 80},
				{Shape: ShapeGateway, Sign: "×", Name: "材料齐全？", State: ProcessDone, X: 230, Y: 35, W: 50, H: 50}, {Name: "审查", By: "审查岗", State: ProcessNow, Listed: true, X: 320, Y: 20, W: 100, H: 80}},
				Lines: []ProcessLine{{Points: [][2]int{{46, 60}, {90, 60}}}, {Points: [][2]int{{190, 60}, {230, 60}}}, {Points: [][2]int{{280, 60}, {320, 60}}, Text: "齐全"}}})},
		}},
		{"ProcessCanvas", "The editor of a process, when scripts run.", ProcessCanvas(ProcessCanvasParams{}), []Example{{"empty", ProcessCanvas(ProcessCanvasParams{Panel: "#panel", Words: "{}"})}}},
		{"Timeline", "What happened to a thing, and what is to come.", Timeline(TimelineParams{}), []Example{
			{"a case", Timeline(TimelineParams{Events: []TimelineEvent{
				{Title: "作出决定", Next: true, Text: "最迟 2026年12月1日"},
				{Title: "现场核查", At: "11月20日 09:00", ISO: "2026-11-20T01:00:00Z", By: "南关区市场监督管理局", Tone: Warn, Icon: "circle-pause", Text: "核查期间不计入办理时限", Links: []Link{{Text: "特别程序告知书", Href: "#doc"}}},
				{Title: "已受理", At: "11月17日 10:20", ISO: "2026-11-17T02:20:00Z", By: "南关区政务服务中心综合窗口", Tone: Good},
				{Title: "提交申请", At: "11月16日 21:03", ISO: "2026-11-16T13:03:00Z", By: "张晓琳"}}})},
			{"a way nobody has walked yet", Timeline(TimelineParams{Numbered: true, Label: "办理流程", Events: []TimelineEvent{{Title: "申请", By: "申请人"}, {Title: "受理", By: "综合窗口", At: "1 个工作日"}, {Title: "决定", By: "首席代表"}}})},
		}},
		{"Track", "The time of a case to scale: what counted, what did not, and where its limits end.", Track(TrackParams{}), []Example{
			{"with a special procedure", Track(TrackParams{Summary: "计时 5 个工作日，扣除 3 个工作日。", Days: 28, Parts: []TrackPart{
				{Kind: TrackRunning, From: 0, To: 2, Name: "计时", Dates: "3月2日—3月4日", Text: "2 个工作日"},
				{Kind: TrackExcluded, From: 2, To: 7, Name: "现场核查", Dates: "3月4日—3月9日", Text: "扣除 3 个工作日。依据：《行政许可法》第四十五条", Document: &Link{Text: "特别程序告知书（南市监特〔2026〕12号）", Href: "#doc3"}},
				{Kind: TrackRunning, From: 7, To: 10, Name: "计时", Dates: "3月9日—3月12日", Text: "3 个工作日"}},
				Marks: []TrackMark{{At: 14, Name: "承诺办结", Date: "3月16日", Tone: Good}, {At: 28, Name: "法定办结", Date: "3月30日"}}})},
		}},
		{"Clock", "The two limits of a case, counted in working days.", Clock(ClockParams{}), []Example{
			{"running", Clock(ClockParams{Promise: ClockLimit{Days: 5, Used: 2, Due: "11月27日"}, Statute: ClockLimit{Days: 20, Used: 2, Due: "12月18日"}, Basis: "《行政许可法》第四十二条", Calendar: "国务院办公厅 2026 年节假日安排"})},
			{"suspended", Clock(ClockParams{State: ClockSuspended, Promise: ClockLimit{Days: 5, Used: 4}, Statute: ClockLimit{Days: 20, Used: 4}, Pause: &ClockPause{Reason: "现场核查", Basis: "《行政许可法》第四十五条", Since: "11月20日", Until: "11月26日", Document: &Link{Text: "特别程序告知书（南市监特〔2026〕12号）", Href: "#doc2"}}})},
			{"overdue", Clock(ClockParams{Promise: ClockLimit{Days: 5, Used: 6, Due: "11月20日"}, Statute: ClockLimit{Days: 20, Used: 6, Due: "12月10日"}})},
			{"waiting", Clock(ClockParams{State: ClockWaiting, Promise: ClockLimit{Days: 5}, Statute: ClockLimit{Days: 20}})},
			{"decided", Clock(ClockParams{State: ClockStopped, Promise: ClockLimit{Days: 5, Used: 4, Due: "11月24日"}})},
		}},
	}
}
