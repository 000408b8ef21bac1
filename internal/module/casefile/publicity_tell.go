package casefile

import (
	"context"

	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// objectionMessage is what a process waits for that goes another way when somebody objects.
const objectionMessage = "objection"

func objectionWord(c *Case) workflow.Message {
	return workflow.Message{Name: objectionMessage, Key: c.ID}
}

// tellObjector sends who objected to his reply.
func (s *Service) tellObjector(ctx context.Context, tx *db.Tx, c *Case, subject, publicityID string) error {
	return s.needs.Notices.Send(ctx, tx, notice.Message{Subject: subject, Key: "casefile.told.objection_answered", Args: []string{c.ItemName}, Link: "/publicity/" + publicityID})
}
