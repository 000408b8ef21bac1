package workflow

import (
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// ask asks other offices for their opinion (征求意见): each gets a side task with a date, and the answer comes back to who asked.
func (c *command) ask(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		return err
	}
	if c.in.Days == 0 {
		c.in.Days = usualDays
	}
	if c.in.Days < 1 || c.in.Days > mostDays {
		return fault.New(fault.Invalid, "workflow.task_bad_order").Field("days", "workflow.task_days", mostDays)
	}
	list, err := c.findAll(ctx, tx)
	if err != nil {
		return err
	}
	due, err := c.t.needs.Concerns.DueIn(ctx, tx, c.task.Subject, c.in.Days)
	if err != nil {
		return err
	}
	request := db.NewKey()
	var sides []Side
	for _, a := range list {
		sides = append(sides, c.sideFor(Opinion, a, request, 0, "open", due))
	}
	c.data["count"], c.data["due_on"] = len(sides), due
	c.letter, c.ref = OpinionLetter, request
	c.document = strings.Join([]string{"征求意见函", c.target + "：",
		fmt.Sprintf("我单位正在办理“%s”（办件编号 %s）%s环节，现就以下事项征求你单位意见：", c.matter.Name, c.matter.Number, c.task.Name), c.in.Words,
		fmt.Sprintf("请于 %s 前书面答复。", civil.MustParse(due).Chinese()), c.task.OfficeName, civil.Of(tx.Now).Chinese()}, "\n")
	if err := c.touch(ctx, tx, "open", `sides = sides + $3`, len(sides)); err != nil {
		return err
	}
	if err := c.insertSides(ctx, tx, sides); err != nil {
		return err
	}
	return c.tell(ctx, tx, "workflow.told.asked", list)
}

// invite calls several offices or people together to look at the thing on the spot (联合踏勘), or to judge it as experts (专家评审). Each files what
// he found; the host closes with a record.
func (c *command) invite(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		return err
	}
	wrong := fault.New(fault.Invalid, "workflow.task_bad_order")
	if c.in.Kind != Inspection && c.in.Kind != ExpertReview {
		wrong.Field("kind", "workflow.task_kind_missing")
	}
	on, err := civil.Parse(c.in.On)
	if err != nil || on.Before(civil.Of(tx.Now)) {
		wrong.Field("on", "workflow.task_date")
	}
	c.in.Place = strings.TrimSpace(c.in.Place)
	if c.in.Place == "" || len([]rune(c.in.Place)) > 200 {
		wrong.Field("place", "workflow.task_place_missing")
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	list, err := c.findAll(ctx, tx)
	if err != nil {
		return err
	}
	id := db.NewKey()
	err = tx.Later(ctx, `INSERT INTO workflow_gathering (id, task_id, subject, kind, held_on, place, host_by, host_for, host_post, state, opened_at) VALUES (`+db.In(11, 1)+`)`,
		id, c.task.ID, c.task.Subject, string(c.in.Kind), on.String(), c.in.Place, c.by.Name(), c.by.Behalf, c.by.Post, "open", tx.Now)
	if err != nil {
		return err
	}
	c.made = append(c.made, id)
	var sides []Side
	for _, a := range list {
		sides = append(sides, c.sideFor(c.in.Kind, a, id, 0, "open", on.String()))
	}
	c.data["kind"], c.data["count"], c.data["on"] = string(c.in.Kind), len(sides), on.String()
	if err := c.touch(ctx, tx, "open", `sides = sides + $3`, len(sides)); err != nil {
		return err
	}
	if err := c.insertSides(ctx, tx, sides); err != nil {
		return err
	}
	return c.tell(ctx, tx, "workflow.told.invited", list)
}

// record closes a gathering by its host, or the head of his office: what everybody found, and the conclusion. Who filed nothing is named.
func (c *command) record(ctx context.Context, tx *db.Tx) error {
	g := &c.gather
	if g.HostBy != c.by.Account && g.HostFor != c.by.Account && c.may(ActMove, c.task.OfficePath) != nil {
		return errNotYours // the head of the office closes for a host who left
	}
	if g.State != "open" {
		return errWasAsked
	}
	sides, err := db.All[Side](ctx, tx, selectSide+`WHERE request_id = $1 ORDER BY id LIMIT 100`, g.ID)
	if err != nil {
		return err
	}
	title := "联合踏勘记录"
	if g.Kind == ExpertReview {
		title = "专家评审记录"
	}
	lines := []string{title, fmt.Sprintf("事项：%s（办件编号 %s）", c.matter.Name, c.matter.Number), "时间：" + civil.MustParse(g.HeldOn).Chinese(), "地点：" + g.Place, "主持：" + g.HostPost}
	open := 0
	for _, s := range sides {
		switch s.State {
		case "done":
			answer, err := c.t.unseal(s.ID+"/answer", s.Answer)
			if err != nil {
				return err
			}
			lines = append(lines, s.OfficeName+"意见："+string(answer))
		case "open":
			open++
			lines = append(lines, s.OfficeName+"：未提交意见")
		}
	}
	c.document = strings.Join(append(lines, "结论："+c.in.Words, civil.Of(tx.Now).Chinese()), "\n")
	c.letter, c.ref, c.data["kind"], c.data["missing"] = LetterKind(g.Kind), g.ID, string(g.Kind), open
	err = tx.LaterOne(ctx, errWasAsked, `UPDATE workflow_gathering SET state = 'closed', closed_at = $1 WHERE id = $2 AND state = 'open'`, tx.Now, g.ID)
	if err != nil {
		return err
	}
	err = tx.Later(ctx, `UPDATE workflow_side SET state = 'removed', done_at = $1 WHERE request_id = $2 AND state = 'open'`, tx.Now, g.ID)
	if err != nil || c.task.State != "open" {
		return err
	}
	return c.touch(ctx, tx, "open", `sides = sides - $3`, open)
}
