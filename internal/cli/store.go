package cli

import (
	"context"
	"path/filepath"

	"kantong/internal/access"
	"kantong/internal/filestore"
	"kantong/internal/postgis"
	"kantong/internal/registry"
)

// store is an open store of either kind.
type store struct {
	registry.Store
	ledger   registry.Ledger
	database *postgis.Store // nil for a data directory
}

// openStore opens the database when one is given, else the data directory, which nobody else can use until it is closed.
func (p *program) openStore(ctx context.Context, data, database string) (*store, error) {
	if database != "" {
		s, err := postgis.Open(ctx, database)
		if err != nil {
			return nil, err
		}
		return &store{s, s.Ledger(), s}, nil
	}
	s, err := filestore.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	return &store{s, s.Ledger(), nil}, nil
}

// withStore opens the configured store for the time of one piece of work.
func (p *program) withStore(work func(*store) error) error {
	s, err := p.openStore(p.ctx, p.config.Data, p.config.Database)
	if err != nil {
		return err
	}
	return closing(s, work)
}

// closing does a piece of work on a store and closes it.
func closing(s *store, work func(*store) error) (err error) {
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	return work(s)
}

// secrets reads the secret keys. They are made at first use: as long as the store holds no family.
func (p *program) secrets(s *store) (registry.Secrets, error) {
	editions, err := s.Editions(p.ctx)
	if err != nil {
		return registry.Secrets{}, err
	}
	empty := true
	for _, e := range editions {
		empty = empty && e.Households == 0
	}
	return access.LoadSecrets(p.secretsDir(), empty)
}

func (p *program) secretsDir() string {
	if p.config.Secrets != "" {
		return p.config.Secrets
	}
	return filepath.Join(p.config.Data, "secrets")
}
