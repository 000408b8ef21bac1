package bench

import (
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/platform/db"
)

// The large stores are filled by the engine itself: each row is a copy of a real one with other keys, made by one statement a chunk that both
// engines understand. A hundredth of the cases is the applicant's own and a hundredth waits in the inbox of the window of the county, so that a
// page is full in the small store as in the large one.

// chunk is how many rows one transaction fills in.
const chunk = 100_000

// filler fills a table with copies of one row.
type filler struct {
	table string
	from  string            // which row is copied, as a condition on t
	set   map[string]string // column → expression over i, what differs
}

// counted is i as text with leading digits, so that it sorts as a number.
const counted = `CAST(100000000000 + i AS text)`

// elsewhere is one of nine thousand counties of the province that are not the county, six digits.
const elsewhere = `'22' || CAST(1000 + i % 9000 AS text)`

func mine(own, other string) string {
	return `CASE WHEN i % 100 < 2 THEN ` + own + ` ELSE ` + other + ` END`
}

// caseFillers copy one submitted case of the applicant with its open task. Keys hold their time: the copies' are of the same minute.
func caseFillers(caseID string) []filler {
	key := `'` + caseID[:8] + `-0000-7000-8000-' || ` + counted
	number := `'99' || CAST(1000000000000000000 + i AS text)`
	open := `i % 10 = 1`
	return []filler{
		{"casefile_case", `t.id = '` + caseID + `'`, map[string]string{
			"id": key, "number": number,
			"state":        `CASE WHEN ` + open + ` THEN 'submitted' ELSE 'delivered' END`,
			"applicant_id": `CASE WHEN i % 100 = 0 THEN t.applicant_id ELSE 'applicant-' || CAST(i % 200000 AS text) END`,
			"office_path":  mine(`t.office_path`, elsewhere+` || 'd31'`),
			"centre_path":  mine(`t.centre_path`, elsewhere+` || 'd90'`),
			"region":       mine(`t.region`, elsewhere+` || '000000'`),
		}},
		{"workflow_task", `t.subject = '` + caseID + `' AND t.state = 'open'`, map[string]string{
			"id": `'` + caseID[:8] + `-0000-7000-9000-' || ` + counted, "subject": key, "number": number,
			"state":       `CASE WHEN ` + open + ` THEN 'open' ELSE 'done' END`,
			"due_on":      `'2027-01-' || CAST(10 + i % 20 AS text)`,
			"office_path": mine(`t.office_path`, elsewhere+` || 'd90'`),
		}},
	}
}

// certificateFillers copy one certificate with its leaf. What is sealed in them can't be opened, so they are never asked for: they make the
// tables and their indexes as large as they are said to be. Their records are left out to spare the disk.
func certificateFillers(identifier string) []filler {
	key := `'01800000-0000-7000-a000-' || ` + counted
	other := `'1.2.156.3005.2.' || ` + counted + ` || '.' || CAST(i % 997 AS text)`
	return []filler{
		{"cert_cert", `t.identifier = '` + identifier + `'`, map[string]string{
			"id": key, "identifier": other, "case_id": `'01800000-0000-7000-8000-' || ` + counted, "case_number": counted,
			"subject_id": `'applicant-' || CAST(i % 200000 AS text)`, "record": `t.signature`,
		}},
		{"audit_leaf", `t.object = 'cert:` + identifier + `' AND t.kind = 'cert.issued'`, map[string]string{
			"position": `1000000000 + i`, "id": `'01800000-0000-7000-b000-' || ` + counted, "object": `'cert:' || ` + other,
			"subject": `'applicant-' || CAST(i % 200000 AS text)`,
		}},
	}
}

// fill adds the copies number from to until-1 of every filler.
func fill(ctx context.Context, d *db.DB, fillers []filler, from, until int) error {
	for _, f := range fillers {
		query, err := f.query(ctx, d)
		if err != nil {
			return err
		}
		for at := from; at < until; at += chunk {
			err := d.Update(ctx, func(tx *db.Tx) error {
				n, err := tx.Exec(ctx, query, at, min(at+chunk, until))
				if err == nil && n == 0 {
					err = fmt.Errorf("no row of %s to copy", f.table)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("filling %s: %w", f.table, err)
			}
		}
	}
	if d.Engine() != db.PostgreSQL {
		return nil
	}
	return d.Update(ctx, func(tx *db.Tx) error { // as autovacuum does within minutes
		for _, f := range fillers {
			if _, err := tx.Exec(ctx, `ANALYZE `+f.table); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f filler) query(ctx context.Context, d *db.DB) (string, error) {
	var columns, values []string
	err := d.View(ctx, func(tx *db.Tx) error {
		tables, err := d.Tables(ctx, tx)
		for _, t := range tables {
			if t.Name != f.table {
				continue
			}
			for _, c := range t.Columns {
				columns = append(columns, c.Name)
				if v, ok := f.set[c.Name]; ok {
					values = append(values, v)
				} else {
					values = append(values, "t."+c.Name)
				}
			}
		}
		return err
	})
	if err == nil && len(columns) == 0 {
		err = fmt.Errorf("there is no table %s", f.table)
	}
	return `WITH RECURSIVE n(i) AS (SELECT CAST($1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
INSERT INTO ` + f.table + ` (` + strings.Join(columns, ", ") + `) SELECT ` + strings.Join(values, ", ") + `
FROM n CROSS JOIN (SELECT * FROM ` + f.table + ` AS t WHERE ` + f.from + ` LIMIT 1) AS t`, err
}
