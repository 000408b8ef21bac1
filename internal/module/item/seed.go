package item

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/db"
)

// Seeded says what a seeding left behind.
type Seeded struct {
	Bases   int // definitions given
	Changed int // base items published anew
	Entries int // entries written or renewed
}

// SeedCatalogue publishes definitions and has every office that implements them claim them: each office with the definition's
// department code at one of its levels. contact says where an office can be found. Seeding the same again writes nothing.
func (s *Service) SeedCatalogue(ctx context.Context, by actor.Actor, definitions []Definition, contact func(Office) Contact) (Seeded, error) {
	if err := alone(by); err != nil {
		return Seeded{}, err
	}
	for i := range definitions {
		d := &definitions[i]
		if err := Check(d); err != nil {
			return Seeded{}, fmt.Errorf("checking %s: %w", d.Name, err)
		}
		if err := s.mayKeep(by, ActPublish, d.Code); err != nil {
			return Seeded{}, err
		}
	}
	var done Seeded
	err := s.update(ctx, func(tx *db.Tx) error {
		done = Seeded{Bases: len(definitions)}
		for _, d := range definitions {
			_, changed, err := s.publish(ctx, tx, by, d)
			if err != nil {
				return fmt.Errorf("publishing %s: %w", d.Name, err)
			}
			if changed {
				done.Changed++
			}
			n, err := s.seedClaims(ctx, tx, by, d, contact)
			if err != nil {
				return fmt.Errorf("claiming %s: %w", d.Name, err)
			}
			done.Entries += n
		}
		return nil
	})
	return done, conflict(err)
}

func (s *Service) seedClaims(ctx context.Context, tx *db.Tx, by actor.Actor, d Definition, contact func(Office) Contact) (int, error) {
	offices, err := s.needs.Offices.Departments(ctx, tx, d.Department)
	if err != nil {
		return 0, fmt.Errorf("reading offices: %w", err)
	}
	levels := map[itemcode.Level]bool{}
	for _, l := range d.Levels {
		levels[itemcode.Level(l)] = true
	}
	var claims []Claim
	for _, o := range offices {
		if levels[exercisingLevel(o.Region)] {
			claims = append(claims, Claim{Base: d.Code, Office: o, Override: Override{Contact: contact(o)}})
		}
	}
	return s.claim(ctx, tx, by, d.Code, claims)
}
