package demo

import (
	"context"
	"fmt"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
)

// register is people.toml.
type register struct {
	Person  []person
	Company []company
}

type person struct {
	Login  string
	Use    account.Use
	Name   string
	Number string
	Phone  string
	Region string
	Posts  []struct{ Role, Office string }
}

type company struct {
	Name           string
	Code           string
	Representative string
	Address        string
	Phone          string
	Region         string
	Agents         []string // logins
}

// verifiedLevel is the real-name level of everybody in the demo province: name, number and face were checked.
const verifiedLevel = 3

func (s Services) people(ctx context.Context) error {
	var r register
	if _, err := toml.DecodeFS(files, "people.toml", &r); err != nil {
		return err
	}
	subjects := map[string]string{}
	for _, p := range r.Person {
		a, err := s.Accounts.Create(ctx, program, account.NewAccount{Login: p.Login, Password: Password, Use: p.Use, Subject: account.NewSubject{
			Kind: account.Person, Name: p.Name, Number: p.Number, Phone: p.Phone, Level: verifiedLevel, Region: p.Region}})
		if err != nil {
			return fmt.Errorf("account %s: %w", p.Login, err)
		}
		subjects[p.Login] = a.SubjectID
		for _, post := range p.Posts {
			if err := s.Offices.Appoint(ctx, program, office.Appointment{AccountID: a.ID, Role: post.Role, OfficePath: post.Office}); err != nil {
				return fmt.Errorf("post of %s: %w", p.Login, err)
			}
		}
	}
	for _, c := range r.Company {
		id, err := s.Accounts.PutSubject(ctx, program, account.NewSubject{Kind: account.Company, Name: c.Name, Number: c.Code, Phone: c.Phone,
			Representative: c.Representative, Address: c.Address, Level: verifiedLevel, Region: c.Region})
		if err != nil {
			return fmt.Errorf("company %s: %w", c.Code, err)
		}
		for _, login := range c.Agents {
			if err := s.Accounts.AddAgent(ctx, program, id, subjects[login], "agent"); err != nil {
				return fmt.Errorf("agent %s: %w", login, err)
			}
		}
	}
	return nil
}

// Greeting lists the accounts a visitor may try, one line each: login, then who it is.
var Greeting = [][2]string{
	{"citizen", "张晓琳，个人 · a person in 长春市南关区"},
	{"company", "祥和餐饮有限公司经办人 · an agent of a company"},
	{"lawyer", "林国梁，律师，已有律师执业证 · a lawyer with a certificate to show"},
	{"window.nanguan", "南关区政务服务中心综合窗口 · receives and hands out"},
	{"review.nanguan", "南关区市场监督管理局审查 · reviews"},
	{"inspect.nanguan", "南关区市场监督管理局核查员 · inspects on the spot"},
	{"chief.nanguan", "南关区市场监督管理局首席代表 · decides"},
	{"village.nanguan", "华阳社区代办 · receives on the county's behalf"},
	{"catalogue.province", "省级事项库管理 · keeps the item library"},
	{"review.province", "省级事项库复核 · approves what another keeper proposes"},
	{"market.province", "省市场监督管理厅 · proposes adjustments of the list of powers"},
	{"establishment.province, legality.province, government.province", "编办、司法、政府 · examine, approve and publish them"},
	{"seal.province", "省政务服务和数字化建设管理局 · reviews and makes the offices' electronic seals"},
	{"chief.centre.nanguan", "南关区政务服务中心首席代表 · keeps the centre's seals"},
	{"supervisor.changchun", "长春市监督 · watches how cases are handled"},
	{"data.province", "省级数据目录管理 · keeps the catalogue of data"},
	{"admin, security, auditor", "三员 · the three separated administrators"},
}
