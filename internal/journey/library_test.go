package journey

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/platform/webtest"
)

// basicTable is the national table with one row an entry.
const basicTable = "up_task_general_basic.csv"

// drifted has the food licences of 长春 say another statutory limit, as an older system would: the program's own table goes out, is changed, and
// comes in again. It returns how many entries drifted.
func drifted(t testing.TB, s *server) int {
	t.Helper()
	out, in := t.TempDir(), t.TempDir()
	if said, err := s.command("item", "export", "--out", out); err != nil {
		t.Fatal(err, said)
	}
	f, err := os.Open(filepath.Join(out, basicTable))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
	code, limit, region := slices.Index(rows[0], "task_code"), slices.Index(rows[0], "anticipate_day"), 2
	changed := rows[:1]
	for _, r := range rows[1:] {
		// A social credit code has the county in its third to eighth digit.
		if strings.HasSuffix(r[code], "000131104003") && strings.HasPrefix(r[code][region:], "2201") {
			r[limit] = "30"
			changed = append(changed, r)
		}
	}
	w, err := os.Create(filepath.Join(in, basicTable))
	if err != nil {
		t.Fatal(err)
	}
	if err := csv.NewWriter(w).WriteAll(changed); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if said, err := s.command("item", "import", in); err != nil {
		t.Fatal(err, said)
	}
	return len(changed) - 1
}

// TestDriftIsMeasuredAndCorrected: entries that come in saying something else than their base are seen by everybody in the meter, never in a guide, and
// are corrected with one press; the running program is told by another process.
func TestDriftIsMeasuredAndCorrected(t *testing.T) {
	s := start(t)
	stranger := webtest.At(t, s.URL)
	stranger.Open("/consistency").Wants(200, "100.00%")
	if n := drifted(t, s); n < 5 {
		t.Fatalf("%d entries drifted", n)
	}
	stranger.Open("/consistency").Wants(200, "法定办结时限", "长春市").Lacks("30个工作日")
	stranger.Open("/items/000131104003").Wants(200, "食品经营许可").Lacks("30 个工作日")
	keeper := signedIn(t, s, "catalogue.province")
	keeper.Open("/desk/library").Wants(200, "与上级不一致")
	keeper.Open("/desk/library/consistency?element=legal_days").Wants(200, "30个工作日", "20个工作日").Press("全部采用基本目录").Wants(200, "已更正", "没有不一致的要素")
	keeper.Open("/desk/library").Wants(200).Lacks("与上级不一致</")
	stranger.Open("/consistency").Wants(200, "100.00%")
	if said, err := s.command("audit", "verify"); err != nil {
		t.Error(err, said)
	}
}

// TestTwoKeepersAndAnAuditor: what one keeper proposes is in force once another approves it, and the auditor finds the change and its proof.
func TestTwoKeepersAndAnAuditor(t *testing.T) {
	s := start(t)
	first := signedIn(t, s, "catalogue.province")
	first.Open("/desk/library/bulk?q="+food+"&change=synonym_add&value=开面馆").Wants(200, "将改变").Press("提请发布").Wants(200, "已提请", "开面馆").Lacks("同意并生效")
	second := signedIn(t, s, "review.province")
	second.Open("/desk/library").Wants(200, "提请待复核").Follow("食品经营许可").Wants(200, "开面馆", "发布后的影响").Press("同意并生效").Wants(200, "已同意并生效")
	auditor := signedIn(t, s, "auditor")
	auditor.Open("/desk/library/items/"+food+"/changes").Wants(200, "开面馆", "发布事项", "首次发布")
	if said, err := s.command("audit", "verify"); err != nil {
		t.Error(err, said)
	}
}
