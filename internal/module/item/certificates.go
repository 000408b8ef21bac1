package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Certificates is the directory of certificate types (证照目录), met by the cert module.
type Certificates interface {
	// Unknown returns those of the keys that no type has.
	Unknown(ctx context.Context, tx *db.Tx, keys []string) ([]string, error)
}

// certificatesExist refuses a guide that names a certificate nobody can hold: fault.Invalid "item.bad_definition" with an error for each place.
func (s *Service) certificatesExist(ctx context.Context, tx *db.Tx, d *Definition) error {
	unknown, err := s.unknownCertificates(ctx, tx, d)
	if err != nil || len(unknown) == 0 {
		return err
	}
	refusal := fault.New(fault.Invalid, "item.bad_definition", d.Code)
	if slices.Contains(unknown, d.Guide.CertType) {
		refusal.Field("guide.cert_type", "item.unknown_certificate", d.Guide.CertType)
	}
	for i, m := range d.Guide.Materials {
		for _, w := range m.Ways {
			for _, key := range w.Certs() {
				if slices.Contains(unknown, key) {
					refusal.Field(at("guide.materials", i), "item.unknown_certificate", key)
				}
			}
		}
	}
	return refusal.OrNil()
}

// unknownCertificates are the certificate types a definition names and nobody registered, in order.
func (s *Service) unknownCertificates(ctx context.Context, tx *db.Tx, d *Definition) ([]string, error) {
	var keys []string
	if d.Guide.CertType != "" {
		keys = append(keys, d.Guide.CertType)
	}
	for _, m := range d.Guide.Materials {
		for _, w := range m.Ways {
			keys = append(keys, w.Certs()...)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	slices.Sort(keys)
	unknown, err := s.needs.Certificates.Unknown(ctx, tx, slices.Compact(keys))
	if err != nil {
		return nil, fmt.Errorf("looking for the certificate types of %s: %w", d.Code, err)
	}
	return unknown, nil
}
