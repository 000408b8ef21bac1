package casefile

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// EndingKind is how what was granted came to an end.
type EndingKind string

// The kinds.
const (
	Annulled EndingKind = "annulled"  // 撤销 行政许可法第六十九条
	Ceased   EndingKind = "cancelled" // 注销 第七十条
)

// Grounds are those the law knows for an ending, in the order pages show them.
var Grounds = map[Action][]string{
	Annul:       {"fraud", "unqualified", "abuse", "beyond_power", "procedure", "otherwise"},
	CancelGrant: {"expired", "died", "dissolved", "revoked", "impossible", "otherwise"},
}

// groundWords are those of documents.
var groundWords = map[Action]map[string]string{
	Annul: {"fraud": "以欺骗、贿赂等不正当手段取得（含承诺不实）", "unqualified": "对不具备申请资格或者不符合法定条件的申请人准予", "abuse": "工作人员滥用职权、玩忽职守作出",
		"beyond_power": "超越法定职权作出", "procedure": "违反法定程序作出", "otherwise": "属于依法可以撤销的其他情形"},
	CancelGrant: {"expired": "有效期届满未延续", "died": "公民死亡或者丧失行为能力", "dissolved": "法人或者其他组织依法终止", "revoked": "依法被撤销、撤回或者证件依法被吊销",
		"impossible": "因不可抗力导致事项无法实施", "otherwise": "法律、法规规定应当注销的其他情形"},
}

// stands tells whether there is something granted for an action to end or to check.
func stands(c *Case, a Action) bool {
	return c.Outcome == string(ApprovedAs) || a == CancelGrant && c.Outcome == string(Annulled)
}

// annulling takes the task that asks for an annulment, if there is one: an annulment needs none.
func (st *step) annulling() {
	for i, t := range st.process.Open {
		if t.Action == "annul" && mayDo(st.by, t, st.c.BaseCode) {
			st.task = &st.process.Open[i]
		}
	}
}

func (st *step) annul(ctx context.Context, tx *db.Tx) error {
	return st.cease(ctx, tx, Annulled, AnnulmentDecision)
}

func (st *step) cancelGrant(ctx context.Context, tx *db.Tx) error {
	return st.cease(ctx, tx, Ceased, EndDecision)
}

// cease ends what was granted, on one of the law's grounds. Certificates end with it: cert hears of [Ended].
func (st *step) cease(ctx context.Context, tx *db.Tx, kind EndingKind, document PaperKind) (err error) {
	c, ground := st.c, groundWords[st.in.Action][st.in.Ground]
	if ground == "" {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("ground", "casefile.ground_missing")
	}
	c.Outcome = string(kind)
	w := st.refusedBody()
	w.fields["ground"] = ground
	if w.fields["decision"], err = decisionNumber(ctx, tx, c.ID); err != nil {
		return err
	}
	if st.paper, err = st.issue(ctx, tx, document, w); err != nil {
		return err
	}
	st.data["ground"] = st.in.Ground
	err = tx.Later(ctx, `INSERT INTO casefile_ending (case_id, kind, ground, paper, at) VALUES ($1, $2, $3, $4, $5)`, c.ID, string(kind), st.in.Ground, st.paper, tx.Now)
	if err != nil {
		return err
	}
	return st.s.needs.Events.Emit(ctx, tx, Ended{c.ID, c.Number, kind, st.paper})
}

// decisionNumber is that of the document by which a case was granted.
func decisionNumber(ctx context.Context, tx *db.Tx, caseID string) (string, error) {
	n, err := db.One[string](ctx, tx, `SELECT number FROM casefile_paper WHERE case_id = $1 AND kind IN ($2, $3, $4) ORDER BY id DESC LIMIT 1`,
		caseID, string(ApprovalDecision), string(SpotDecision), string(RenewalDecision))
	if err != nil {
		return "", fmt.Errorf("finding the decision of a case: %w", err)
	}
	return n, nil
}
