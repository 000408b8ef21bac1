package design

func formExamples() []Component {
	return []Component{
		{"Button", "Something to press that changes or sends something. One primary button a page.", Button(ButtonParams{}), []Example{
			{"kinds", inside(ButtonGroup(), Button(ButtonParams{Text: "提交申请"}), Button(ButtonParams{Text: "保存并返回", Kind: Secondary, Icon: "save"}),
				Button(ButtonParams{Text: "不予许可", Kind: Danger, Confirm: "确定不予许可吗？"}), Button(ButtonParams{Text: "撤回申请", Kind: Quiet}), Button(ButtonParams{Text: "已提交", Off: true}))},
			{"small", inside(ButtonGroup(), Button(ButtonParams{Text: "移除", Label: "营业执照.pdf", Kind: Secondary, Small: true, Icon: "trash-2"}))},
		}},
		{"ActionBar", "What may be done with the thing a page shows; at the upper edge of wide screens, each with its key.", ActionBar(ActionBarParams{}), []Example{
			{"a case", inside(ActionBar(ActionBarParams{Label: "办理：食品经营许可"}), inside(ButtonGroup(), LinkButton(ButtonParams{Text: "受理", Href: "#accept", Icon: "clipboard-check", Key: "a"}), LinkButton(ButtonParams{Text: "要求补正", Href: "#correct", Kind: Secondary, Key: "b"})))},
		}},
		{"LinkButton", "A link that looks like a button: it starts or continues a task.", LinkButton(ButtonParams{}), []Example{
			{"start", LinkButton(ButtonParams{Text: "在线办理", Href: "#apply", Icon: "square-pen"})},
		}},
		{"Form", "A form the server checks.", Form(FormParams{}), []Example{
			{"short", inside(Form(FormParams{Action: "/design", Method: "get"}), TextField(Field{Name: "g-name", Label: "经营者名称", Value: "祥和餐饮"}), inside(ButtonGroup(), Button(ButtonParams{Text: "下一步"})))},
		}},
		{"ErrorSummary", "What must be put right, each line a link to its field.", ErrorSummary(ErrorSummaryParams{}), []Example{
			{"two errors", ErrorSummary(ErrorSummaryParams{Errors: Errors{{Name: "id-bad", Text: "公民身份号码的最后一位不对，请核对身份证"}, {Name: "born.bad", Text: "2026 年没有 2 月 30 日"}}})},
		}},
		{"Fieldset", "Groups fields that answer one question together.", Fieldset(FieldsetParams{}), []Example{
			{"address", inside(Fieldset(FieldsetParams{Legend: "经营场所", Hint: "与租赁合同一致"}), TextField(Field{Name: "g-street", Label: "街道和门牌号"}))},
			{"line", inside(Fieldset(FieldsetParams{Legend: "1 号窗口", Row: true}), TextField(Field{Name: "g-window", Label: "窗口名称"}))},
		}},
		{"Choice", "Asks to choose one of several answers, or any of them.", Choice(ChoiceParams{}), []Example{
			{"one answer", Choice(ChoiceParams{Name: "g-business", Label: "您打算经营什么？", Hint: "不同的业态需要的材料不同", Values: []string{"dine"}, Options: []ChoiceOption{
				{Value: "sell", Text: "食品销售", Hint: "超市、便利店、网店"},
				{Value: "dine", Text: "餐饮服务", Hint: "饭店、小吃店、食堂", Then: TextField(Field{Name: "g-seats", Label: "座位数", Width: "4", Mode: "numeric"})},
				{Value: "canteen", Text: "单位食堂", Off: true}}})},
			{"several answers", Choice(ChoiceParams{Name: "g-scope", Label: "经营项目", Multiple: true, Optional: true, Values: []string{"hot"}, Options: []ChoiceOption{{Value: "hot", Text: "热食类食品制售"}, {Value: "cold", Text: "冷食类食品制售"}, {Value: "raw", Text: "生食类食品制售"}}})},
			{"yes or no, refused", Choice(ChoiceParams{Name: "g-online", Label: "是否从事网络经营？", Inline: true, Error: "请选择是否从事网络经营", Options: []ChoiceOption{{Value: "yes", Text: "是"}, {Value: "no", Text: "否"}}})},
		}},
		{"Checkbox", "Asks for one yes.", Checkbox(CheckboxParams{}), []Example{
			{"consent", Checkbox(CheckboxParams{Name: "g-agree", Text: "我承诺所填内容和提交的材料真实有效", Hint: "提供虚假材料的，依法承担责任"})},
		}},
		{"Select", "Asks to choose one of many.", Select(SelectParams{}), []Example{
			{"with a blank line", Select(SelectParams{Name: "g-type", Label: "证件类型", Blank: "请选择", Width: "20", Value: "111", Options: []Option{{Value: "111", Text: "居民身份证"}, {Value: "414", Text: "普通护照"}, {Value: "516", Text: "港澳居民来往内地通行证"}}})},
		}},
		{"FileField", "Asks for one or more files, with progress when scripts run.", FileField(FileFieldParams{}), []Example{
			{"picture or document", FileField(FileFieldParams{Name: "g-plan", Label: "经营场所平面布局图", Accept: []string{".pdf", ".jpg", ".png"}, MaxBytes: 20 << 20, Camera: true})},
			{"refused", FileField(FileFieldParams{Name: "g-lease", Label: "租赁合同", Error: "这个文件不是 PDF：内容与扩展名不符", Accept: []string{".pdf"}})},
		}},
	}
}

// exampleRegions is a corner of the five levels, enough to show the picker.
func exampleRegions(parent string) []Option {
	switch parent {
	case "220000000000":
		return []Option{{Value: "220100000000", Text: "长春市"}, {Value: "220200000000", Text: "吉林市"}, {Value: "222400000000", Text: "延边朝鲜族自治州"}}
	case "220100000000":
		return []Option{{Value: "220102000000", Text: "南关区"}, {Value: "220103000000", Text: "宽城区"}}
	case "220102000000":
		return []Option{{Value: "220102001000", Text: "南岭街道"}, {Value: "220102002000", Text: "自强街道"}}
	}
	return nil
}

func fieldExamples() []Component {
	return []Component{
		{"TextField", "Asks for one line of text.", TextField(Field{}), []Example{
			{"plain", TextField(Field{Name: "g-person", Label: "姓名", Hint: "与身份证一致", Value: "张晓琳", Complete: "name", Width: "10"})},
			{"optional with a suffix", TextField(Field{Name: "g-area", Label: "经营面积", Optional: true, Suffix: "平方米", Width: "6", Mode: "decimal"})},
			{"refused", TextField(Field{Name: "g-mail", Label: "电子邮箱", Type: "email", Value: "zhang@", Error: "邮箱地址不完整，例如 name@example.cn"})},
		}},
		{"TextArea", "Asks for several lines.", TextArea(Field{}), []Example{
			{"with a limit", TextArea(Field{Name: "g-reason", Label: "情况说明", Max: 500, Rows: 4})},
		}},
		{"NumberField", "Asks for a number people copy from a card.", NumberField(Field{}), []Example{
			{"person", NumberField(Field{Name: "g-id", Label: "公民身份号码", Number: PersonNumber})},
			{"on record", NumberField(Field{Name: "g-id2", Label: "公民身份号码", Number: PersonNumber, Masked: "2201**********1234"})},
			{"refused", NumberField(Field{Name: "id-bad", Label: "公民身份号码", Number: PersonNumber, Value: "220102199003078889", Error: "公民身份号码的最后一位不对，请核对身份证"})},
			{"company", NumberField(Field{Name: "g-uscc", Label: "统一社会信用代码", Number: CompanyNumber})},
			{"amount", NumberField(Field{Name: "g-fund", Label: "注册资本", Number: AmountNumber})},
		}},
		{"DateField", "Asks for a day near today: the browser's own calendar.", DateField(Field{}), []Example{
			{"with limits", DateField(Field{Name: "g-on", Label: "预约日期", Value: "2026-12-01", MinDate: "2026-11-25", MaxDate: "2027-01-31"})},
		}},
		{"DateParts", "Asks for a day people know by heart.", DateParts(Field{}), []Example{
			{"birthday", DateParts(Field{Name: "g-born", Label: "出生日期", Hint: "例如 1990 3 7", Value: "1990-03-07"})},
			{"refused", DateParts(Field{Name: "born.bad", Label: "开业日期", Value: "2026-2-30", Error: "2026 年没有 2 月 30 日"})},
		}},
		{"RegionPicker", "Asks for a region, one of the five levels at a time.", RegionPicker(RegionPickerParams{}), []Example{
			{"down to the township", RegionPicker(RegionPickerParams{Name: "g-region", Label: "经营场所所在地", Root: "220000000000", Value: "220102000000", Children: exampleRegions})},
		}},
		{"Rating", "Asks for one of the five grades; nothing is chosen beforehand.", Rating(RatingParams{}), []Example{
			{"five grades", Rating(RatingParams{Name: "g-satisfaction", Hint: "评价自愿，不影响办理结果"})},
		}},
	}
}
