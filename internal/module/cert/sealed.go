package cert

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// Seals puts the seals of offices on documents, met by the seal module.
type Seals interface {
	ImprintOf(ctx context.Context, by actor.Actor, officePath string) (*seal.Imprint, error)
	Imprint(ctx context.Context, by actor.Actor, id seal.ID) (*seal.Imprint, error)
	Press(ctx context.Context, by actor.Actor, st *seal.Imprint, f *paper.File, shown paper.Sealing) (seal.Pressed, error)
	RecordPressed(ctx context.Context, tx *db.Tx, by actor.Actor, i seal.Issued, all []seal.Pressed) error
}

// freshFor is how old the instant of a prepared seal may be: a timestamp is to be near it.
const freshFor = time.Minute

// sealing is the seals of one certificate, ready to go onto its documents: the issuing office's, then those of the offices that issue it jointly; none for an
// office without one in use.
type sealing struct {
	imprints []*seal.Imprint
	at       time.Time
	layout   *Layout
}

// seals finds the seals of an issuing office and of those that issue a type together with it (联合发证). No transaction may be open. An office without a seal
// issues without; a type that is issued jointly waits until each of its offices has one: fault.Conflict "cert.seal_missing".
func (s *Service) seals(ctx context.Context, t Type, path string) (out []*seal.Imprint, err error) {
	if s.needs.Seals == nil {
		return nil, nil
	}
	paths := append([]string{path}, t.jointPaths(path)...)
	for _, p := range paths {
		one, err := s.needs.Seals.ImprintOf(ctx, program, p)
		if err != nil {
			return nil, err
		}
		if one != nil {
			out = append(out, one)
		} else if len(paths) > 1 {
			return nil, fault.New(fault.Conflict, "cert.seal_missing", t.Name, p).Because(
				fmt.Errorf("a %s bears the seals of %s: %s has none in use, have one made, or take the office off the type", t.Key, strings.Join(paths, " and "), p))
		}
	}
	return out, nil
}

// mostJoint is how many offices may issue a type besides the one that decides.
const mostJoint = 3

// jointOffice is an office of the same region as the issuing one (d31), or one wherever it is (22d31).
var jointOffice = regexp.MustCompile(`^([0-9]{2,12})?d[0-9]{2,4}$`)

func (t Type) checkJoint() error {
	for i, j := range t.Joint {
		if !jointOffice.MatchString(j) || slices.Contains(t.Joint[:i], j) || i == mostJoint {
			return fmt.Errorf("joint %q: up to %d offices, each once, as d31 in the region of the issuing office or 22d31 anywhere", j, mostJoint)
		}
	}
	return nil
}

// jointPaths are the paths of the offices whose seals stand beside that of the issuing one.
func (t Type) jointPaths(issuing string) (out []string) {
	region, _, _ := strings.Cut(issuing, "d")
	for _, j := range t.Joint {
		if strings.HasPrefix(j, "d") {
			j = region + j
		}
		if j != issuing && !slices.Contains(out, j) {
			out = append(out, j)
		}
	}
	return out
}

// on notes in a row which seals its documents will bear.
func (r *row) on(list []*seal.Imprint, now time.Time) {
	r.SealID, r.JointSeals, r.SealedAt = "", "", time.Time{}
	for i, st := range list {
		if i == 0 {
			r.SealID, r.SealedAt = st.ID, now.UTC().Truncate(time.Second)
		} else {
			r.JointSeals = strings.TrimPrefix(r.JointSeals+" "+st.ID, " ")
		}
	}
}

// sealIDs are the seals that a certificate bears, the issuing office's first.
func (r row) sealIDs() []seal.ID { return strings.Fields(r.SealID + " " + r.JointSeals) }

// reseal prepares a certificate that an earlier run left behind anew, where its seals are no longer the offices' or their instant has grown old.
func (s *Service) reseal(ctx context.Context, p *prepared, t Type, path string) (err error) {
	if p.imprints, err = s.seals(ctx, t, path); err != nil {
		return err
	}
	var now row
	now.on(p.imprints, time.Time{})
	same := now.SealID == p.row.SealID && now.JointSeals == p.row.JointSeals
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if same && (len(p.imprints) == 0 || tx.Now.Sub(p.row.SealedAt) < freshFor) {
			return nil
		}
		p.row.on(p.imprints, tx.Now)
		return tx.Later(ctx, `UPDATE cert_cert SET seal_id = $1, joint_seals = $2, sealed_at = $3 WHERE id = $4 AND state = $5`, p.row.SealID, p.row.JointSeals, p.row.SealedAt, p.row.ID, string(Prepared))
	})
}

// shown is how the documents show one of the seals.
func (l sealing) shown(i int) paper.Sealing {
	st := l.imprints[i]
	out := st.Sealing(l.at, l.layout.sealAt(i, st.Width, st.Height))
	out.More = i < len(l.imprints)-1
	return out
}

// on returns a page as it is written in one of its formats. Without certificates to sign a PDF with, that bears no seal: a picture alone would only
// look like one.
func (l sealing) on(page *paper.Page, f paper.Format) *paper.Document {
	d := page.Document()
	if !l.seals(f) {
		return d
	}
	for i := range l.imprints {
		d = d.Sealed(l.shown(i))
	}
	return d
}

func (l sealing) seals(f paper.Format) bool {
	return len(l.imprints) > 0 && (f == paper.OFD || !slices.ContainsFunc(l.imprints, func(st *seal.Imprint) bool { return !st.SignsPDF() }))
}
