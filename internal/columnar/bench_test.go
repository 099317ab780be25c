package columnar

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// BenchmarkEngine measures what the engine spends on the questions that speed is compared on, each over 32 probes. The two
// larger sizes need KANTONG_LARGE to be set.
func BenchmarkEngine(b *testing.B) {
	sizes := []struct{ households, kelurahan int }{{24_000, 42}, {80_000, 130}}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, []struct{ households, kelurahan int }{{500_000, 390}, {5_000_000, 8000}}...)
	}
	for _, size := range sizes {
		b.Run(fmt.Sprintf("households=%d", size.households), func(b *testing.B) {
			city := newBigCity(b, size.households, size.kelurahan)
			e := city.build(b)
			runtime.GC()
			p := newProbes(e)
			for _, w := range works {
				b.Run(w.name, func(b *testing.B) {
					b.ReportAllocs()
					for i := 0; b.Loop(); i++ {
						w.run(b, e, &p[i%len(p)])
					}
				})
			}
		})
	}
}

// probe is one set of arguments.
type probe struct {
	at      registry.Position
	box     registry.Filter // some 200 households
	polygon registry.Filter // 64 corners, some 5 % of the households
}

func newProbes(e *Engine) (p [32]probe) {
	r := rand.New(rand.NewPCG(3, 9))
	for i := range p {
		row := 0
		for row = r.IntN(e.Households()); e.lon[row] == 0; row = r.IntN(e.Households()) {
		}
		at := geo.FromE7(e.lon[row], e.lat[row])
		p[i].at = registry.Position{Longitude: at[0], Latitude: at[1]}
		boxAround := func(half float64) registry.Filter {
			return registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: at[0] - half, East: at[0] + half, South: at[1] - half, North: at[1] + half}}}
		}
		polygonAround := func(radius float64) registry.Filter {
			r := rand.New(rand.NewPCG(4, uint64(i)))
			var ring orb.Ring
			for corner := range 64 {
				a, d := float64(corner)/64*2*math.Pi, radius*(0.8+0.2*r.Float64())
				ring = append(ring, orb.Point{at[0] + d*math.Cos(a), at[1] + d*math.Sin(a)})
			}
			return registry.Filter{Where: &registry.Spatial{CoveredBy: orb.Polygon{append(ring, ring[0])}}}
		}
		p[i].box = sized(e, 200, boxAround)
		p[i].polygon = sized(e, int64(e.Households()/20), polygonAround)
	}
	return p
}

// sized halves the way between too small and too large until the filter keeps about as many households as wanted.
func sized(e *Engine, want int64, around func(float64) registry.Filter) registry.Filter {
	low, high := 0.0, 2.0
	for range 30 {
		f := around((low + high) / 2)
		n := e.newScan(context.Background(), (&compiler{e: e}).node(&f), nil).count()
		if n < want {
			low = (low + high) / 2
		} else {
			high = (low + high) / 2
		}
	}
	return around(high)
}

type work struct {
	name string
	run  func(b *testing.B, e *Engine, p *probe)
}

var works = func() []work {
	kelurahan := []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKelurahan}}
	one, two := 1, 2
	some := registry.Filter{Members: &registry.IntRange{Min: &one}}
	unreached := registry.Filter{Decile: &registry.IntRange{Max: &two}, NotEnrolledIn: []string{"PKH"}}
	var eight []registry.Deprivation
	for d := range registry.Deprivation(8) {
		eight = append(eight, d)
	}
	score := func(weights ...int64) registry.Filter {
		sum := int64(0)
		for _, w := range weights {
			sum += w
		}
		return registry.Filter{Score: &registry.Score{Of: eight, Weights: weights, AtLeast: sum/3 + 1}}
	}
	summary := func(name string, m registry.Measures, by []registry.Dimension, filter func(*probe) registry.Filter) work {
		return work{name, func(b *testing.B, e *Engine, p *probe) {
			if _, err := e.Summarise(b.Context(), []registry.SummaryQuery{{Filter: filter(p), By: by, Measures: m}}); err != nil {
				b.Fatal(err)
			}
		}}
	}
	fixed := func(f registry.Filter) func(*probe) registry.Filter { return func(*probe) registry.Filter { return f } }
	polygon := func(p *probe) registry.Filter { return p.polygon }
	rows := func(name string, q func(*probe) registry.RowsQuery) work {
		return work{name, func(b *testing.B, e *Engine, p *probe) {
			pages, err := e.Rows(b.Context(), q(p))
			if err != nil || len(pages[0].Rows) == 0 {
				b.Fatal(err, pages)
			}
		}}
	}
	halves := map[*Engine]*registry.HouseholdSet{}
	half := func(e *Engine) *registry.HouseholdSet { // every other family, as another state may have them
		if halves[e] == nil {
			var ids []registry.HouseholdID
			for row := 0; row < e.Households(); row += 2 {
				ids = append(ids, e.ids[row])
			}
			halves[e] = registry.NewHouseholdSet(ids)
		}
		return halves[e]
	}
	inState := func(name string, set func(*Engine) *registry.HouseholdSet) work {
		return work{name, func(b *testing.B, e *Engine, _ *probe) {
			f := registry.Filter{InState: &registry.InState{State: "another", Set: set(e)}}
			if _, err := e.Summarise(b.Context(), []registry.SummaryQuery{{Filter: f, By: kelurahan}}); err != nil {
				b.Fatal(err)
			}
		}}
	}
	return []work{
		inState("kelurahan-in-state", half),
		inState("kelurahan-in-state-first-time", func(e *Engine) *registry.HouseholdSet { set := *half(e); return &set }),
		rows("rows-in-box-100", func(p *probe) registry.RowsQuery { return registry.RowsQuery{Filter: p.box, First: 100} }),
		rows("nearest-20", func(p *probe) registry.RowsQuery {
			at := p.at.Orb()
			return registry.RowsQuery{Near: &at, First: 20}
		}),
		rows("nearest-20-unreached", func(p *probe) registry.RowsQuery {
			at := p.at.Orb()
			return registry.RowsQuery{Filter: unreached, Near: &at, First: 20}
		}),
		rows("rows by need, first 50", func(*probe) registry.RowsQuery { return registry.RowsQuery{ByNeed: true, First: 50} }),
		rows("rows-by-id-100", func(*probe) registry.RowsQuery { return registry.RowsQuery{Filter: some, First: 100} }),
		summary("kelurahan-kept", registry.MeasureDeciles, kelurahan, fixed(registry.Filter{})),
		summary("kelurahan-kept-everything", keptMeasures, kelurahan, fixed(registry.Filter{})),
		summary("overall-kept", registry.MeasureDeciles, nil, fixed(registry.Filter{})),
		summary("kelurahan-benefits", registry.MeasureBenefits, kelurahan, fixed(registry.Filter{})),
		summary("polygon-benefits", registry.MeasureBenefits, nil, polygon),
		summary("kelurahan-scan", registry.MeasureDeciles, kelurahan, fixed(some)),
		summary("kelurahan-scan-everything", keptMeasures, kelurahan, fixed(some)),
		summary("polygon", registry.MeasureDeciles, nil, polygon),
		summary("polygon-everything", keptMeasures, nil, polygon),
		summary("kelurahan-unreached", 0, kelurahan, fixed(unreached)),
		summary("kelurahan-deprived", 0, kelurahan, fixed(registry.Filter{DeprivedIn: eight[:1]})),
		summary("kelurahan-known", 0, kelurahan, fixed(registry.Filter{KnownIn: eight})),
		summary("kelurahan-score-equal", 0, kelurahan, fixed(score(1, 1, 1, 1, 1, 1, 1, 1))),
		summary("kelurahan-score-weighted", 0, kelurahan, fixed(score(166_666_666_667, 166_666_666_667, 166_666_666_667, 166_666_666_667, 83_333_333_333, 83_333_333_333, 83_333_333_333, 83_333_333_333))),
		summary("hex-500", 0, []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 500}}, fixed(registry.Filter{})),
		{"area-at", func(b *testing.B, e *Engine, p *probe) {
			if _, ok := e.d.Areas.At(p.at.Orb(), registry.LevelKelurahan); !ok {
				b.Fatal("no kelurahan at", p.at)
			}
		}},
		{"points", func(b *testing.B, e *Engine, _ *probe) {
			if _, err := e.Points(b.Context(), registry.PointsQuery{}); err != nil {
				b.Fatal(err)
			}
		}},
		{"points-in-box", func(b *testing.B, e *Engine, p *probe) {
			if _, err := e.Points(b.Context(), registry.PointsQuery{Filter: p.box}); err != nil {
				b.Fatal(err)
			}
		}},
	}
}()
