package cli

import (
	"context"
	"strings"

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

// openAt opens the store of a data directory or postgres:// URL.
func (p *program) openAt(where string) (*store, error) {
	if isDatabase(where) {
		return p.openStore(p.ctx, "", where)
	}
	return p.openStore(p.ctx, where, "")
}

func isDatabase(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
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
