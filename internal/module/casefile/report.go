package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Report is a case as it is reported to the national platform (办件库): records by the names of its tables, fields by those of its columns. Who applied and
// how he is reached is sealed, see [Service.ReportedContact]; what has no value yet says why in Absent, by "table.column" or "table.row.column".
type Report struct {
	Accept    map[string]string   `json:"up_pro_accept"`
	Process   []map[string]string `json:"up_pro_process"`
	Special   []map[string]string `json:"up_pro_special_procedure"`
	Materials []map[string]string `json:"up_pro_material"`
	Result    map[string]string   `json:"up_pro_result"`
	Sealed    []byte              `json:"sealed"`
	Absent    map[string]string   `json:"absent"`
}

// ReportedContact is what a report holds sealed: columns of up_pro_accept.
type ReportedContact struct {
	Name     string `json:"applyer_name"`
	CodeType string `json:"applyer_page_type"` // GA/T 2000.156: 111 身份证; 001 统一社会信用代码
	Code     string `json:"applyer_page_code"`
	Contact  string `json:"contact_name"`
	Type     string `json:"contact_type"`
	Number   string `json:"contact_code"`
	Mobile   string `json:"contact_mobile"`
	Legal    string `json:"legal"`
	Address  string `json:"address"`

	Absent map[string]string `json:"absent"` // why a column has no value
}

// Why a column has no value.
const (
	absentSealed   = "sealed"
	absentNotYet   = "not_yet"
	absentNone     = "none_said"
	absentNotAsked = "not_asked"
	absentNoFile   = "without_file"
	absentNotRated = "not_rated"
	absentNoCert   = "no_certificate"
	absentNatural  = "natural_person"
)

// Report gives all fields of a case for the national exchange. It is for the program alone, which has its own leaf: nothing personal is in clear.
func (s *Service) Report(ctx context.Context, tx *db.Tx, caseID string) (*Report, error) {
	c, err := byID(ctx, tx, caseID)
	if err != nil {
		return nil, err
	}
	entry, err := s.needs.Items.Pinned(ctx, tx, c.EntryID)
	if err != nil {
		return nil, err
	}
	events, err := s.history(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	r := &Report{Absent: map[string]string{}, Process: []map[string]string{}, Special: []map[string]string{}, Materials: []map[string]string{}}
	if err := s.sealContact(ctx, tx, c, r); err != nil {
		return nil, err
	}
	r.accept(c, entry, events)
	r.process(c, events)
	intervals, err := intervalsOf(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	r.special(c, intervals, events)
	materials, err := materialsOf(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	r.material(c, materials)
	name, number, err := s.needs.Certificates.LedTo(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	satisfaction, err := s.satisfaction(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	r.result(c, events, certificate{name, number}, satisfaction)
	return r, nil
}

// sealContact seals who applied.
func (s *Service) sealContact(ctx context.Context, tx *db.Tx, c *Case, r *Report) error {
	a, err := s.needs.Subjects.Applicant(ctx, tx, c.ApplicantID)
	if err != nil {
		return err
	}
	k := ReportedContact{Name: a.Name, CodeType: "111", Code: a.Number, Contact: a.Name, Type: "111", Number: a.Number, Mobile: a.Phone, Legal: a.Representative, Address: a.Address,
		Absent: map[string]string{}}
	why := map[string]string{"legal": absentNatural, "contact_code": absentNotAsked}
	if a.Kind == "company" {
		k.CodeType, k.Contact, k.Number = "001", firstOf(a.Representative, a.Name), ""
		why["legal"] = absentNone
	}
	for column, value := range map[string]string{"applyer_name": k.Name, "applyer_page_code": k.Code, "contact_name": k.Contact, "contact_code": k.Number, "contact_mobile": k.Mobile,
		"legal": k.Legal, "address": k.Address} {
		if value == "" {
			k.Absent[column] = firstOf(why[column], absentNone)
		}
	}
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("writing down who applied: %w", err)
	}
	if r.Sealed, err = s.needs.Keys.Seal(text, aad(c.ID, "report")); err != nil {
		return fmt.Errorf("sealing who applied: %w", err)
	}
	return nil
}

// row is a record with what every one of them has; each that lacks a value tells why.
func (r *Report) row(table, key string, at time.Time, fields, why map[string]string) map[string]string {
	fields["row_guid"], fields["cd_operation"], fields["cd_time"], fields["cd_batch"], fields["data_source"] = key, "I", instantText(at), at.In(civil.Shanghai).Format("20060102"), "xiangyun"
	for column, value := range fields {
		if value == "" {
			r.Absent[table+"."+column] = firstOf(why[column], absentNotYet)
		}
	}
	return fields
}

// instantText is an instant as the exchange writes it.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(civil.Shanghai).Format("20060102T150405")
}

func plainDate(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return strings.ReplaceAll(d.String(), "-", "")
}

// eventOf is the newest of some steps.
func eventOf(events []Event, actions ...Action) (e Event) {
	for _, x := range events {
		for _, a := range actions {
			if x.Action == a {
				e = x
			}
		}
	}
	return e
}

var applicantTypes = map[string]string{"person": "1", "company": "2"}

func (r *Report) accept(c *Case, e *item.Entry, events []Event) {
	accepted := eventOf(events, Accept, Settle)
	kind := "2" // 承诺件
	if c.PromiseDays == 0 {
		kind = "1" // 即办件
	}
	v, _ := e.Variant(c.Variant)
	fields := map[string]string{"project_no": c.Number, "catalog_code": c.BaseCode, "task_code": c.ItemCode, "task_handle_item": c.ItemCode + firstOf(v.Suffix, "01"), "task_name": e.Name,
		"task_version": strconv.Itoa(c.ItemVersion), "project_name": "关于" + c.ItemName + "的申请", "project_type": kind, "apply_type": applyTypes[c.Channel],
		"applyer_type": applicantTypes[c.ApplicantKind], "applyer_name": "", "applyer_page_type": "", "applyer_page_code": "", "contact_name": "", "contact_type": "", "contact_code": "",
		"contact_mobile": "", "legal": "", "address": "", "zip_code": "", "apply_date": instantText(c.SubmittedAt), "org_name": c.OfficeName, "org_code": e.OfficeCode,
		"handle_user_name": firstOf(accepted.Post, accepted.Actor), "accept_date": plainDate(c.AcceptedOn), "accept_doc_no": accepted.Paper, "promise_date": plainDate(c.PromiseDue)}
	why := map[string]string{"zip_code": absentNotAsked, "org_code": absentNotAsked}
	for _, column := range []string{"applyer_name", "applyer_page_type", "applyer_page_code", "contact_name", "contact_type", "contact_code", "contact_mobile", "legal", "address"} {
		why[column] = absentSealed
	}
	r.Accept = r.row("up_pro_accept", c.ID, c.SubmittedAt, fields, why)
}

var applyTypes = map[string]string{"online": "2", "window": "1"}

// stages are the names of steps as the exchange knows them, and what they came to: 1 通过, 2 退回, 3 其他.
var stages = map[Action][2]string{Submit: {"申请", "3"}, Accept: {"受理", "1"}, RequestCorrection: {"补正告知", "2"}, SubmitCorrection: {"补正", "3"}, Reject: {"不予受理", "2"},
	Suspend: {"特别程序", "3"}, SuspendAgain: {"再次进行特别程序", "3"}, Prolong: {"特别程序延长", "3"}, Resume: {"特别程序结束", "3"}, Extend: {"延长期限", "3"}, AskExtension: {"申请延长期限", "3"}, DeclineExtension: {"不予延长期限", "3"}, OfferHearing: {"听证告知", "3"}, Opine: {"审查", "1"}, Approve: {"决定", "1"},
	Refuse: {"决定", "2"}, Deliver: {"送达", "1"}, Withdraw: {"撤回申请", "3"}, Reckon: {"重新计算期限", "3"}, Inherit: {"机构撤并承接", "3"}, BringMissing: {"补交容缺材料", "3"}, RemindGap: {"催告补交", "3"}, GapOverdue: {"容缺逾期", "3"},
	CancelAcceptance: {"撤回受理", "2"}, Settle: {"当场办结", "1"}, RenewSilently: {"视为准予延续", "1"}, Inspect: {"承诺核查", "3"}, Annul: {"撤销", "3"}, CancelGrant: {"注销", "3"},
	AskHearing: {"申请听证", "3"}, LapseHearing: {"逾期未申请听证", "3"}, CallHearing: {"通知听证", "3"}, RecordHearing: {"听证", "3"}, ConfirmHearing: {"确认听证笔录", "3"},
	Publicize: {"公示", "3"}, Object: {"异议", "3"}, AnswerObjection: {"答复异议", "3"},
	Transfer: {"转办", "3"}, TakeOver: {"接收转办", "1"}, SendBack: {"退回转办", "2"}}

func (r *Report) process(c *Case, events []Event) {
	begun := c.SubmittedAt
	for i, e := range events {
		w := stages[e.Action]
		fields := map[string]string{"project_no": c.Number, "process_name": firstOf(w[0], string(e.Action)), "event_name": firstOf(w[1], "3"), "handle_user_name": firstOf(e.Post, handler(e)),
			"handle_explain": e.Comment, "event_start_time": instantText(begun), "event_end_time": instantText(e.At)}
		r.Process = append(r.Process, r.row("up_pro_process."+strconv.Itoa(i), c.ID+"-"+strconv.FormatInt(e.Version, 10), e.At, fields, map[string]string{"handle_explain": absentNone}))
		begun = e.At
	}
}

// handler names who took a step without a post: the applicant, whose account is nobody's business, or the program.
func handler(e Event) string {
	switch e.Action {
	case Submit, SubmitCorrection, BringMissing, Withdraw:
		return "申请人"
	}
	return "系统"
}

func (r *Report) special(c *Case, intervals []Interval, events []Event) {
	for _, i := range intervals {
		if i.Part != PartExcluded {
			continue
		}
		var began, ended Event
		for _, e := range events {
			if e.Paper == i.Paper {
				began = e
			} else if e.Action == Resume && !began.At.IsZero() && ended.At.IsZero() {
				ended = e
			}
		}
		result := ""
		if !i.UntilOn.IsZero() {
			result = firstOf(ended.Comment, "已结束")
		}
		fields := map[string]string{"project_no": c.Number, "special_type": i.Kind, "special_name": i.Name, "special_reason": i.Basis, "applyer_user_name": firstOf(began.Post, handler(began)),
			"special_time": plainDate(i.FromOn), "end_time": plainDate(i.UntilOn), "result": result, "special_explain": firstOf(began.Comment, i.Paper), "handle_user": firstOf(began.Post, handler(began))}
		r.Special = append(r.Special, r.row("up_pro_special_procedure."+strconv.Itoa(len(r.Special)), i.ID, began.At, fields, nil))
	}
}

func (r *Report) material(c *Case, list []Material) {
	for i, m := range list {
		attached := ""
		if m.FileID != "" {
			attached = m.Code + "-" + strconv.Itoa(i+1) // a file's own name may say who somebody is
		}
		fields := map[string]string{"project_no": c.Number, "material_name": m.Name, "get_type": wayWords[m.Way], "get_num": "1", "material_attach_name": attached}
		r.Materials = append(r.Materials, r.row("up_pro_material."+strconv.Itoa(i), m.ID, m.At, fields, map[string]string{"material_attach_name": absentNoFile}))
	}
}

// certificate is what a case led to; zero for none.
type certificate struct{ name, identifier string }

// result is how the case ended (办结结果): 0 出证办结, 1 退回办结, 2 作废办结, 5 补交不来办结, 6 办结.
func (r *Report) result(c *Case, events []Event, led certificate, satisfaction string) {
	last := eventOf(events, Approve, Refuse, Settle, RenewSilently, Reject, CancelAcceptance, Withdraw)
	kind := map[string]string{string(ApprovedAs): "6", string(RefusedAs): "6", string(Annulled): "6", string(Ceased): "6", string(Rejected): "1", string(Withdrawn): "2", "acceptance_cancelled": "5"}[c.Outcome]
	if kind == "6" && led.identifier != "" {
		kind = "0"
	}
	delivered := "0"
	if c.State == Delivered {
		delivered = "1"
	}
	user := ""
	if !last.At.IsZero() {
		user = firstOf(last.Post, handler(last))
	}
	fields := map[string]string{"project_no": c.Number, "result_type": kind, "result_date": instantText(last.At), "result_explain": firstOf(last.Comment, last.Paper), "result_cetr_name": led.name,
		"result_cetr_no": led.identifier, "is_delivery_results": delivered, "satisfaction": satisfaction, "handle_user_name": user}
	why := map[string]string{}
	if kind != "" { // rating is the applicant's free choice: most cases have none
		why["satisfaction"] = absentNotRated
		why["result_explain"], why["result_cetr_name"], why["result_cetr_no"] = absentNone, absentNoCert, absentNoCert
	}
	r.Result = r.row("up_pro_result", c.ID, last.At, fields, why)
	if last.At.IsZero() {
		r.Result["cd_time"], r.Result["cd_batch"] = instantText(c.SubmittedAt), instantText(c.SubmittedAt)[:8]
		delete(r.Absent, "up_pro_result.cd_time")
		delete(r.Absent, "up_pro_result.cd_batch")
	}
}

// Reported gives the report of a case to whoever may report it; the reading is a leaf. fault.NotFound for who may not know of the case.
func (s *Service) Reported(ctx context.Context, by actor.Actor, number string) (r *Report, err error) {
	err = s.disclose(ctx, by, number, ActReport, "case.reported", func(tx *db.Tx, c *Case) error {
		r, err = s.Report(ctx, tx, c.ID)
		return err
	})
	return r, err
}

// ReportedContact opens who applied, as a report holds it; the reading is a leaf of its own. fault.NotFound for who may not know of the case.
func (s *Service) ReportedContact(ctx context.Context, by actor.Actor, number string) (k ReportedContact, err error) {
	err = s.disclose(ctx, by, number, ActContact, "case.contact_read", func(tx *db.Tx, c *Case) error {
		r := &Report{}
		if err := s.sealContact(ctx, tx, c, r); err != nil {
			return err
		}
		plain, err := s.needs.Keys.Open(r.Sealed, aad(c.ID, "report"))
		if err != nil {
			return fmt.Errorf("opening who applied: %w", err)
		}
		return json.Unmarshal(plain, &k)
	})
	return k, err
}

func (s *Service) disclose(ctx context.Context, by actor.Actor, number, action, kind string, f func(tx *db.Tx, c *Case) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		if err := s.visible(ctx, tx, by, c); err != nil {
			return err
		}
		if by.Kind != actor.System {
			if err := s.needs.Rights.Check(by, action, actor.Target{OfficePath: c.OfficePath, Item: c.BaseCode}); err != nil {
				return err
			}
		}
		if err := f(tx, c); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: c.ApplicantID, Object: "case:" + c.Number, Basis: c.ItemName,
			Data: map[string]any{"version": c.Version}})
	})
}
