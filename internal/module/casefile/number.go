package casefile

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// next moves a series on by one. The row is held until the transaction ends, so a number is used or was never given.
func next(ctx context.Context, tx *db.Tx, series string) (int64, error) {
	n, err := db.One[int64](ctx, tx, `INSERT INTO casefile_counter (series, value) VALUES ($1, 1)
ON CONFLICT (series) DO UPDATE SET value = casefile_counter.value + 1 RETURNING value`, series)
	if err != nil {
		return 0, fmt.Errorf("numbering %s: %w", series, err)
	}
	return n, nil
}

// caseNumber gives the next number of an office on a day: region (6), department (3), day (6), serial (6). Offices whose numbers begin alike, as
// the townships of a county, share one series: what is counted is the head, so no number is given twice and none is left out.
func caseNumber(ctx context.Context, tx *db.Tx, officePath string, day civil.Date) (string, error) {
	head := numberHead(officePath, day)
	n, err := next(ctx, tx, "case/"+head)
	return fmt.Sprintf("%s%06d", head, n), err
}

// numberHead is 15 digits for every path: a province's region is filled up with zeros, a department's code to three digits from the left, and what a
// longer path says more is left away.
func numberHead(officePath string, day civil.Date) string {
	government, department, _ := strings.Cut(officePath, "d")
	government, department = (government + "000000")[:6], "000"+department
	if len(department) > 6 {
		department = "000" + department[3:6]
	}
	return government + department[len(department)-3:] + day.Compact()[2:]
}

// queryCode makes the six digits that, with the number, show a stranger how far a case is.
func queryCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // never fails
	}
	return fmt.Sprintf("%06d", n)
}
