package office

import (
	"context"
	"strings"

	"xiangyun/internal/platform/db"
)

// Holders returns who holds posts at an office now, by account. It joins a use case that asked already who may know.
func (s *Service) Holders(ctx context.Context, tx *db.Tx, officePath string) ([]Post, error) {
	return db.All[Post](ctx, tx, posts+` WHERE o.path = $1 AND p.from_at <= $2 AND (p.until_at IS NULL OR p.until_at > $3) ORDER BY p.account_id, p.id LIMIT 500`, officePath, tx.Now, tx.Now)
}

// Staffed returns the offices right below a path where somebody holds one of the roles now, by path.
func (s *Service) Staffed(ctx context.Context, tx *db.Tx, parent string, roles []string) ([]Office, error) {
	args := []any{parent, tx.Now, tx.Now}
	for _, r := range roles {
		args = append(args, r)
	}
	return db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office o WHERE parent = $1 AND successor = '' AND EXISTS (
SELECT 1 FROM office_post p WHERE p.office_id = o.id AND p.from_at <= $2 AND (p.until_at IS NULL OR p.until_at > $3) AND p.role IN (`+db.In(len(roles), 4)+`)) ORDER BY path LIMIT 200`, args...)
}

// Higher returns where the office of the same department one level up may be, the highest first: "220102d31" gives 22d31, 2201d31. Nothing at the top.
func Higher(path string) []string {
	government, department, isDepartment := strings.Cut(path, "d")
	var higher []string
	for _, p := range Superiors(government) {
		if p == "" || p == government {
			continue
		}
		if isDepartment {
			p += "d" + department[:min(2, len(department))]
		}
		higher = append(higher, p)
	}
	return higher
}

// Above returns the office of the same department one government higher; of a government the one above it. fault.NotFound "office.not_found" at the
// top, or where no level above has the department.
func (s *Service) Above(ctx context.Context, tx *db.Tx, path string) (Office, error) {
	higher := Higher(path)
	if len(higher) == 0 {
		return s.ByPath(ctx, tx, "")
	}
	found, err := s.Answering(ctx, tx, higher)
	if err != nil {
		return Office{}, err
	}
	for i := len(higher) - 1; i >= 0; i-- {
		if o, ok := found[higher[i]]; ok {
			return o, nil
		}
	}
	return s.ByPath(ctx, tx, "")
}
