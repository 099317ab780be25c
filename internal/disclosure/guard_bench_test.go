package disclosure

import (
	"context"
	"os"
	"strconv"
	"testing"

	"kantong/internal/registry"
)

// BenchmarkGuard asks the engine and the guard the same, so that the cost of the guard is a ratio within one run.
func BenchmarkGuard(b *testing.B) {
	sizes := []int{24_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000)
	}
	for _, n := range sizes {
		s := demoState(b, n)
		engine := s.engine(b)
		f, _, err := newFrame(context.Background(), s.dataset, engine, nil)
		if err != nil {
			b.Fatal(err)
		}
		policy := DefaultPolicy()
		noise, err := newNoises(policy)
		if err != nil {
			b.Fatal(err)
		}
		guard := &Guard{engine: engine, data: s.dataset, frame: f, noise: noise, role: registry.RolePartner, floor: policy.FloorPartner, kept: &kept{}}
		for name, q := range map[string]registry.SummaryQuery{
			"households and people per kelurahan":          {By: []registry.Dimension{byKelurahan}},
			"everything per kelurahan":                     {By: []registry.Dimension{byKelurahan}, Measures: counted},
			"filtered households and people per kelurahan": {Filter: deprived(registry.UnsafeWater), By: []registry.Dimension{byKelurahan}},
			"filtered everything per kelurahan":            {Filter: deprived(registry.UnsafeWater), By: []registry.Dimension{byKelurahan}, Measures: counted},
		} {
			for _, who := range []struct {
				name   string
				engine registry.Engine
			}{{"engine", engine}, {"guard", guard}} {
				b.Run(strconv.Itoa(n)+"/"+name+"/"+who.name, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := who.engine.Summarise(context.Background(), []registry.SummaryQuery{q}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
