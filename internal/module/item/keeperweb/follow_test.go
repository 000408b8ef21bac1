package keeperweb_test

import (
	"strings"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// A keeper who takes a level out is shown whose entries end, says what becomes of their cases, and the offices find it among their to-dos.
func TestALevelIsTakenOut(t *testing.T) {
	h, ctx := open(t), t.Context()
	list, err := h.List(ctx, item.Query{Base: food, Region: region.MustParse("220102000000")})
	if err != nil || len(list.Rows) != 1 {
		t.Fatal(list, err)
	}
	h.Cases = map[string]int{food: 2, list.Rows[0].Code: 2}
	d, err := h.BeginDraft(ctx, itemtest.Keeper, food)
	if err != nil {
		t.Fatal(err)
	}
	change := d.Definition
	change.Levels = []int{2}
	if d, err = h.SaveDraft(ctx, itemtest.Keeper, d.ID, d.Revision, change, civil.Date{}); err != nil {
		t.Fatal(err)
	}
	at := "/desk/library/drafts/" + d.ID
	p := h.as(t, itemtest.Keeper)
	p.Open(at).Wants(200, "退出的实施清单", "60 个实施机构").Press("提交审核").Wants(409, "请选择在办的件")
	p.Choose("", "退出的实施清单下在办的 2 件按受理时的版本办完").Press("提交审核").Wants(200, "待审核")
	h.as(t, itemtest.Reviewer).Open(at).Wants(200, "退出的实施清单", "在办件按受理时的版本办完").Press("通过并发布").Wants(200, "已发布")
	h.as(t, itemtest.Chief).Open("/desk/library").Wants(200, "实施清单已退出", list.Rows[0].Code)
	h.as(t, itemtest.Keeper).Open("/desk/library/items/"+food+"/changes").Wants(200, "60 条实施清单退出")
	h.as(t, itemtest.Keeper).Open("/desk/library/items/"+food+"/versions").Choose("", "在办的 2 件按受理时的版本办完").Fill("理由", "县级仍要办").Press("撤回").Wants(200, "已提请")
}

// Who approves a change of many items sees them published one by one, without scripts too, and what was refused with its reason.
func TestAProposalIsFollowedToItsEnd(t *testing.T) {
	h, ctx := open(t), t.Context()
	var codes []string
	for _, d := range itemtest.Definitions(t) {
		codes = append(codes, d.Code)
	}
	proposed, err := h.ProposeAlteration(ctx, itemtest.Keeper, codes, item.Alteration{Kind: item.SynonymAdd, Value: "就近能办的"})
	if err != nil {
		t.Fatal(err)
	}
	p := h.as(t, itemtest.Reviewer)
	p.Open("/desk/library/proposals/"+proposed.ID).Lacks("逐项发布").Press("同意并生效").Wants(200, "10 个事项中已发布 0 个", "刷新进度", `http-equiv="refresh"`)
	if _, err := h.BeginDraft(ctx, itemtest.Keeper, food); err != nil {
		t.Fatal(err)
	}
	if err := h.Queue.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	p.Follow("刷新进度").Wants(200, "10 个事项中发布了 9 个", "未能发布的事项", food).Lacks("刷新进度")
	if body := p.Body(); strings.Contains(body, `http-equiv="refresh"`) || strings.Contains(body, "item.draft_open_already") {
		t.Error("it is loaded anew though all is done, or says a key")
	}
}
