package assembly

import (
	"io/fs"

	"xiangyun/internal/adapter/idreader"
	"xiangyun/internal/adapter/realname"
	"xiangyun/internal/adapter/sms"
	"xiangyun/internal/assembly/demo"
	"xiangyun/internal/assembly/logweb"
	"xiangyun/internal/assembly/operationsweb"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/account/accountweb"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefileweb"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certweb"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/hallweb"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/item/keeperweb"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/material/materialweb"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/notice/noticeweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/office/officeweb"
	"xiangyun/internal/module/power"
	"xiangyun/internal/module/power/powerweb"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/module/rating/ratingweb"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealweb"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/module/supervision/supervisionweb"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/workflowweb"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
)

// Services are the modules' services.
type Services struct {
	Audit        *audit.Log
	Offices      *office.Service
	Accounts     *account.Service
	Forms        *form.Service
	Powers       *power.Service
	Items        *item.Service
	Notices      *notice.Service
	Materials    *material.Service
	Flows        *workflow.Service
	Definitions  *workflow.Definitions
	Tasks        *workflow.Tasks
	Cases        *casefile.Service
	Certificates *cert.Service
	Ratings      *rating.Service
	Seals        *seal.Service
	Supervision  *supervision.Service
	Halls        *hall.Service
}

// Schemas lists every line of migrations, the platform's first.
func Schemas() []db.Schema {
	return []db.Schema{job.Schema, once.Schema, web.Schema, audit.Schema,
		office.Schema, account.Schema, form.Schema, power.Schema, item.Schema, notice.Schema, material.Schema, workflow.Schema,
		casefile.Schema, cert.Schema, rating.Schema, seal.Schema, supervision.Schema, hall.Schema, demo.Schema}
}

// grants lists what every module's access.go says.
func grants() []actor.Grant {
	var all []actor.Grant
	for _, g := range [][]actor.Grant{office.Access(), account.Access(), power.Access(), item.Access(), workflow.Access(), casefile.Access(), cert.Access(), rating.Access(), seal.Access(), supervision.Access(), hall.Access(), workflow.TaskAccess()} {
		all = append(all, g...)
	}
	return all
}

// Words loads every package's words.
func Words() (*page.Catalogue, error) {
	return page.Load([]fs.FS{page.Words, web.Words, design.Locale, blob.Locale, office.Locale, account.Locale, notice.Locale, material.Locale, workflow.Locale,
		casefile.Locale, rating.Locale, officeweb.Locale, accountweb.Locale, formweb.Locale, powerweb.Locale, itemweb.Locale, keeperweb.Locale, noticeweb.Locale, materialweb.Locale, casefileweb.Locale, certweb.Locale, ratingweb.Locale, seal.Locale, sealweb.Locale, supervision.Locale, supervisionweb.Locale, operationsweb.Locale, logweb.Locale, hall.Locale, hallweb.Locale, workflowweb.Locale}...)
}

// services makes the services, each after those it needs.
func (a *App) services() (err error) {
	if a.Audit, err = audit.New(a.DB, a.Keys, audit.Params{Origin: a.Config.LogOrigin, Log: a.Log}); err != nil {
		return err
	}
	if a.Offices, err = office.New(a.DB, office.Needs{Log: a.Audit, Grants: grants(), Queue: a.Queue, Estate: estate{a}}); err != nil {
		return err
	}
	a.Accounts = account.New(a.DB, account.Needs{Rights: a.Offices, Posts: posts{a.Offices}, Log: a.Audit, Keys: a.Keys,
		RealName: a.registers(), Companies: a.registers(), Notices: lateDesks{a}, Demo: a.Config.Demo})
	a.Offices.OnChange(a.Accounts.Forget)
	a.Forms = form.New()
	a.Powers = power.New(a.DB, power.Needs{Rights: a.Offices, Events: a.Bus, Queue: a.Queue, Log: a.Audit})
	a.Notices = notice.New(a.DB, notice.Needs{Queue: a.Queue, Phones: a.Accounts, SMS: &sms.Printer{Log: a.Log}})
	a.Items = item.New(a.DB, item.Needs{Rights: a.Offices, Offices: implementers{a.Offices}, Forms: a.Forms, Powers: a.Powers, Cases: underWay{a}, Notices: readers{a.Notices}, Log: a.Audit,
		Queue: a.Queue, Certificates: held{a}, Store: a.Blobs})
	a.Materials = material.New(a.DB, material.Needs{Store: a.Blobs, Keys: a.Keys, Quota: quota(a.Config)})
	a.Flows = workflow.New(a.DB, workflow.Needs{Rights: a.Offices, Calendars: a.Offices, Queue: a.Queue, Log: a.Audit})
	writer, err := paper.New()
	if err != nil {
		return err
	}
	a.Halls = hall.New(a.DB, hall.Needs{Rights: a.Offices, Offices: superiors{a.Offices}, Items: a.Items, Notices: visitors{a.Notices}, Events: a.Bus, Log: a.Audit, Keys: a.Keys})
	a.Cases = casefile.New(a.DB, casefile.Needs{Rights: a.Offices, Items: a.Items, Forms: a.Forms, Flows: a.Flows, Materials: a.Materials,
		Notices: a.Notices, Subjects: applicants{a.Accounts}, Offices: workplaces{a.Offices}, Certificates: held{a}, Ratings: rated{a}, Behalf: a.Halls, Heirs: heirs{a.Offices}, Events: counted{a.Bus, a.Items, a}, Log: a.Audit, Keys: a.Keys,
		Pages: writer, Sealer: sealer{a}, Base: a.Address()})
	a.processes()
	a.Tasks = workflow.NewTasks(a.DB, a.Flows, workflow.TaskNeeds{Rights: a.Offices, People: colleagues{a.Offices, a.Accounts}, Offices: tree{a.Offices}, Concerns: a.Cases,
		Notices: desks{a.Notices}, Events: a.Bus, Log: a.Audit, Keys: a.Keys, Internal: []string{"opine"}})
	if a.Seals, err = a.seals(writer); err != nil {
		return err
	}
	a.Certificates = cert.New(a.DB, cert.Needs{Rights: a.Offices, Cases: a.Cases, Offices: issuers{a.Offices}, Subjects: known{a.Accounts}, Notices: holders{a.Notices}, Events: a.Bus,
		Log: a.Audit, Keys: a.Keys, Paper: writer, Tables: tables{a.Items, a.Offices}, Seals: a.Seals, Base: a.Address()})
	a.Supervision = supervision.New(a.DB, supervision.Needs{Rights: a.Offices, Cases: a.Cases, Offices: watched{a.Offices}, Log: a.Audit})
	a.Ratings = rating.New(a.DB, rating.Needs{Rights: a.Offices, Cases: a.Cases, Offices: a.Offices, Notices: a.Notices, Events: a.Bus, Log: a.Audit, Keys: a.Keys})
	return nil
}

// reader reads identity cards. The simulated one serves the demo province only: real people must never be taken for invented ones.
func (a *App) reader() hall.Reader {
	if a.Config.Demo {
		return idreader.NewSimulator()
	}
	return idreader.Unconnected{}
}

// register is both registers an account is checked against.
type register interface {
	account.RealName
	account.Companies
}

// registers are simulated in the demo province only: real people must never be believed unchecked.
func (a *App) registers() register {
	if a.Config.Demo {
		return realname.Simulator{}
	}
	return realname.Unconnected{}
}

// quota is what one account may upload.
func quota(c config.Config) material.Quota {
	return material.Quota{WaitingFiles: c.UploadWaitingFiles, WaitingBytes: c.UploadWaitingBytes, DayFiles: c.UploadDayFiles, DayBytes: c.UploadDayBytes,
		OfficerTimes: c.UploadOfficerTimes}
}
