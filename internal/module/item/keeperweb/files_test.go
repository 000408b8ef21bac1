package keeperweb_test

import (
	"net/http"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
)

// TestAKeeperAttachesASample: chosen, refused where it is no such file, attached, replaced, taken away; nobody else may.
func TestAKeeperAttachesASample(t *testing.T) {
	l := itemtest.Seeded(t)
	const at = "/desk/library/items/221031001000"
	b := desk(t, l, itemtest.Keeper)
	b.Open(at).Follow("表格和示例").Wants(http.StatusOK, "授权委托书", "没有文件时，指南显示示范文本：授权委托书。", "没有文件时，指南显示在线表单的空白表和示例。")
	b.Open(at+"/files").Attach("示例样表 授权委托书", "样例.pdf", []byte("<html>")).Press("上传 授权委托书").Wants(http.StatusUnprocessableEntity)
	b.Open(at+"/files").Attach("示例样表 授权委托书", "样例.txt", []byte("委托人：张晓琳")).Press("上传 授权委托书").Wants(http.StatusOK, "文件已附上", "样例.txt")
	b.Press("删除 样例.txt").Wants(http.StatusOK, "文件已删除").Lacks("样例.txt")
	chief := desk(t, l, itemtest.Chief)
	chief.Open(at+"/files").Wants(http.StatusOK, "授权委托书").Lacks("上传")
	if chief.Post(at+"/files", nil); chief.Status() == http.StatusOK || len(filesOf(t, l)) > 0 {
		t.Errorf("a chief's post answers %d", chief.Status())
	}
}

func filesOf(t *testing.T, l *itemtest.Library) (list []item.MaterialFile) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		list, err = l.Files(t.Context(), tx, "221031001000")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
