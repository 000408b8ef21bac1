package workflow

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
)

// Waits tells whether the process of a subject waits for a message with a name about it. A process that the message would only begin does not wait.
func (s *Service) Waits(ctx context.Context, tx *db.Tx, subject, name string) (bool, error) {
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM workflow_wait w JOIN workflow_instance i ON i.id = w.instance_id
WHERE i.subject = $1 AND i.state = 'running' AND w.kind = 'message' AND w.name = $2 AND w.correlation = $3`, subject, name, subject)
	if err != nil {
		return false, fmt.Errorf("finding what a process waits for: %w", err)
	}
	return n > 0, nil
}
