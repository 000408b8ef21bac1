package casefileweb_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile/casefiletest"
)

// A person without scripts applies for her pension: the guide's answers come along, each step is saved, she leaves and takes it up again.
func TestAPersonApplies(t *testing.T) {
	b := open(t)
	p := b.as(t, casefiletest.Citizen)
	code := b.Code(casefiletest.Pension)
	p.Open("/items/"+code+"/apply?situation.special=no").Wants(200, "选择情形", "是否属于政府代缴")
	p.Press("保存并继续").Wants(422, "请更正以下内容")
	p.Choose("由谁来办", "本人").Press("保存，以后再办").Wants(200, "已保存，可以随时回来继续填写", "居民养老参保", "草稿")
	p.Follow("继续填写").Wants(200, "填写申请表")
	if p.Value("姓名") != "张晓琳" || p.Value("手机号码") != "13500001234" {
		t.Errorf("what is known is not filled in: %q %q", p.Value("姓名"), p.Value("手机号码"))
	}
	p.Fill("手机号码", "12").Fill("缴费年度", "2027").Choose("户籍性质", "农村居民").Choose("是否在校学生", "否")
	p.Press("保存并继续").Wants(422, "请更正以下内容")
	if p.FieldError("手机号码") == "" || p.Value("手机号码") != "12" || p.Value("缴费年度") != "2027" {
		t.Error("what was typed did not come again beside the reason")
	}
	p.Fill("手机号码", "13500001234").Fill("年缴费档次（元）", "500").Choose("现在登记社会保障卡银行账户", "是")
	p.Press("按上面的回答更新要填的内容").Wants(200)
	p.Fill("开户银行", "吉林省农村信用社联合社").Fill("银行账号", "6228400000000000000")
	p.Fill("市", "长春市").Press("下一级").Wants(200)
	p.Fill("县", "南关区").Press("保存并继续").Wants(200, "提供材料", "数据共享核验，不用提交：公安机关户籍信息", "由在线填写的内容生成")
	p.Press("保存并继续").Wants(200, "核对并提交", "张*琳", "农村居民", "6228400000000000000", "长春市南关区").Lacks("220102000000")
	p.Press("提交申请").Wants(422, "请先阅读并勾选声明")
	p.Choose("", "以上内容和材料真实").Press("提交申请").Wants(200, "申请已提交", "查询码", "等待受理")
	number := numberIn(p)
	if len(number) != 21 || !strings.Contains(p.Path(), "receipt=1") {
		t.Fatalf("at %s", p.Path())
	}
	p.Open("/cases").Wants(200, "居民养老参保", number, "待受理").Lacks("未提交的草稿")
	code = b.query(t, number)
	p.Open("/cases/"+number).Wants(200, code).Lacks("申请已提交")
}

// query reads a case's query code as its applicant does.
func (b *building) query(t *testing.T, number string) string {
	t.Helper()
	v, err := b.Cases.View(t.Context(), casefiletest.Citizen, number)
	if err != nil {
		if v, err = b.Cases.View(t.Context(), casefiletest.Company, number); err != nil {
			t.Fatal(err)
		}
	}
	return v.QueryCode
}

// A question that appears because of an answer is asked before it is missed.
func TestQuestionsUnfold(t *testing.T) {
	b := open(t)
	p := b.as(t, casefiletest.Company)
	p.Open("/items/"+b.Code(casefiletest.Food)+"/apply").Wants(200, "办理类型", "您要做哪一类经营").Lacks("是否通过网络经营")
	p.Choose("办理类型", "新办").Choose("您要做哪一类经营", "餐饮服务").Choose("由谁来办", "法定代表人").Press("保存并继续")
	p.Wants(200, "是否通过网络经营", "是否利用自动设备经营").Lacks("请更正以下内容")
	p.Press("保存并继续").Wants(422)
	if got := p.Errors(); len(got) != 2 {
		t.Errorf("errors: %v", got)
	}
	p.Choose("是否通过网络经营", "否").Choose("是否利用自动设备经营", "否").Press("保存并继续").Wants(200, "填写申请表")
	// Another answer drops the questions that hung on the first one.
	p.Open(b.at(t, "situation")).Choose("您要做哪一类经营", "单位食堂").Press("保存并继续").Wants(200, "食堂由谁经营").Lacks("是否通过网络经营")
	if _, kept := b.draftOf(t, casefiletest.Company).Application.Situation["network"]; kept {
		t.Error("an answer to a question that is asked no more is kept")
	}
	// The link of the guide pressed again goes on with the same draft.
	p.Open("/items/" + b.Code(casefiletest.Food) + "/apply?variant=renewal").Wants(200)
	if d := b.draftOf(t, casefiletest.Company); d.Application.Variant != "renewal" {
		t.Errorf("variant %q", d.Application.Variant)
	}
	p.Post(b.at(t, "situation"), url.Values{"variant": {"renewal"}, "situation.place": {"casino"}, "go": {"next"}}).Wants(422)
	// With scripts the questions are asked again without being saved.
	p.Post(b.at(t, "situation"), url.Values{"variant": {"new"}, "situation.place": {"sales"}, "refresh": {"1"}}).Wants(200, "是否通过网络经营")
	if d := b.draftOf(t, casefiletest.Company); d.Application.Variant != "renewal" {
		t.Error("asking again saved")
	}
}

func (b *building) at(t *testing.T, step string) string {
	t.Helper()
	return "/applications/" + b.draftOf(t, b.by).ID + "/" + step
}

// foodDraft is a draft of the company that only lacks its materials.
func (b *building) foodDraft(t *testing.T) {
	t.Helper()
	a := b.FoodApplication(t, casefiletest.Company)
	a.Materials = nil
	if _, err := b.Cases.StartDraft(t.Context(), casefiletest.Company, a); err != nil {
		t.Fatal(err)
	}
}

func TestMaterials(t *testing.T) {
	b := open(t)
	b.foodDraft(t)
	p := b.as(t, casefiletest.Company)
	layout, rules := "选择文件 与食品经营相适应的主要设备设施", "怎样提供 保证食品安全的规章制度目录清单"
	p.Open(b.at(t, "form")).Wants(200).Press("保存并继续").Wants(200, "提供材料", "国家企业信用信息公示系统", "待提供")
	p.Press("保存并继续").Wants(422, "请提交“与食品经营相适应的主要设备设施", "请提交“保证食品安全的规章制度目录清单”。")
	p.Attach(layout, "平面图.pdf", []byte("这不是 PDF")).Press("上传").Wants(422)
	if p.FieldError(layout) == "" {
		t.Error("a file that is not what its name says has no reason beside it")
	}
	p.Attach(layout, "大图.pdf", append(pdf("big"), make([]byte, maxBytes)...)).Press("上传").Wants(422, "文件太大")
	p.Attach(layout, "平面图.pdf", pdf("one")).Press("上传").Wants(200, "已保存", "平面图.pdf", "PDF")
	p.Attach(layout, "设备.pdf", pdf("two")).Press("上传").Wants(200, "平面图.pdf", "设备.pdf")
	p.Follow("设备.pdf").Wants(200)
	if p.Header("Content-Type") != "application/pdf" || !strings.HasPrefix(p.Header("Content-Disposition"), "inline") || p.Header("X-Content-Type-Options") != "" ||
		!strings.Contains(p.Header("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("headers: %s, %s, %s", p.Header("Content-Type"), p.Header("Content-Disposition"), p.Header("Content-Security-Policy"))
	}
	p.Open(b.at(t, "materials")).Press("移除 平面图.pdf").Wants(200, "设备.pdf").Lacks("平面图.pdf")
	p.Choose(rules, "容缺后补").Press("保存并继续").Wants(200, "核对并提交", "已上传 1 个文件", "容缺后补，5 个工作日内提交")
	p.Open(b.at(t, "files/nothing")).Wants(404)
	p.Open(b.at(t, "files/"+b.Upload(t, casefiletest.Company))).Wants(404)
	p.Open(b.at(t, "confirm")).Wants(200)
	other := b.as(t, casefiletest.Other)
	b.by = casefiletest.Company
	address := b.at(t, "materials")
	b.by = casefiletest.Other
	other.Open(address).Wants(404)
	b.by = casefiletest.Company
	p.Choose("", "以上内容和材料真实").Press("提交申请").Wants(200, "申请已提交", "设备.pdf")
}

// Another way of giving a material takes its files back; a form that was cut off changes nothing.
func TestAnotherWay(t *testing.T) {
	b := open(t)
	b.foodDraft(t)
	p := b.as(t, casefiletest.Company)
	licence := "营业执照或者其他主体资格证明文件"
	p.Open(b.at(t, "materials")).Attach("选择文件 "+licence, "执照.pdf", pdf("licence")).Press("上传 "+licence).Wants(200, "执照.pdf")
	part := "--b\r\nContent-Disposition: form-data; name=\"way.M000002\"\r\n\r\nsharing\r\n--b\r\n"
	for _, cut := range []string{"", part + "Content-Disposition: form-data; name=\"go\"\r\n\r\nne"} {
		req := httptest.NewRequest("POST", b.at(t, "materials"), strings.NewReader(cut))
		req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, req)
		if w.Code != 422 || !strings.Contains(w.Body.String(), "文件没有传完") {
			t.Errorf("a form that was cut off answers %d %.200s", w.Code, w.Body)
		}
	}
	p.Open(b.at(t, "materials")).Wants(200, "执照.pdf")
	p.Choose("怎样提供 "+licence, "数据共享核验").Press("上传 " + licence).Wants(200).Lacks("执照.pdf")
	for _, g := range b.draftOf(t, b.by).Application.Materials {
		if g.Code == "M000002" && (g.Way != "sharing" || len(g.Files) > 0) {
			t.Errorf("kept as %+v", g)
		}
	}
}

// Nobody hands in what he did not read: a draft that was changed in another window is shown again.
func TestOnlyWhatWasReadIsHandedIn(t *testing.T) {
	b := open(t)
	p := b.as(t, casefiletest.Citizen)
	a := b.PensionApplication(t)
	if _, err := b.Cases.StartDraft(t.Context(), casefiletest.Citizen, a); err != nil {
		t.Fatal(err)
	}
	p.Open(b.at(t, "confirm")).Wants(200, "500")
	a.Answers["contribution"] = 1000.0
	b.keepAnswers(t, casefiletest.Citizen, a.Answers)
	p.Choose("", "以上内容和材料真实").Press("提交申请").Wants(409, "刚刚在别处修改过", "1000")
	address := b.at(t, "confirm")
	version := b.draftOf(t, b.by).Version
	p.Press("提交申请").Wants(200, "申请已提交")
	first := numberIn(p)
	// The second press of a button that was slow.
	p.Post(address, url.Values{"declare": {"1"}, "version": {casefileVersion(version)}, "go": {"submit"}}).Wants(200)
	if numberIn(p) != first {
		t.Errorf("pressed twice: %s and %s", first, numberIn(p))
	}
}

func TestRefusedAtTheEnd(t *testing.T) {
	b := open(t)
	b.foodDraft(t)
	p := b.as(t, casefiletest.Company)
	p.Open(b.at(t, "confirm")).Choose("", "以上内容和材料真实").Press("提交申请").Wants(422, "请更正以下内容")
	if to := p.Link("请提交“保证食品安全的规章制度目录清单”。"); !strings.HasSuffix(to, "/materials") {
		t.Errorf("the reason leads to %q", to)
	}
	p.Open("/applications/"+b.draftOf(t, b.by).ID).Wants(200, "提供材料")
	p.Open(b.at(t, "discard")).Wants(200, "不能恢复").Press("确认删除").Wants(200, "草稿已删除", "还没有提交过申请")
	p.Open("/applications/nothing/situation").Wants(404)
}

func TestWhoMayNotApply(t *testing.T) {
	b := open(t)
	p := b.as(t, casefiletest.Company)
	p.Open("/items/" + b.Code(casefiletest.Pension) + "/apply").Wants(422)
	low := casefiletest.Citizen
	low.Level = 1
	p = b.as(t, low)
	p.Open("/items/"+b.Code(casefiletest.Pension)+"/apply").Wants(403, "实名核验")
	b.by.Kind = ""
	p.Post("/items/"+b.Code(casefiletest.Pension)+"/apply", nil).Wants(401)
}
