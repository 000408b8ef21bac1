package certweb_test

import (
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/webtest"
)

func TestDirectoryOfTypes(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	p.Open("/certificate-types?q=食品").Wants(200, "食品经营许可证", "共 1 种")
	p.Follow("食品经营许可证").Wants(200, "11220000MB1A00263H001", "食品安全法", "照面信息")
	p.Open("/certificate-types/none").Wants(404)
	p.Open("/api/v1/certificate-types?limit=2").Wants(200, `"found":7`, `"next":"`)
	p.Open("/api/v1/certificate-types/lawyer").Wants(200, `"$schema"`, `"additionalProperties":false`)
	if strings.Contains(p.Body(), "answers.") {
		t.Error("the API tells how fields are filled in")
	}
	b.by = certtest.Chief
	p.Open("/desk/certificate-types/lawyer/change").Wants(403)
	b.by = actor.Actor{Kind: actor.Officer, Account: "keeper", Subject: "keeper", OfficePath: "22", Post: "管理员", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	p.Open("/desk/certificate-types/lawyer/preview?sample=rarest").Wants(200, "样张")
	if !strings.Contains(p.Body(), "<svg") {
		t.Error("the specimen is not drawn")
	}
	p.Open("/desk/certificate-types/lawyer/change").Wants(200, "提请变更")
	p.Open("/desk/certificate-types").Wants(200, "没有待决定的变更")
}

func TestPaperPages(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	b.by = certtest.Holder
	p.Open("/paper-certificates").Wants(200, "没有您的纸质证照记录")
	b.by = certtest.Chief
	p.Open("/desk/paper-certificates?type=lawyer").Wants(200, "存量纸质证照")
	if !strings.Contains(p.Body(), `value="lawyer"`) {
		t.Error("the type is not filled in")
	}
	id, err := b.CheckPaper(t.Context(), certtest.Chief, "lawyer", []byte("number,holder,issued_on\n12201201811000017,张晓琳,2018-06-01\nX,,2018-06-01\n"))
	if err != nil {
		t.Fatal(err)
	}
	p.Open("/desk/paper-certificates/"+id).Wants(200, "质量报告", "没有持证主体名称")
	if strings.Contains(p.Body(), "张晓琳") {
		t.Error("the report shows what stands in a row")
	}
}

func TestIssuePages(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	b.by = certtest.Chief
	p.Open("/desk/paper-certificates").Wants(200, "签发电子证照", "怎样处理")
	id, err := b.CheckIssue(t.Context(), certtest.Chief, "lawyer", []byte("number,holder,holder_number,issued_on,name,firm,kind,qualification\n"+
		"12201201811000017,张晓琳,220102199303082083,2018-06-01,张晓琳,吉林长白律师事务所,专职律师,A1\n12201201811000018,李四,220102199303082083,2018-06-01,李四,吉林长白律师事务所,专职律师,A1\nX,,,2018-06-01,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	p.Open("/desk/paper-certificates/"+id).Wants(200, "质量报告", "没有持证主体名称", "签发 2 张电子证照").Press("签发 2 张电子证照").Wants(200, "正在后台签发")
	if err := b.IssueTable(t.Context(), actor.Program("test"), id); err != nil {
		t.Fatal(err)
	}
	p.Open("/desk/paper-certificates/"+id).Wants(200, "已签发 1 张电子证照", "这个号码属于另一个姓名的人")
	p.Open("/desk/paper-certificates").Wants(200, "已签发")
}
