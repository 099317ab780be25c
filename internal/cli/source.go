package cli

import (
	"context"
	"log/slog"
	"sync"

	"github.com/dustin/go-humanize"

	"kantong/internal/columnar"
	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/registry"
)

// Engines by the names of --engine.
const (
	engineAuto     = "auto"
	engineColumnar = "columnar"
	enginePostGIS  = "postgis"
)

// engineFlags choose what answers questions.
type engineFlags struct {
	Engine string `default:"auto" enum:"auto,columnar,postgis" help:"What answers questions: columnar loads an edition into memory, postgis asks the database, auto loads what fits --memory (${enum}; default ${default})."`
	Memory string `default:"2GiB" placeholder:"SIZE" help:"How much memory one edition may take under --engine auto (default ${default})."`
}

// bytesAHousehold is what the engine in memory needs for one, with its enrolments, generously.
const bytesAHousehold = 90

// source opens states of a store with the engine that the flags choose.
type source struct {
	store       *store
	read        registry.Store // the store, observed
	flags       engineFlags
	memoryBytes uint64
	log         *slog.Logger
	observer    observe.Observer
	areaNames   sync.Map // by edition: map[registry.AreaCode]string; what is published never changes
}

var _ disclosure.Source = (*source)(nil)

func (p *program) source(s *store, f engineFlags, o observe.Observer) (*source, error) {
	memory, err := humanize.ParseBytes(f.Memory)
	if err != nil {
		return nil, registry.Invalid("--memory", "%q is not a size like 2GiB", f.Memory)
	}
	if f.Engine == enginePostGIS && s.database == nil {
		return nil, registry.Invalid("--engine", "postgis needs --database postgres://…; a data directory is answered from memory")
	}
	return &source{store: s, read: o.Store(s.Store), flags: f, memoryBytes: memory, log: p.log, observer: o}, nil
}

func (s *source) Editions(ctx context.Context) ([]registry.Edition, error) {
	return s.read.Editions(ctx)
}

func (s *source) Version(ctx context.Context, state registry.State) (string, error) {
	_, revision, err := s.read.Programs(ctx, state.Edition.ID)
	return registry.Version(state, revision), err
}

func (s *source) Unmatched(ctx context.Context, state registry.State) ([]registry.Unmatched, error) {
	return s.read.Unmatched(ctx, state.Edition.ID, state.Release.ID)
}

func (s *source) Lineage(ctx context.Context, editions []registry.Edition) (*registry.Lineage, error) {
	var all []registry.EditionSuccessions
	for _, e := range registry.ByAge(editions) {
		list, err := s.read.Successions(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, registry.EditionSuccessions{Edition: e.ID, Successions: list})
	}
	return registry.NewLineage(all, func(edition string) (map[registry.AreaCode]string, error) { return s.namesOf(ctx, edition) })
}

// namesOf gives the names of a published edition's areas.
func (s *source) namesOf(ctx context.Context, edition string) (map[registry.AreaCode]string, error) {
	if known, ok := s.areaNames.Load(edition); ok {
		return known.(map[registry.AreaCode]string), nil
	}
	areas, err := s.read.Areas(ctx, edition)
	if err != nil {
		return nil, err
	}
	names := make(map[registry.AreaCode]string, len(areas))
	for i := range areas {
		names[areas[i].Code] = areas[i].Name
	}
	s.areaNames.Store(edition, names)
	return names, nil
}

func (s *source) Blocks(ctx context.Context) ([]registry.BlockTree, error) { return s.read.Blocks(ctx) }

func (s *source) AddBlocks(ctx context.Context, trees []registry.BlockTree) error {
	return s.read.AddBlocks(ctx, trees)
}

func (s *source) Open(ctx context.Context, state registry.State) (*registry.Dataset, registry.Engine, error) {
	d, err := s.dataset(ctx, state)
	if err != nil {
		return nil, nil, err
	}
	d.EngineName = s.choose(state.Edition.Households)
	engine, memory, err := s.engine(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	s.log.Info("a state is open", "state", state.ID(), "engine", d.EngineName, "families", state.Edition.Households, "memory", humanize.IBytes(uint64(memory)))
	s.observer.Open(state.ID(), d.EngineName, state.Edition.Households, memory)
	return d, s.observer.Engine(d.EngineName, engine), nil
}

// choose names the engine for an edition of so many families.
func (s *source) choose(households int64) string {
	fits := uint64(households)*bytesAHousehold <= s.memoryBytes
	if s.flags.Engine == enginePostGIS || s.flags.Engine == engineAuto && s.store.database != nil && !fits {
		return enginePostGIS
	}
	return engineColumnar
}

func (s *source) dataset(ctx context.Context, state registry.State) (*registry.Dataset, error) {
	edition := state.Edition.ID
	list, err := s.read.Areas(ctx, edition)
	if err != nil {
		return nil, err
	}
	d := &registry.Dataset{State: state}
	if d.Areas, err = registry.NewAreas(list); err != nil {
		return nil, err
	}
	var revision int64
	if d.Programs, revision, err = s.read.Programs(ctx, edition); err != nil {
		return nil, err
	}
	d.Version = registry.Version(state, revision)
	d.Indicators, err = s.read.Indicators(ctx, edition)
	return d, err
}

func (s *source) engine(ctx context.Context, d *registry.Dataset) (engine registry.Engine, memoryBytes int64, err error) {
	if d.EngineName == enginePostGIS {
		engine, err = s.store.database.Engine(ctx, d)
		return engine, 0, err
	}
	edition, release := d.State.Edition.ID, d.State.Release.ID
	e, err := columnar.Build(d, s.read.Records(ctx, edition), s.read.Enrolments(ctx, edition, release),
		func(ctx context.Context, ids []registry.HouseholdID) ([]*registry.Household, error) {
			return s.read.Attributes(ctx, edition, ids)
		})
	if err != nil {
		return nil, 0, err
	}
	return e, e.MemoryBytes(), nil
}
