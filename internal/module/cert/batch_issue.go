package cert

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// mostInBatch bounds one batch: its rows are held in memory, its leaves hold the log while they are written.
const mostInBatch = 5000

// fileBatch is how many certificates a table issues in one batch.
const fileBatch = 1000

// Stock is a certificate of another register that has had a life already.
type Stock struct {
	Registered
	ValidUntil civil.Date // zero: as the type says
	Ended      Reason     // without a kind: in force, or by its date no longer
}

// IssueStock issues many certificates of another register at once: all of them or none, signed each, with their leaves, without documents, see
// [Service.Document]. The key names the batch for ever: again with the same content it changes nothing, with another it is refused. What has its
// certificate already is passed over. It returns how many the batch issued. Nobody is told: their holders have had them for years. Only the program may.
func (s *Service) IssueStock(ctx context.Context, by actor.Actor, key string, list []Stock) (int, error) {
	if by.Kind != actor.System {
		return 0, fault.New(fault.Forbidden, "office.no_right")
	}
	if len(list) > mostInBatch {
		return 0, fmt.Errorf("issuing %d certificates at once: %d is the most", len(list), mostInBatch)
	}
	b := &batch{key: key, by: by, wanted: make([]wanted, len(list))}
	for i, x := range list {
		b.wanted[i] = wanted{granted: x.granted(s.registeredCase(x.Registered)), path: x.OfficePath, until: x.ValidUntil, ended: x.Ended}
	}
	return s.issueMany(ctx, b)
}

// registeredCase stands for the case of a certificate that another register decided on. Some are numbered by their holder's own number, which no key may
// show.
func (s *Service) registeredCase(in Registered) string {
	number := in.Number
	if in.HolderKind == VerifierPerson && in.HolderCode != "" && strings.Contains(number, in.HolderCode) {
		number = hex.EncodeToString(s.needs.Keys.Index("cert.registered", in.TypeKey+"/"+number))
	}
	return "registered/" + in.TypeKey + "/" + number
}

// granted is what a case of ours would say.
func (in Registered) granted(caseID string) casefile.Granted {
	shown := in.Holder
	if in.HolderKind == VerifierPerson {
		shown = masked(in.Holder)
	}
	return casefile.Granted{Case: casefile.Case{ID: caseID, ApplicantID: in.Subject, ApplicantKind: in.HolderKind, Applicant: shown, OfficePath: in.OfficePath,
		CertType: in.TypeKey}, Applicant: casefile.Applicant{ID: in.Subject, Kind: in.HolderKind, Name: in.Holder, Number: in.HolderCode},
		Content: casefile.Content{Answers: in.Values}, DecidedOn: in.IssuedOn}
}

// Batch is a batch by its name.
type Batch struct {
	Key    string
	Issued bool // or numbered only, when the program ended before it was issued
}

// Batches lists the batches whose names begin with a prefix, which ends in "/". Only the program may.
func (s *Service) Batches(ctx context.Context, by actor.Actor, prefix string) (out []Batch, err error) {
	if by.Kind != actor.System {
		return nil, fault.New(fault.Forbidden, "office.no_right")
	}
	head, ok := strings.CutSuffix(prefix, "/")
	if !ok {
		return nil, fmt.Errorf("listing batches: %q does not end in /", prefix)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error { // 0 is the character after /
		out, err = db.All[Batch](ctx, tx, `SELECT id AS key, state = 'issued' AS issued FROM cert_batch WHERE id > $1 AND id < $2 AND state <> 'lapsed' ORDER BY id`, prefix, head+"0")
		return err
	})
	return out, err
}

// TellHolders tells the holders of a batch of their certificates. It is called by a job, any number of times: each is told once.
func (s *Service) TellHolders(ctx context.Context, e IssuedMany) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := tx.LaterOne(ctx, errBatchDone, `UPDATE cert_batch SET told_at = $1 WHERE id = $2 AND told_at IS NULL`, tx.Now, e.Batch); err != nil {
			return err
		}
		type row struct{ Identifier, Name, SubjectID string }
		for part := range slices.Chunk(e.Certificates, atOnce) {
			args := make([]any, len(part))
			for i, id := range part {
				args[i] = id
			}
			rows, err := db.All[row](ctx, tx, `SELECT identifier, name, subject_id FROM cert_cert WHERE id IN (`+db.In(len(args), 1)+`) AND subject_id <> '' ORDER BY id`, args...)
			if err != nil {
				return err
			}
			for _, r := range rows {
				n := Notice{Subject: r.SubjectID, Key: "cert.notice.issued", Args: []string{r.Name}, Link: link(r.Identifier)}
				if err := s.needs.Notices.Send(ctx, tx, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if errors.Is(err, errBatchDone) {
		return nil
	}
	return err
}
