package casefiletest

import (
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
)

// The subjects who apply.
const (
	CitizenID = "subject-citizen"
	CompanyID = "subject-company"
	OtherID   = "subject-other"
)

// Who acts in tests. The officers are those of 长春市南关区; their paths are the demo province's.
var (
	Citizen  = person("citizen", CitizenID, "")
	Company  = person("company", CitizenID, CompanyID) // the citizen as an agent of the company
	Other    = person("other", OtherID, "")
	Window   = officer("window.nanguan", "window", "220102d90")
	Reviewer = officer("review.nanguan", "reviewer", "220102d31")
	Chief    = officer("chief.nanguan", "chief", "220102d31")
	Village  = officer("village.nanguan", "clerk", "220102001001")
	Township = officer("township.nanguan", "clerk", "220102001")
	// Supervisor watches the city, Keeper keeps the library of the province and may know no case, Foreign is a reviewer of another county.
	Supervisor = officer("supervisor.changchun", "supervisor", "2201")
	Keeper     = officer("catalogue.province", "keeper", "22")
	Foreign    = officer("review.tiexi", "reviewer", "220302d31")
)

func person(account, subject, company string) actor.Actor {
	return actor.Actor{Kind: actor.Person, Account: account, Subject: subject, Company: company, Level: 3, Region: region.MustParse("220102")}
}

func officer(account, role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: account, Office: "office-" + path, OfficePath: path, Post: path + " " + role,
		Duties: []actor.Duty{{Role: role, Office: "office-" + path, OfficePath: path}}}
}

// Officer is somebody with one post.
func Officer(account, role, path string) actor.Actor { return officer(account, role, path) }

func people() map[string]casefile.Applicant {
	return map[string]casefile.Applicant{
		CitizenID: {ID: CitizenID, Kind: "person", Name: "张晓琳", Shown: "张*琳", Number: "220102199003072318", Phone: "13500001234",
			Address: "长春市南关区新春街道", Region: "220102001001", Level: 3},
		OtherID: {ID: OtherID, Kind: "person", Name: "李明", Shown: "李*", Number: "22020319851112402X", Phone: "13600001234", Region: "220302001001", Level: 3},
		CompanyID: {ID: CompanyID, Kind: "company", Name: "长春市南关区祥和餐饮有限公司", Shown: "长春市南关区祥和餐饮有限公司", Number: "91220102MA1P8Q9R4L",
			Phone: "13700001234", Representative: "张晓琳", Address: "长春市南关区人民大街1号", Region: "220102000000", Level: 3},
	}
}

var errNobody error = fault.New(fault.NotFound, "account.no_subject")
