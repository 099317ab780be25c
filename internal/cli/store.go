package cli

import (
	"context"
	"path/filepath"

	"kantong/internal/access"
	"kantong/internal/columnar"
	"kantong/internal/disclosure"
	"kantong/internal/filestore"
	"kantong/internal/registry"
)

// openStore opens the data directory; nobody else can until it is closed.
func (p *program) openStore() (*filestore.Store, error) {
	return filestore.Open(p.ctx, p.config.Data)
}

// withStore opens the store for the time of one piece of work.
func (p *program) withStore(work func(*filestore.Store) error) (err error) {
	store, err := p.openStore()
	if err != nil {
		return err
	}
	defer func() {
		if closing := store.Close(); err == nil {
			err = closing
		}
	}()
	return work(store)
}

// secrets reads the secret keys, making them at first use.
func (p *program) secrets() (registry.Secrets, error) {
	dir := p.config.Secrets
	if dir == "" {
		dir = filepath.Join(p.config.Data, "secrets")
	}
	return access.LoadSecrets(dir)
}

// source opens states of a store with the engine in memory.
type source struct{ store registry.Store }

var _ disclosure.Source = source{}

func (s source) Editions(ctx context.Context) ([]registry.Edition, error) {
	return s.store.Editions(ctx)
}

func (s source) Version(ctx context.Context, state registry.State) (string, error) {
	_, revision, err := s.store.Programs(ctx, state.Edition.ID)
	return registry.Version(state, revision), err
}

func (s source) Open(ctx context.Context, state registry.State) (*registry.Dataset, registry.Engine, error) {
	edition := state.Edition.ID
	list, err := s.store.Areas(ctx, edition)
	if err != nil {
		return nil, nil, err
	}
	d := &registry.Dataset{State: state}
	if d.Areas, err = registry.NewAreas(list); err != nil {
		return nil, nil, err
	}
	var revision int64
	if d.Programs, revision, err = s.store.Programs(ctx, edition); err != nil {
		return nil, nil, err
	}
	if d.Indicators, err = s.store.Indicators(ctx, edition); err != nil {
		return nil, nil, err
	}
	d.Version = registry.Version(state, revision)
	engine, err := columnar.Build(d, s.store.Records(ctx, edition), s.store.Enrolments(ctx, edition, state.Release.ID),
		func(ctx context.Context, ids []registry.HouseholdID) ([]*registry.Household, error) {
			return s.store.Attributes(ctx, edition, ids)
		})
	return d, engine, err
}
