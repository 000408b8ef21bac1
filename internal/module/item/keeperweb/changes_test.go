package keeperweb_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// trail answers as the log would: the leaf of each publication by its instant; the newest waits for its number.
func trail(_ context.Context, tx *db.Tx, q audit.Query, _ string, _ int) ([]audit.Leaf, error) {
	base, ok := strings.CutPrefix(q.Object, "item:")
	if !ok || len(base) != 12 {
		return nil, nil
	}
	type row struct {
		Version     int64
		PublishedAt time.Time
	}
	list, err := db.All[row](context.Background(), tx, `SELECT version, published_at FROM item_base_version WHERE base_code = $1 ORDER BY version DESC`, base)
	var leaves []audit.Leaf
	for i, r := range list {
		position := 400 + r.Version
		if i == 0 && r.Version > 2 {
			position = -1
		}
		leaves = append(leaves, audit.Leaf{Kind: "item.published", At: r.PublishedAt, Position: position})
	}
	return leaves, err
}

func TestWhoChangedWhat(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	at := "/desk/library/items/" + food + "/changes"
	if _, err := h.Alter(ctx, itemtest.Keeper, []string{food}, item.Alteration{Kind: item.PromisePercent, Percent: 25}); err != nil {
		t.Fatal(err)
	}
	p := h.as(t, itemtest.Keeper)
	p.Open("/desk/library/items/"+food).Follow("谁改了什么").Wants(200, "第 2 版", "承诺办结时限", "7", "5", "reviewer", "首次发布", "第 402 号", "第 401 号")
	if link := p.Link("第 402 号"); link != "/log/leaves/402" {
		t.Errorf("the leaf is at %s", link)
	}
	if _, err := h.Alter(ctx, itemtest.Keeper, []string{food}, item.Alteration{Kind: item.SynonymAdd, Value: "开面馆"}); err != nil {
		t.Fatal(err)
	}
	p.Open(at).Wants(200, "第 3 版", "开面馆", "等待编号")
	auditor := itemtest.Keeper
	auditor.Duties = nil
	h.as(t, auditor).Open(at).Wants(403)
	auditor.Duties = itemtest.Auditor.Duties
	h.as(t, auditor).Open(at).Wants(200, "第 401 号").Lacks("批量修改")
	list, err := h.List(ctx, item.Query{Base: food, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	h.as(t, auditor).Open("/desk/library/items/"+list.Rows[0].Code+"/changes").Wants(200, "第 3 版", "第 402 号").Follow("基本目录的改动").Wants(200, "开面馆")
	h.as(t, auditor).Open("/desk/library/items/000000000000/changes").Wants(404)
}
