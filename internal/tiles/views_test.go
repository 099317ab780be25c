package tiles

import (
	"context"
	"math/rand/v2"
	"testing"

	"kantong/internal/disclosure"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// shelf is a disclosure.Source of one city.
type shelf struct {
	dataset    *registry.Dataset
	engine     registry.Engine
	households []registry.Record
	blocks     []registry.BlockTree
}

func (*shelf) Lineage(context.Context, []registry.Edition) (*registry.Lineage, error) {
	return nil, nil
}

func (s *shelf) Blocks(context.Context) ([]registry.BlockTree, error) { return s.blocks, nil }
func (s *shelf) Unmatched(context.Context, registry.State) ([]registry.Unmatched, error) {
	return nil, nil
}
func (s *shelf) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	s.blocks = append(s.blocks, trees...)
	return nil
}
func (s *shelf) Editions(context.Context) ([]registry.Edition, error) {
	e := s.dataset.State.Edition
	e.Releases = []registry.Release{s.dataset.State.Release}
	for _, h := range s.households {
		e.Households, e.Keys[0], e.Keys[1] = e.Households+1, e.Keys[0]+h.Key[0], e.Keys[1]+h.Key[1]
	}
	return []registry.Edition{e}, nil
}
func (s *shelf) Version(context.Context, registry.State) (string, error) {
	return s.dataset.Version, nil
}
func (s *shelf) Open(context.Context, registry.State) (*registry.Dataset, registry.Engine, error) {
	return s.dataset, s.engine, nil
}

// views are of one city, as roles see it.
func views(tb testing.TB, seed uint64, households int) (*shelf, map[registry.Role]*registry.View) {
	tb.Helper()
	d, records, enrolments := storetest.City(seed, households)
	s := &shelf{dataset: d, engine: built(tb, d, records, enrolments), households: records}
	gate, err := disclosure.NewGate(tb.Context(), s, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	out := map[registry.Role]*registry.View{}
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner, registry.RolePlanner} {
		if out[role], err = gate.Now().View(tb.Context(), registry.Viewer{Role: role, Organisation: "o", Purpose: "a test"}, ""); err != nil {
			tb.Fatal(err)
		}
	}
	return s, out
}

// randomMeasure is any that the dataset has, or none.
func randomMeasure(r *rand.Rand, d *registry.Dataset, filter func() registry.Filter) []measure.Measure {
	k := registry.Deprivation(r.IntN(registry.DeprivationCount))
	switch r.IntN(6) {
	case 0:
		return []measure.Measure{{Deprivation: &k}}
	case 1:
		return []measure.Measure{{Exclusion: d.Programs[r.IntN(len(d.Programs))].Code}}
	case 2:
		return []measure.Measure{{Indicator: &measure.Indicator{Code: d.Indicators[r.IntN(len(d.Indicators))].Code}}}
	case 3:
		return nil
	}
	return []measure.Measure{{Share: &measure.Share{Meeting: filter(), Among: filter(), People: r.IntN(2) == 0}}}
}

// simple is a filter of at most two conditions, of which a guard answers some.
func simple(r *rand.Rand, d *registry.Dataset) (f registry.Filter) {
	for range r.IntN(3) {
		switch most := 1 + r.IntN(9); r.IntN(5) {
		case 0:
			f.Decile = &registry.IntRange{Max: &most}
		case 1:
			f.HeadSex = registry.SexFemale
		case 2:
			f.EnrolledIn = []string{d.Programs[r.IntN(len(d.Programs))].Code}
		case 3:
			f.DeprivedIn = []registry.Deprivation{registry.Deprivation(r.IntN(registry.DeprivationCount))}
		case 4:
			f.Areas = []registry.AreaCode{d.Areas.Area(r.IntN(d.Areas.Len())).Code}
		}
	}
	return f
}
