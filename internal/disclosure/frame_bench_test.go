package disclosure

import (
	"testing"

	"github.com/paulmach/orb"

	"kantong/geodata"
	"kantong/internal/demo"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// demoState is the demonstration city.
func demoState(t testing.TB, households int) state {
	t.Helper()
	list, err := geodata.SchematicAreas()
	if err != nil {
		t.Fatal(err)
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	secrets := registry.Secrets{ID: [][]byte{[]byte("id")}, Record: []byte("record")}
	city, err := demo.New(demo.Options{Households: households, Seed: 1, Areas: areas, Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	s := state{name: "demonstration", dataset: &registry.Dataset{Areas: areas, Version: "demonstration"}}
	for h, err := range city.Households() {
		if err != nil {
			t.Fatal(err)
		}
		s.households = append(s.households, registry.Record{Household: h, Key: secrets.RecordKey(h.ID)})
	}
	return s
}

// TestFrameOfTheDemonstration: in a city like a real one most blocks are of 20 to 39 households, and few are much larger.
func TestFrameOfTheDemonstration(t *testing.T) {
	s := demoState(t, 24_000)
	f, _ := s.frame(t, nil)
	checkFrame(t, f, &s)
	leaves, large, largest := 0, 0, int64(0)
	for _, n := range f.nodes {
		if !n.leaf {
			continue
		}
		leaves++
		largest = max(largest, n.households)
		if n.households > 39 {
			large++
		}
	}
	t.Logf("%d households in %d leaves of %d nodes; %d hold more than 39, the largest %d", len(s.households), leaves, len(f.nodes), large, largest)
	if large*5 > leaves || largest > 100 {
		t.Errorf("%d of %d leaves hold more than 39 households, the largest %d", large, leaves, largest)
	}
	checkShape(t, f, []int{0})
}

func BenchmarkFrame(b *testing.B) {
	s := demoState(b, 24_000)
	e := s.engine(b)
	f, trees := s.frame(b, nil)
	b.Run("grown", func(b *testing.B) { benchmarkNew(b, &s, e, nil) })
	b.Run("frozen", func(b *testing.B) { benchmarkNew(b, &s, e, trees) })
	ring, _ := geo.DiscRing(f.areas.Bound().Center(), 3000, 64)
	where := &registry.Spatial{CoveredBy: orb.Polygon{ring}}
	nodes := f.cover(nil, where)
	grid := s.dataset.HexGrid(500)
	for _, w := range []struct {
		name string
		run  func() error
	}{
		{"cover", func() error { f.cover(nil, where); return nil }},
		{"hexes", func() error { f.hexes(grid, []int{0}); return nil }},
		{"shape", func() error { _, err := f.shape(nodes); return err }},
		{"coverage", func() error { _, err := f.coverage(nodes, where); return err }},
	} {
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := w.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchmarkNew(b *testing.B, s *state, e registry.Engine, trees []registry.BlockTree) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := newFrame(b.Context(), s.dataset, e, trees); err != nil {
			b.Fatal(err)
		}
	}
}
