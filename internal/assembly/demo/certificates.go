package demo

import (
	"context"
	"fmt"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/db"
)

// certificateTypes registers the rest of the province's certificate types, those that no item leads to yet.
func (s Services) certificateTypes(ctx context.Context) error {
	list, err := registeredTypes()
	if err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		for _, t := range list {
			if err := s.Certificates.DeployType(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// registeredTypes are the rows of the table, those drawn by hand with their layouts.
func registeredTypes() ([]cert.Type, error) {
	text, err := files.ReadFile("catalogue/certificate_types.tsv")
	if err != nil {
		return nil, err
	}
	list, err := cert.ParseTypes(text)
	if err != nil {
		return nil, err
	}
	var drawn struct {
		Layout map[string]*cert.Layout `toml:"layout"`
	}
	meta, err := toml.DecodeFS(files, "catalogue/layouts.toml", &drawn)
	if err != nil {
		return nil, fmt.Errorf("layouts of certificates: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("layouts of certificates: unknown keys %v", unknown)
	}
	for i, t := range list {
		if l := drawn.Layout[t.Key]; l != nil {
			list[i].Layout = l
			delete(drawn.Layout, t.Key)
		}
	}
	if len(drawn.Layout) > 0 {
		return nil, fmt.Errorf("layouts of certificates: %d are of no type", len(drawn.Layout))
	}
	return list, nil
}

// CertificateType is a type that items lead to, by the name of its file.
func CertificateType(name string) (cert.Type, error) {
	text, err := files.ReadFile("catalogue/certificates/" + name + ".toml")
	if err != nil {
		return cert.Type{}, err
	}
	return cert.ParseType(text)
}
