package pockets

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/columnar"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// BenchmarkSurvey measures whole surveys over the engine in memory, of cities of one density. The metric resident-MB is the
// most memory that the process had since the engine stood, the engine included. The larger sizes need KANTONG_LARGE to be set.
func BenchmarkSurvey(b *testing.B) {
	sizes := []int{24_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000, 5_000_000)
	}
	poor := registry.Filter{Decile: &registry.IntRange{Max: new(4)}}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("households=%d", n), func(b *testing.B) {
			v := newPlain(n).view(b)
			for _, c := range []struct {
				name string
				f    registry.Filter
			}{{"everybody", registry.Filter{}}, {"poor", poor}} {
				q := Question{Filter: c.f, RadiusMeters: DefaultRadiusMeters, MinHouseholds: DefaultMinHouseholds}
				var s *Survey
				b.Run(c.name, func(b *testing.B) {
					b.ReportAllocs()
					resetPeak(b)
					for b.Loop() {
						s = survey(b, v, q)
					}
					b.ReportMetric(float64(len(s.Pockets)), "pockets")
					b.ReportMetric(peakMegabytes(b), "resident-MB")
				})
				b.Run(c.name+"-unreached", func(b *testing.B) {
					for b.Loop() {
						if _, err := s.Unreached(b.Context(), "PKH"); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// resetPeak makes the kernel forget the most memory that this process had.
func resetPeak(tb testing.TB) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		tb.Logf("the metric resident-MB counts what was before too: %v", err)
	}
}

func peakMegabytes(tb testing.TB) float64 {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		tb.Logf("no metric resident-MB here: %v", err)
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kilobytes float64
		if _, err := fmt.Sscanf(lines.Text(), "VmHWM: %f kB", &kilobytes); err == nil {
			return kilobytes / 1024
		}
	}
	return 0
}

// plain is a city of any size: square kelurahan of 2.5 km² and some 570 households, three in four of them in four hamlets.
// A household is a function of its number, so that nothing of it needs memory.
type plain struct {
	households, side int
	codes            []registry.AreaCode
}

const plainSquare = 142_000 // 1e-7 degrees, some 1.6 km

func newPlain(households int) *plain {
	p := &plain{households: households, side: max(1, int(math.Round(math.Sqrt(float64(households)/570))))}
	for k := range p.side * p.side {
		p.codes = append(p.codes, registry.AreaCode(fmt.Sprintf("19.%02d.%02d.%d", 1+k/4950%99, 1+k/50%99, 1001+k%50)))
	}
	return p
}

// corner is the south-western one of a kelurahan.
func (p *plain) corner(k int) geo.PointE7 {
	return geo.PointE7{Lon: 1_000_000_000 + int32(k%p.side*plainSquare), Lat: -60_000_000 + int32(k/p.side*plainSquare)}
}

func (p *plain) view(tb testing.TB) *registry.View {
	tb.Helper()
	var list []registry.Area
	for k, code := range p.codes {
		at := p.corner(k)
		box := orb.Bound{Min: at.Point(), Max: geo.FromE7(at.Lon+plainSquare, at.Lat+plainSquare)}
		boundary := orb.MultiPolygon{box.ToPolygon()}
		list = append(list, registry.Area{Code: code, Boundary: boundary, AreaKm2: geo.AreaKm2(boundary), Label: box.Center()})
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		tb.Fatal(err)
	}
	d := &registry.Dataset{Areas: areas, Programs: []registry.Program{{Code: "PKH", Eligibility: registry.Filter{Decile: &registry.IntRange{Max: new(4)}}}}}
	d.State.Edition.Households = int64(p.households)
	e, err := columnar.Build(d, p.records(), p.enrolments(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &registry.View{Dataset: d, Engine: e}
}

func (p *plain) household(i int, source *rand.PCG) registry.Record {
	source.Seed(8, uint64(i))
	r := rand.New(source)
	k := r.IntN(len(p.codes))
	var id registry.HouseholdID
	step := math.MaxUint64 / uint64(p.households)
	binary.BigEndian.PutUint64(id[:], uint64(i)*step+r.Uint64N(step))
	h := registry.NewHousehold(id, p.codes[k])
	if h.Located = r.IntN(14) > 0; h.Located {
		at := p.corner(k)
		east, north := r.Int32N(plainSquare), r.Int32N(plainSquare)
		if r.IntN(4) > 0 { // some hamlets are dense, others are not
			n := int32(r.IntN(4))
			spread := float64(20+((int32(k)*7+n*5)%19)*10) * 90
			east = plainSquare/8 + n%2*plainSquare*3/4 + int32(r.NormFloat64()*spread)
			north = plainSquare/8 + n/2*plainSquare*3/4 + int32(r.NormFloat64()*spread)
		}
		h.Point = geo.PointE7{Lon: at.Lon + east, Lat: at.Lat + north}
	}
	if r.IntN(3) > 0 {
		h.RW, h.RT = neighbourhoods[r.IntN(4)], neighbourhoods[r.IntN(10)]
	}
	h.Members, h.Decile = 1+r.IntN(7), 1+r.IntN(10)
	for d := range registry.Unserved {
		if r.IntN(20) > 0 {
			h.Known = h.Known.With(d)
			if r.IntN(8) == 0 {
				h.Deprived = h.Deprived.With(d)
			}
		}
	}
	return registry.Record{Household: h}
}

var neighbourhoods = [...]string{"001", "002", "003", "004", "005", "006", "007", "008", "009", "010"}

func (p *plain) records() iter.Seq2[registry.Record, error] {
	return func(yield func(registry.Record, error) bool) {
		var source rand.PCG
		for i := 0; i < p.households && yield(p.household(i, &source), nil); i++ {
		}
	}
}

func (p *plain) enrolments() iter.Seq2[registry.Enrolment, error] {
	return func(yield func(registry.Enrolment, error) bool) {
		var source rand.PCG
		for i := range p.households {
			h := p.household(i, &source)
			if source.Uint64()%2 == 0 && !yield(registry.Enrolment{Household: h.ID, Program: "PKH", Status: registry.EnrolmentActive}, nil) {
				return
			}
		}
	}
}

func survey(tb testing.TB, v *registry.View, q Question) *Survey {
	tb.Helper()
	s, err := TakeSurvey(tb.Context(), v, q)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
