package item

import (
	"context"
	"errors"
	"fmt"
	"io"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// partSize is how many bytes of a file one row keeps.
const partSize = 256 << 10

// ProposedFile is a file of a proposed import as it was received, which may be an archive.
type ProposedFile struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// ProposeImport asks for tables from outside to be read into the library. checked is what a dry run of these files said, with the first mistakes: what
// another keeper sees before agreeing. The files are kept until they are read or given up. fault.Invalid "item.draft_changes_nothing" when nothing
// would come of them.
func (s *Service) ProposeImport(ctx context.Context, by actor.Actor, checked ImportRun, mistakes []Mistake, files []ProposedFile) (*Proposal, error) {
	if err := s.MayImport(by); err != nil {
		return nil, err
	}
	if checked.Bases+checked.Entries+checked.Ended+checked.Stated+checked.Agreed == 0 {
		return nil, fault.New(fault.Invalid, "item.draft_changes_nothing")
	}
	return s.proposed(ctx, by, func(_ *db.Tx, p *Proposal) error {
		p.Kind, p.Object, p.Name = ForImport, checked.Digest, checked.Name
		p.Act.V = Act{Digest: checked.Digest}
		p.Preview.V = Preview{Import: &checked, Mistakes: mistakes}
		return nil
	}, func(tx *db.Tx, p *Proposal) error {
		for i, f := range files {
			if err := keepFile(ctx, tx, p.ID, int64(i)+1, f); err != nil {
				return fmt.Errorf("keeping a proposed file: %w", err)
			}
		}
		return nil
	})
}

// keepFile writes a file in parts; an empty one has one empty part.
func keepFile(ctx context.Context, tx *db.Tx, proposal string, number int64, f ProposedFile) (err error) {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for n := int64(1); ; n++ {
		part := filePart{File: number, Part: n, Name: f.Name, Content: make([]byte, partSize)}
		k, err := io.ReadFull(in, part.Content)
		part.Content = part.Content[:k]
		if k > 0 || n == 1 {
			if err := insertPart(ctx, tx, proposal, part); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ProposedFiles hands the kept files of an import to write, part by part in their order: begin tells when another file begins.
func (s *Service) ProposedFiles(ctx context.Context, by actor.Actor, id string, begin func(name string) error, write func(part []byte) error) error {
	file, part := int64(0), int64(0)
	for {
		var p filePart
		err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			if _, err = s.FindProposal(ctx, tx, by, id); err != nil {
				return err
			}
			p, err = nextPart(ctx, tx, id, file, part)
			return err
		})
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.File != file {
			if err := begin(p.Name); err != nil {
				return err
			}
		}
		if err := write(p.Content); err != nil {
			return err
		}
		file, part = p.File, p.Part
	}
}

// ImportProposed reads the files of an approved import into the library, as [Service.Import] does: done again it goes on where it stood, and once it is
// done the kept files are forgotten. fault.Conflict "item.proposal_gone" for what is not approved, "item.proposal_stale" for other files.
func (s *Service) ImportProposed(ctx context.Context, by actor.Actor, id string, in Import) (ImportRun, error) {
	var p *Proposal
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		p, err = s.FindProposal(ctx, tx, by, id)
		return err
	})
	if err != nil {
		return ImportRun{}, err
	}
	if err := s.mayDecide(by, p); err != nil {
		return ImportRun{}, err
	}
	if p.Kind != ForImport || p.State != ProposalApproved {
		return ImportRun{}, fault.New(fault.Conflict, "item.proposal_gone")
	}
	in.DryRun, in.Again, in.Name = false, true, p.Name
	if p.Outcome > 0 {
		in.Again = false // read to its end before: once is enough
	}
	run, err := s.importAs(ctx, by, in, p.Act.V.Digest)
	if err != nil || run.State != Finished {
		return run, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := setOutcome(ctx, tx, id, max(1, run.Bases+run.Entries+run.Ended)); err != nil {
			return err
		}
		return forgetParts(ctx, tx, id)
	})
	return run, err
}
