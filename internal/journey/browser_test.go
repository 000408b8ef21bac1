package journey

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestBrowserJourney does the main job in Chromium, the applicant on a phone and the officers at desks, once as most people's browsers are
// and once without scripts.
func TestBrowserJourney(t *testing.T) {
	s := start(t)
	c := launch(t)
	for _, way := range []struct {
		name    string
		scripts bool
	}{{"scripts-on", true}, {"scripts-off", false}} {
		t.Run(way.name, func(t *testing.T) {
			j := &browserJourney{t: t, s: s, c: c, scripts: way.scripts}
			j.applicant = c.person(t, s, way.scripts, phone)
			j.find()
			j.apply()
			j.handle()
			j.receive()
			j.show()
			j.rate()
		})
	}
}

// browserJourney is one case on its way, with the people who see it.
type browserJourney struct {
	t         *testing.T
	s         *server
	c         *chrome
	scripts   bool
	applicant *tab
	number    string
}

// find goes from everyday words to the guide and answers its questions.
func (j *browserJourney) find() {
	a := j.applicant
	a.open("/")
	a.sees("您想办什么事")
	a.fill("搜索事项", "开饭店")
	a.press("搜索")
	a.sees("食品经营许可")
	a.press("食品经营许可")
	a.sees("在哪里办")
	a.region("长春市", "南关区")
	a.press("查看当地指南")
	a.sees("长春市南关区市场监督管理局", "7 个工作日", "20 个工作日", "回答上面的问题")
	if strings.Contains(a.ask(`document.getElementById('materials').querySelector('.cards').innerText`), "网络经营情况说明") {
		j.t.Error("a material is asked for before anybody said that it is needed")
	}
	for _, answer := range [][2]string{{"您要办理哪一项", "新办"}, {"您要做哪一类经营", "餐饮服务"}, {"由谁来办", "法定代表人"}} {
		a.answer(answer[0], answer[1])
	}
	j.listMaterials()
	a.answer("是否通过网络经营", "是")
	a.answer("是否利用自动设备", "否")
	j.listMaterials()
	a.sees("您需要准备的材料", "网络经营情况说明")
	a.press("在线办理")
	a.sees("登录")
	a.fill("账号", "company")
	a.fill("密码", demoPassword)
	a.press("登录")
	a.sees("选择情形", "第 1 步，共 4 步")
}

// listMaterials asks for the list that fits the answers, which scripts have fetched already.
func (j *browserJourney) listMaterials() {
	if !j.scripts {
		j.applicant.press("按我的情况列材料")
	}
}

// apply fills the application in, leaves in the middle and comes back.
func (j *browserJourney) apply() {
	a := j.applicant
	a.press("保存并继续") // what the guide was told is answered already
	a.sees("填写申请表")
	a.fill("answers.representative.number", "220102198506120014")
	a.fill("answers.representative.phone", "13804310000")
	a.region("长春市", "南关区")
	a.fill("经营场所详细地址", "人民大街1号1层101室")
	a.press("保存，以后再办")
	a.sees("我的办件", "草稿", "已保存")
	a.press("继续填写")
	a.sees("填写申请表")
	if got := a.ask(`control => '', document.querySelector('[name="answers.premises_address"]').value`); got != "人民大街1号1层101室" {
		j.t.Errorf("what was saved is not there: %q", got)
	}
	a.fill("经营场所面积", "126.5")
	a.answer("主体业态", "餐饮服务经营者")
	a.answer("经营项目", "热食类食品制售")
	a.answer("是否通过网络经营", "是")
	if !j.scripts {
		a.press("按上面的回答更新要填的内容")
	}
	a.fill("网站、网店或平台名称与地址", "美食平台：祥和餐饮（人民大街店）")
	a.fill("从业人员数", "12")
	a.fill("answers.managers.0.name", "李静")
	a.fill("answers.managers.0.number", "220102199308260045")
	a.answer("职务", "食品安全员")
	a.answer("许可证领取方式", "只要电子许可证")
	a.press("保存并继续")
	a.sees("提供材料")
	j.upload("M310003", "平面布局图.pdf", "上传 与食品经营相适应")
	j.upload("M310004", "制度目录.pdf", "上传 保证食品安全的规章制度目录清单")
	a.press("保存并继续")
	a.sees("核对并提交", "人民大街1号1层101室", "吉林省长春市南关区", "已上传 1 个文件")
	a.press("提交申请")
	a.sees("请先阅读并勾选声明")
	a.choose("以上内容和材料真实")
	a.press("提交申请")
	a.sees("申请已提交", "查询码", "等待受理")
	j.number = regexp.MustCompile(`[0-9]{21}`).FindString(a.path())
	if j.number == "" {
		j.t.Fatalf("no case is shown at %s", a.path())
	}
}

func (j *browserJourney) upload(code, name, button string) {
	file := filepath.Join(j.t.TempDir(), name)
	if err := os.WriteFile(file, paper(code), 0o600); err != nil {
		j.t.Fatal(err)
	}
	j.applicant.upload(`[name="file.`+code+`"]`, file)
	j.applicant.press(button)
	j.applicant.sees(name)
}

// handle brings the case through the offices: accepted at the window, inspected while the clock stands still, examined twice, approved.
func (j *browserJourney) handle() {
	window, reviewer, chief := j.officer("window.nanguan"), j.officer("review.nanguan"), j.officer("chief.nanguan")
	window.open("/desk")
	window.press(j.number)
	window.sees("食品经营许可", "平面布局图.pdf", "填写的内容", "待受理")
	window.press("受理")
	window.sees("申请人将收到", "《受理通知书》")
	window.press("受理")
	window.sees("已完成：已受理")

	reviewer.open("/desk/cases/" + j.number)
	reviewer.press("进入特别程序")
	reviewer.choose("现场核查")
	reviewer.fill("所需工作日", "5")
	reviewer.fill("说明", "到经营场所现场核查。")
	reviewer.press("进入特别程序")
	reviewer.sees("已完成：进入特别程序")
	j.applicant.open("/cases/" + j.number)
	j.applicant.sees("暂停计时", "特别程序告知书", "现场核查（预计 5 个工作日）")
	reviewer.open("/desk/cases/" + j.number)
	reviewer.press("恢复计时")
	reviewer.fill("特别程序的结果", "核查完毕，符合要求。")
	reviewer.press("恢复计时")
	reviewer.sees("已完成：恢复计时")
	for _, opinion := range []string{"申请材料符合要求。", "经营场所符合要求。"} {
		reviewer.open("/desk/cases/" + j.number)
		reviewer.press("提交审查意见")
		reviewer.answer("审查结论", "同意")
		reviewer.fill("comment", opinion)
		reviewer.press("提交审查意见")
		reviewer.sees("已完成：提出审查意见")
	}

	chief.open("/desk/cases/" + j.number)
	chief.sees("申请材料符合要求。", "经营场所符合要求。")
	chief.press("准予")
	chief.fill("决定说明", "符合《食品安全法》规定的条件。")
	chief.press("准予")
	chief.sees("已完成：准予")
}

func (j *browserJourney) officer(account string) *tab {
	b := j.c.person(j.t, j.s, j.scripts, desk)
	b.signIn(account)
	return b
}

// receive: the certificate appears on the case's page, and the window delivers.
func (j *browserJourney) receive() {
	a := j.applicant
	for range 100 { // a job issues the certificate after the decision's commit
		a.open("/cases/" + j.number)
		if strings.Contains(a.text(), "查看食品经营许可证") {
			break
		}
	}
	a.sees("查看食品经营许可证", "准予行政许可决定书", "符合《食品安全法》规定的条件。")
	if strings.Contains(a.text(), "申请材料符合要求。") {
		j.t.Error("an opinion kept inside is shown to the applicant")
	}
	window := j.officer("window.nanguan")
	window.open("/desk/cases/" + j.number)
	window.press("送达")
	window.press("送达")
	window.sees("已完成：已送达")
}

// show: the holder presents the certificate; somebody else, in another browser, verifies it in three ways.
func (j *browserJourney) show() {
	a := j.applicant
	a.open("/cases/" + j.number)
	a.press("查看食品经营许可证")
	a.sees("出示证照", "长春市南关区祥和餐饮有限公司")
	identifier, _ := strings.CutPrefix(a.path(), "/certificates/")
	a.press("出示证照")
	a.sees("请对方扫描", "换一个新码")
	if a.ask(`String(document.querySelectorAll('svg.qr-code path').length)`) != "1" {
		j.t.Error("no code is shown")
	}
	holder := signIn(j.t, j.s.URL, "company")
	token := holder.must(j.t, 201, "POST", "/api/v1/certificates/"+identifier+"/presentations", map[string]any{}).text("token")

	b := j.c.person(j.t, j.s, j.scripts, phone)
	b.open("/verify?token=" + token)
	b.choose("核对身份、资格")
	b.press("查看证照")
	b.sees("证照真实、有效", "人民大街1号1层101室")
	b.open("/verify?token=" + token)
	b.choose("其他")
	b.press("查看证照")
	b.sees("核验未通过", "这个码已经用过")
	b.open("/verify")
	b.fill("电子证照标识", identifier)
	b.press("核验")
	b.sees("证照真实、有效")
	if strings.Contains(b.text(), "人民大街1号1层101室") {
		j.t.Error("an identifier alone shows the face of the certificate")
	}
	whole := holder.must(j.t, 200, "GET", "/api/v1/certificates/"+identifier+"/document?format=pdf", nil).Raw
	changed := append([]byte(nil), whole...)
	changed[len(changed)/3] ^= 1
	for name, f := range map[string]struct {
		content []byte
		verdict string
	}{"证照.pdf": {whole, "证照真实、有效"}, "改过.pdf": {changed, "核验未通过"}} {
		path := filepath.Join(j.t.TempDir(), name)
		if err := os.WriteFile(path, f.content, 0o600); err != nil {
			j.t.Fatal(err)
		}
		b.open("/verify")
		b.upload("input[type=file]", path)
		b.press("核验文件")
		b.sees(f.verdict)
	}
}

// rate: the applicant rates the case, and reads who saw his data.
func (j *browserJourney) rate() {
	a := j.applicant
	a.open("/cases/" + j.number)
	a.sees("已办结")
	a.press("评价这次办理")
	a.choose("非常满意")
	a.press("提交评价")
	a.sees("谢谢您的评价")
	a.open("/me/data?show=read")
	a.sees("查看办件", j.number, "长春市南关区市场监督管理局", "首席代表")
	a.open("/me/data")
	a.sees("核验证照", "未登录的人", "送达结果", "作出评价")
}
