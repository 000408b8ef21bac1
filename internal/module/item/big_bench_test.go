package item_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/sheet"
)

// endless is a basic table of a size made while it is read, the same each time it is opened: nothing of it is ever on a disk. One row in a thousand
// has broken bytes, the others name offices that mostly do not exist.
type endless struct {
	head  string
	row   []string // cells of a good row; the 1st and 4th change with the number
	organ func(n int) string
	size  int64
	n     int
	given int64
	rest  []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.given >= e.size {
			return 0, io.EOF
		}
		e.rest = e.next()
		e.given += int64(len(e.rest))
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// Close implements io.Closer.
func (e *endless) Close() error { return nil }

func (e *endless) next() []byte {
	if e.n++; e.n == 1 {
		return []byte(e.head)
	}
	var b []byte
	for i, c := range e.row {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case i == 0:
			c = "row-" + strconv.Itoa(e.n)
		case i == 3:
			c = e.organ(e.n) + c[18:]
		case i == 14:
			c = e.organ(e.n)
		}
		b = sheet.AppendCSV(b, c)
	}
	if e.n%1000 == 0 {
		b = append(b, 0xff, 0xfe)
	}
	return append(b, '\r', '\n')
}

// BenchmarkBigTable checks a table of XIANGYUN_BIG_BYTES, 16 MB without it, in a dry run: what it answers, how fast, and the most memory it held.
// scripts/big_table.sh runs it with five gigabytes.
func BenchmarkBigTable(b *testing.B) {
	size := int64(16 << 20)
	if n, err := strconv.ParseInt(os.Getenv("XIANGYUN_BIG_BYTES"), 10, 64); err == nil {
		size = n
	}
	ctx := context.Background()
	l := itemtest.Seeded(b)
	f := folder{}
	if _, err := l.ExportNational(ctx, item.Export{Form: sheet.CSV, Site: "https://example.gov.cn", Open: f.open}); err != nil {
		b.Fatal(err)
	}
	text := strings.TrimPrefix(f[basic].String(), sheet.Mark)
	head, _, _ := strings.Cut(text, "\n")
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	organ := func(n int) string {
		code, err := uscc.Make("11", "220102", fmt.Sprintf("%08d", n))
		if err != nil {
			b.Fatal(err)
		}
		return code.String()
	}
	var peak uint64
	look := func(item.ImportRun) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
	}
	b.ResetTimer()
	for range b.N {
		told := 0
		run, err := l.Import(ctx, itemtest.Loader, item.Import{Name: "big", DryRun: true, Progress: look, Mistake: func(item.Mistake) error { told++; return nil },
			Files: []item.Source{{Name: basic, Open: func() (io.ReadCloser, error) {
				return &endless{head: head + "\n", row: all[1], organ: organ, size: size}, nil
			}}}})
		if err != nil || run.Bytes < size || run.ReadRows == 0 || int64(told) != run.Mistakes {
			b.Fatalf("%+v, %v", run, err)
		}
		b.Logf("%d bytes, %d rows read, %d mistakes of %v", run.Bytes, run.ReadRows, run.Mistakes, run.Kinds.V)
		b.ReportMetric(float64(run.ReadRows)/b.Elapsed().Seconds(), "rows/s")
	}
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
	// What the system gave the process at most, seeding and examining too.
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				n, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kib), "kB")), 64) // 0 where the system says it otherwise
				b.ReportMetric(n/1024, "resident-MiB")
			}
		}
	}
}
