package casefileweb

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/platform/web"
)

// mostListed is the largest page of a list.
const mostListed = 200

type givenJSON struct {
	Code     string `json:"code" maxLength:"60" doc:"of the material, as the guide lists it"`
	Upload   string `json:"upload,omitempty" maxLength:"60" doc:"id from POST /uploads; a material of several files is listed once for each"`
	Evidence string `json:"evidence,omitempty" maxLength:"100" doc:"what spares the paper: a way of the guide (certificate, sharing, reuse, form, pledge, later) or the identifier of a certificate the applicant holds"`
	Way      string `json:"way,omitempty" maxLength:"20" enum:"upload,form,certificate,sharing,reuse,pledge,later" doc:"the way chosen; left out, the first that asks nothing is taken"`
}

type submitInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer"`
	Body struct {
		Item      string            `json:"item" minLength:"31" maxLength:"31" doc:"31-character implementation code"`
		Variant   string            `json:"variant,omitempty" maxLength:"40" doc:"left out: the first of the guide, its commonest"`
		Situation map[string]string `json:"situation,omitempty" doc:"answers to the guide's questions; left out altogether: the first option of each"`
		Answers   map[string]any    `json:"answers,omitempty" doc:"of the form, by its JSON Schema"`
		Materials []givenJSON       `json:"materials,omitempty" maxItems:"200"`
		Pledged   bool              `json:"pledged,omitempty" doc:"the pledge of the guide is made"`
	}
}

type submitOutput struct{ Body receiptJSON }

type receiptJSON struct {
	Number    string `json:"number"`
	State     string `json:"state"`
	QueryCode string `json:"query_code" doc:"with the number it shows anybody how far the case is"`
}

type pageInput struct {
	After string `query:"after" maxLength:"80" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type caseInput struct {
	Number string `path:"number" maxLength:"40"`
}

type casesOutput struct {
	Body struct {
		Data []caseRowJSON `json:"data"`
		Next string        `json:"next"`
	}
}

type itemJSON struct {
	Code    string `json:"code"`
	Version int    `json:"version" doc:"what the case is pinned to"`
	Name    string `json:"name"`
	Variant string `json:"variant,omitempty"`
}

type caseRowJSON struct {
	Number      string    `json:"number"`
	State       string    `json:"state"`
	Item        itemJSON  `json:"item"`
	Office      string    `json:"office"`
	SubmittedAt time.Time `json:"submitted_at"`
	PromiseDue  string    `json:"promise_due" doc:"date; empty while the clock has not begun or stands still"`
}

type caseOutput struct{ Body caseJSON }

type caseJSON struct {
	caseRowJSON
	Version      int64             `json:"version" doc:"send it with an action: of two at once one wins"`
	Applicant    string            `json:"applicant" doc:"name as others may read it"`
	Channel      string            `json:"channel"`
	ReceivedOn   string            `json:"received_on"`
	ReplyDue     string            `json:"reply_due" doc:"by when the office must accept, reject or ask for a correction"`
	Timeline     []eventJSON       `json:"timeline" doc:"oldest first"`
	Clock        clockJSON         `json:"clock"`
	Actions      []string          `json:"actions" doc:"what the caller may do now"`
	Awaited      []awaitedJSON     `json:"awaited" doc:"what the case waits for that the caller may tell"`
	TransferTo   []officeJSON      `json:"transfer_to,omitempty" doc:"offices the caller may hand the case to"`
	Answers      map[string]any    `json:"answers" doc:"for an officer numbers and phones of people are masked; POST …/disclosures shows them"`
	Situation    map[string]string `json:"situation"`
	Materials    []materialJSON    `json:"materials"`
	Papers       []paperJSON       `json:"papers"`
	Certificates []certificateJSON `json:"certificates"`
	QueryCode    string            `json:"query_code,omitempty" doc:"for the applicant only"`
}

type officeJSON struct {
	Path string `json:"path"`
	Name string `json:"name"`
}

type eventJSON struct {
	Action  string    `json:"action"`
	State   string    `json:"state"`
	At      time.Time `json:"at"`
	Post    string    `json:"post" doc:"office and role, no name; empty for the applicant"`
	Comment string    `json:"comment"`
	Paper   string    `json:"paper" doc:"number of the document it issued"`
	Behalf  string    `json:"behalf,omitempty" enum:"present,mandate,received" doc:"an officer did it for the applicant: who stood there, had authorised the office, or whose case the office received"`
}

type clockJSON struct {
	LegalDue    string         `json:"legal_due"`
	PromiseDue  string         `json:"promise_due"`
	Running     bool           `json:"running" doc:"it counts today"`
	LegalDays   int            `json:"legal_days"`
	PromiseDays int            `json:"promise_days"`
	Used        int            `json:"used" doc:"working days of the promise used up"`
	Left        int            `json:"left" doc:"of the promise; negative when late"`
	Excluded    int            `json:"excluded" doc:"working days not counted"`
	Colour      string         `json:"colour" enum:"green,yellow,red"`
	YellowOn    string         `json:"yellow_on" doc:"first day of warning; empty while the clock does not run"`
	RedOn       string         `json:"red_on" doc:"first day too late"`
	StandsTill  string         `json:"stands_till" doc:"last day the procedure under way is left out; then the clock runs again by itself"`
	Intervals   []intervalJSON `json:"intervals" doc:"times that do not count"`
}

type intervalJSON struct {
	Part  string `json:"part" enum:"excluded,waiting"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Basis string `json:"basis"`
	Days  int    `json:"days" doc:"announced, working days"`
	From  string `json:"from"`
	Until string `json:"until" doc:"empty while it lasts"`
	Paper string `json:"paper"`
}

type materialJSON struct {
	ID        string `json:"id"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	Way       string `json:"way"`
	Evidence  string `json:"evidence"`
	DueOn     string `json:"due_on"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
	Revision  int    `json:"revision"`
}

type paperJSON struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Number   string `json:"number"`
	Title    string `json:"title"`
	IssuedOn string `json:"issued_on"`
	ReadAt   string `json:"read_at,omitempty" doc:"when the applicant first opened it; RFC 3339"`
}

type certificateJSON struct {
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
}

type actionInput struct {
	Key    string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer"`
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		Action    string         `json:"action" maxLength:"40" doc:"accept request_correction submit_correction reject suspend suspend_again prolong resume extend ask_extension decline_extension offer_hearing ask_hearing call_hearing record_hearing confirm_hearing publicize answer_objection opine approve refuse deliver withdraw settle bring_missing remind_gap cancel_acceptance inspect annul cancel_grant transfer take_over send_back"`
		Version   int64          `json:"version,omitempty" doc:"the case as it was seen; left out, it is taken as it is"`
		Comment   string         `json:"comment,omitempty" maxLength:"20000"`
		Asked     []askedJSON    `json:"asked,omitempty" maxItems:"100" doc:"of request_correction: everything that is wanted, once"`
		Procedure string         `json:"procedure,omitempty" maxLength:"40" doc:"of suspend and suspend_again: kind of special procedure the guide lists"`
		Days      int            `json:"days,omitempty" doc:"of suspend, suspend_again, prolong and extend, working days"`
		Agree     *bool          `json:"agree,omitempty" doc:"of opine; left out, it agrees; of inspect: what was pledged is true; of confirm_hearing: the record is right"`
		Objection string         `json:"objection,omitempty" maxLength:"80" doc:"of answer_objection: which one, when several wait"`
		Hearing   *hearingJSON   `json:"hearing,omitempty" doc:"of call_hearing: when and where"`
		Way       string         `json:"way,omitempty" maxLength:"20" doc:"of deliver: online, window, post"`
		Materials []givenJSON    `json:"materials,omitempty" maxItems:"200" doc:"of submit_correction and bring_missing"`
		Competent string         `json:"competent,omitempty" maxLength:"200" doc:"of reject: the organ that has the power"`
		Office    string         `json:"office,omitempty" maxLength:"60" doc:"of transfer: path of one of the case's transfer_to"`
		Ground    string         `json:"ground,omitempty" maxLength:"40" doc:"of annul: fraud unqualified abuse beyond_power procedure otherwise; of cancel_grant: expired died dissolved revoked impossible otherwise"`
		Answers   map[string]any `json:"answers,omitempty" doc:"of submit_correction; left out, what was said stays"`
		Record    map[string]any `json:"record,omitempty" doc:"of a task with a form: what is written down"`
	}
}

type hearingJSON struct {
	On       string `json:"on" format:"date"`
	At       string `json:"at" maxLength:"5" doc:"HH:MM"`
	Place    string `json:"place" maxLength:"400"`
	Presider string `json:"presider" maxLength:"80" doc:"account of an officer who does not examine the case"`
	Closed   bool   `json:"closed,omitempty" doc:"the public is kept out; the comment says why"`
}

type askedJSON struct {
	Code string `json:"code,omitempty" maxLength:"60" doc:"of the material; empty for something else, which then has a name"`
	Name string `json:"name,omitempty" maxLength:"100"`
	Text string `json:"text,omitempty" maxLength:"1000" doc:"what is wrong and what is wanted"`
}

type actionOutput struct {
	Body struct {
		Number string `json:"number"`
		State  string `json:"state"`
	}
}

type tasksOutput struct {
	Body struct {
		Data []taskJSON `json:"data"`
		Next string     `json:"next"`
	}
}

type taskJSON struct {
	ID       string      `json:"id"`
	Number   string      `json:"number" doc:"of the case"`
	Name     string      `json:"name"`
	Action   string      `json:"action"`
	Role     string      `json:"role"`
	Office   string      `json:"office"`
	DueOn    string      `json:"due_on" doc:"empty while there is none"`
	OpenedAt time.Time   `json:"opened_at"`
	Colour   string      `json:"colour" enum:"green,yellow,red"`
	Case     caseRowJSON `json:"case"`
	Kind     string      `json:"kind" doc:"of what is asked beside the process: before, after, delegate, opinion, inspection, expert; empty for a step of it"`
	Version  int64       `json:"version" doc:"send it with a command"`
	Held     bool        `json:"held" doc:"somebody took it or was given it by name"`
	Instead  bool        `json:"instead" doc:"the caller would stand in for somebody who is away"`
	Urged    int         `json:"urged" doc:"how often"`
}

func (s *site) api(r *web.Router) {
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "submit-case", Method: http.MethodPost, Path: "/api/v1/cases", Summary: "Hand in an application",
		DefaultStatus: http.StatusCreated, Description: "One transaction: the case has its number, its process and its place in the inbox when this answers."}, s.submitCase)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "list-cases", Method: http.MethodGet, Path: "/api/v1/cases", Summary: "The caller's own cases",
		Description: "Newest first. For an officer those the office received on behalf of others."}, s.listCases)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "get-case", Method: http.MethodGet, Path: "/api/v1/cases/{number}", Summary: "A case"}, s.getCase)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "act-on-case", Method: http.MethodPost, Path: "/api/v1/cases/{number}/actions", Summary: "Take a step with a case",
		Description: "403 without the right, 409 when the case moved on, 422 when something is missing."}, s.actOnCase)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "tell-case", Method: http.MethodPost, Path: "/api/v1/cases/{number}/events", Summary: "Tell a case what it waits for",
		DefaultStatus: http.StatusNoContent, Description: "409 when it does not wait for that, or was told before."}, s.tellCase)
	web.Register(r, web.Staff, huma.Operation{OperationID: "disclose-case", Method: http.MethodPost, Path: "/api/v1/cases/{number}/disclosures",
		Summary: "Numbers and phones of a case in clear", Description: "For who handles the case, for a purpose. Each call is a leaf that the person can read."}, s.discloseCase)
	web.Register(r, web.Staff, huma.Operation{OperationID: "list-tasks", Method: http.MethodGet, Path: "/api/v1/tasks", Summary: "The caller's inbox",
		Description: "What is due first comes first."}, s.listTasks)
}
