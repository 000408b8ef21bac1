package casefile

import (
	"context"

	"xiangyun/internal/platform/db"
)

// Ratings knows what applicants think of how their cases were handled, met by the rating module.
type Ratings interface {
	// Satisfaction returns the grade of a case's rating as GB/T 39046 A.8 numbers it, "1" the best; "" while it is not rated.
	Satisfaction(ctx context.Context, tx *db.Tx, caseID string) (string, error)
}

// satisfaction is what a case was rated, "" without a rating.
func (s *Service) satisfaction(ctx context.Context, tx *db.Tx, caseID string) (string, error) {
	if s.needs.Ratings == nil {
		return "", nil
	}
	return s.needs.Ratings.Satisfaction(ctx, tx, caseID)
}
