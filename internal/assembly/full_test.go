package assembly

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"

	"xiangyun/internal/platform/db"
)

// When the database has no more room, people are told in a plain sentence that nothing was saved; nothing that was answered is lost, and when there is room
// again they go on.
func TestNoRoomOverHTTP(t *testing.T) {
	a, e := app(t)
	if a.DB.Engine() != db.SQLite {
		t.Skip("the disk of PostgreSQL is another machine's; what it answers is translated alike")
	}
	token := walkers(t, a)[citizen]
	hand := func(mark int) answer {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("file", "材料.txt")
		if err == nil {
			_, err = fmt.Fprintf(part, "第 %d 份材料", mark)
		}
		if err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return ask(t, e.Handler, "POST", "/api/v1/uploads", token, w.FormDataContentType(), body.String())
	}
	change(t, a, `PRAGMA max_page_count = 1`) // SQLite makes it what the file has
	taken := 0
	var refused answer
	for ; taken < 250; taken++ {
		if refused = hand(taken); refused.status != 201 {
			break
		}
	}
	var problem struct{ Code, Detail string }
	if err := json.Unmarshal([]byte(refused.body), &problem); err != nil {
		t.Fatalf("%v: %d %s", err, refused.status, refused.body)
	}
	if refused.status != 503 || problem.Code != "db.no_space" || !strings.Contains(problem.Detail, "没有保存") {
		t.Errorf("after %d files: %d %s", taken, refused.status, refused.body)
	}
	count := func() (n int) {
		err := a.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			n, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM material_file`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != taken {
		t.Errorf("%d files were answered, %d are stored", taken, n)
	}
	if got := ask(t, e.Handler, "GET", "/healthz", "", "", ""); got.status != 200 {
		t.Errorf("it does not live: %d", got.status)
	}
	change(t, a, `PRAGMA max_page_count = 1000000`)
	if got := hand(taken); got.status != 201 || count() != taken+1 {
		t.Errorf("with room again: %d %s, %d stored", got.status, got.body, count())
	}
}
