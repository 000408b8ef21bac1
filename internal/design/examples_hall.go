package design

func hallExamples() []Component {
	return []Component{
		{"Live", "A part of a page that follows what happens.", Live(LiveParams{ID: "live-zero"}), []Example{
			{"plain", inside(Live(LiveParams{ID: "g-live"}), sentence("当前等候 3 人"))},
		}},
		{"CallBoard", "The numbers called last, for a screen on a wall.", CallBoard(CallBoardParams{}), []Example{
			{"called", CallBoard(CallBoardParams{Label: "正在叫号", Number: "号码", Window: "窗口", Rows: []CallRow{{Number: "A012", Window: "3 号窗口", Fresh: true}, {Number: "B004", Window: "1 号窗口"}}})},
			{"nobody", CallBoard(CallBoardParams{Empty: "暂无叫号"})},
		}},
		{"SpeechSwitch", "Turns announcements by the browser's voice on.", SpeechSwitch("语音播报"), nil},
		{"TurnPanel", "A number in a queue, as its holder sees it.", TurnPanel(TurnParams{}), []Example{
			{"waiting", TurnPanel(TurnParams{Label: "综合业务", Number: "A012", State: "前面还有 3 人", Note: "预计等候 10 至 20 分钟"})},
			{"called", TurnPanel(TurnParams{Label: "综合业务", Number: "A012", State: "请到 3 号窗口", Tone: Good})},
		}},
	}
}
