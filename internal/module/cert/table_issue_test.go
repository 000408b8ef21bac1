package cert_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/fault"
)

// lawyers is a table of n lawyers, and some rows that are no good.
func lawyers(tb testing.TB, n int) []byte {
	tb.Helper()
	var b strings.Builder
	b.WriteString("number,holder,holder_number,issued_on,name,firm,kind,qualification\n")
	for i := range n {
		id, err := personid.Make("220102", civil.MustParse("1970-01-01").Add(i%9000), 600+i/9000)
		if err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&b, "1220120191%07d,林国梁,%s,2019-05-06,林国梁,吉林长白律师事务所,专职律师,A2017220102%07d\n", i, id.Reveal(), i)
	}
	b.WriteString("12201201999999901,张晓琳,,2019-05-06,张晓琳,吉林长白律师事务所,专职律师,A1\n")                          // nobody's
	b.WriteString("12201201999999902,李四,220102199303082083,2019-05-06,李四,吉林长白律师事务所,专职律师,A1\n")          // the number of somebody else
	b.WriteString("12201201999999903,张晓琳,220102199303082083,2019-05-06,张晓琳,,专职律师,A1\n")                 // no firm
	b.WriteString("12201201999999904,张晓琳,220102199303082083,2999-05-06,张晓琳,吉林长白律师事务所,专职律师,A1\n")        // not yet
	b.WriteString("12201201999999905,张晓琳,220102199303082083,2019-05-06,张晓琳,吉林长白律师事务所,专职律师,A20172201\n") // good
	return []byte(b.String())
}

func TestIssueTable(t *testing.T) {
	w := certtest.Open(t)
	ctx := t.Context()
	const good = 1050
	content := lawyers(t, good)
	if _, err := w.CheckIssue(ctx, certtest.Holder, "lawyer", content); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a citizen: %v", err)
	}
	id, err := w.CheckIssue(ctx, certtest.Chief, "lawyer", content)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.CheckIssue(ctx, certtest.Chief, "lawyer", content); err != nil || again != id {
		t.Errorf("the same table again: %s, %v", again, err)
	}
	m, err := w.Import(ctx, certtest.Chief, id)
	if err != nil || m.Way != "issue" || m.ReadRows != good+5 || m.GoodRows != good+2 { // whose number it is shows when it is issued
		t.Fatalf("%+v, %v", m, err)
	}
	for _, kind := range []string{cert.FaultHolderCode, cert.FaultMissing, cert.FaultFuture} {
		if m.Report.V.Counts[kind] != 1 {
			t.Errorf("%s: %v", kind, m.Report.V.Counts)
		}
	}
	if err := w.TakePaper(ctx, certtest.Chief, id); err != nil || count(t, w, `SELECT count(*) FROM cert_paper`) != 0 {
		t.Errorf("it was taken over as paper: %v", err)
	}
	if err := w.IssueTable(ctx, tester, id); err != nil || count(t, w, `SELECT count(*) FROM cert_cert`) != 0 {
		t.Errorf("it was issued before anybody ordered it: %v", err)
	}
	if err := w.OrderIssue(ctx, certtest.Elsewhere, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("another office: %v", err)
	}
	for range 2 {
		if err := w.OrderIssue(ctx, certtest.Chief, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.IssueTable(ctx, certtest.Chief, id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer: %v", err)
	}
	// The program ends in the first batch and in the second, before and after its numbers.
	crash := errors.New("crash")
	for n, point := range []string{"batch numbered", "batch signed", "batch recorded", "batch numbered", "batch recorded"} {
		w.Crash(func(at string) error {
			if at == point {
				return crash
			}
			return nil
		})
		if err := w.IssueTable(ctx, tester, id); !errors.Is(err, crash) {
			t.Fatalf("crash %d: %v", n, err)
		}
	}
	w.Crash(nil)
	for range 2 {
		if err := w.IssueTable(ctx, tester, id); err != nil {
			t.Fatal(err)
		}
	}
	m, err = w.Import(ctx, certtest.Chief, id)
	if err != nil || m.State != "done" || m.TakenRows != good+1 || len(m.LateFaults.V) != 1 || m.LateFaults.V[0].Kind != cert.FaultHolderName || m.LateFaults.V[0].Row != good+3 {
		t.Errorf("%+v, %v", m, err)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_cert WHERE state = 'valid'`); n != good+1 {
		t.Errorf("%d certificates", n)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_counter WHERE series LIKE 'serial/%' AND value <> $1`, good+1); n != 0 {
		t.Errorf("the serial numbers have a gap")
	}
	if n := count(t, w, `SELECT count(*) FROM cert_batch WHERE state <> 'issued'`); n != 0 {
		t.Errorf("%d batches are open", n)
	}
	if _, err := w.Log.Sequence(ctx); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Log.Verify(ctx); err != nil || !r.OK() || r.Size < good+1 {
		t.Errorf("%+v, %v", r, err)
	}
	mine, err := w.Mine(ctx, certtest.Stranger, "", 5)
	if err != nil || len(mine) != 1 || !verify(t, w, cert.Question{Identifier: mine[0].Identifier}).Valid {
		t.Errorf("%+v, %v", mine, err)
	}
	told := 0
	for _, e := range w.Events {
		if e, ok := e.(cert.IssuedMany); ok {
			told += len(e.Certificates)
		}
	}
	if told != good+1 {
		t.Errorf("%d holders are to be told", told)
	}
	// The same rows in another table are there already.
	id, err = w.CheckIssue(ctx, certtest.Chief, "lawyer", append(content, '\n'))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := w.Import(ctx, certtest.Chief, id); err != nil || m.GoodRows != 1 || m.Report.V.Counts[cert.FaultThere] != good+1 {
		t.Errorf("%+v, %v", m.Report.V.Counts, err)
	}
}

// TestDoubleRows checks that the report and the job mean the same rows by doubles: only what is fit stands before them.
func TestDoubleRows(t *testing.T) {
	w := certtest.Open(t)
	ctx := t.Context()
	const who = ",张晓琳,220102199303082083,2019-05-06,张晓琳,"
	content := "number,holder,holder_number,issued_on,name,firm,kind,qualification\n" +
		"12201201999999905" + who + ",专职律师,A1\n" + // no firm: not fit
		"12201201999999905" + who + "吉林长白律师事务所,专职律师,A1\n" +
		"12201201999999905" + who + "吉林长白律师事务所,专职律师,A2\n" + // a double
		"12201201999999906" + who + "吉林长白律师事务所,专职律师,A1\n"
	id, err := w.CheckIssue(ctx, certtest.Chief, "lawyer", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Import(ctx, certtest.Chief, id)
	if err != nil || m.GoodRows != 2 || m.Report.V.Counts[cert.FaultTwice] != 1 || m.Report.V.Counts[cert.FaultMissing] != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	if err := w.OrderIssue(ctx, certtest.Chief, id); err != nil {
		t.Fatal(err)
	}
	if err := w.IssueTable(ctx, tester, id); err != nil {
		t.Fatal(err)
	}
	m, err = w.Import(ctx, certtest.Chief, id)
	if err != nil || m.State != "done" || m.TakenRows != 2 || len(m.LateFaults.V) != 1 || m.LateFaults.V[0] != (cert.PaperFault{Row: 4, Kind: cert.FaultTwice, Column: "number"}) {
		t.Errorf("%+v, %v", m, err)
	}
}
