package columnar

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// bigCity makes the data of benchmarks: kelurahan of some 300 vertices on a jittered grid, six hamlets in each and a quarter
// of the households spread evenly, 1.3 enrolments a household in six programmes. A household is a function of its number,
// so any size can be streamed.
type bigCity struct {
	dataset    *registry.Dataset
	kelurahan  []registry.AreaCode
	shapes     []*geo.Prepared
	hamlets    [][6]orb.Point
	households int
}

const (
	cellDegrees = 0.012 // a kelurahan is some 1.8 km²
	edgePoints  = 75
)

var bigPrograms = []string{"BLT", "PBIJK", "PIP", "PKH", "RTLH", "SEMBAKO"}

// enrolledShare is the share of households in each of bigPrograms, by deciles 1–2, 3–4, 5–6 and 7–10.
var enrolledShare = [4][6]float64{
	{0.25, 0.78, 0.40, 0.60, 0.10, 0.65}, {0.15, 0.72, 0.30, 0.40, 0.05, 0.45}, {0.05, 0.45, 0.20, 0.10, 0.02, 0.15}, {0.01, 0.15, 0.08, 0.01, 0.002, 0.02},
}

func newBigCity(t testing.TB, households, kelurahan int) *bigCity {
	t.Helper()
	c := &bigCity{households: households}
	r := rand.New(rand.NewPCG(11, uint64(kelurahan)))
	areas := c.areas(r, kelurahan)
	index, err := registry.NewAreas(areas)
	if err != nil {
		t.Fatal(err)
	}
	c.dataset = &registry.Dataset{Areas: index}
	c.dataset.State.Edition = registry.Edition{ID: "big", Households: int64(households)}
	poor, one := 4, 1
	rule := registry.Filter{Decile: &registry.IntRange{Max: &poor}, Or: []registry.Filter{{UnderFive: &registry.IntRange{Min: &one}}, {Elderly: &registry.IntRange{Min: &one}}}}
	for _, code := range bigPrograms {
		c.dataset.Programs = append(c.dataset.Programs, registry.Program{Code: code, Name: code, Eligibility: rule})
	}
	return c
}

func (c *bigCity) areas(r *rand.Rand, kelurahan int) []registry.Area {
	side := int(math.Ceil(math.Sqrt(float64(kelurahan))))
	nodes := make([][]orb.Point, side+1)
	for i := range nodes {
		for j := range side + 1 {
			nodes[i] = append(nodes[i], orb.Point{106 + cellDegrees*(float64(i)+0.3*(r.Float64()-0.5)), -2.3 + cellDegrees*(float64(j)+0.3*(r.Float64()-0.5))})
		}
	}
	across, along := map[[2]int][]orb.Point{}, map[[2]int][]orb.Point{}
	for i := range side + 1 {
		for j := range side + 1 {
			if i < side {
				across[[2]int{i, j}] = winding(r, nodes[i][j], nodes[i+1][j])
			}
			if j < side {
				along[[2]int{i, j}] = winding(r, nodes[i][j], nodes[i][j+1])
			}
		}
	}
	list := []registry.Area{{Code: "19", Name: "Provinsi"}}
	seen := map[registry.AreaCode]bool{}
	for k := range kelurahan {
		i, j := k%side, k/side
		var ring orb.Ring
		ring = append(ring, across[[2]int{i, j}]...)
		ring = append(ring, along[[2]int{i + 1, j}]...)
		ring = append(ring, backwards(across[[2]int{i, j + 1}])...)
		ring = append(ring, backwards(along[[2]int{i, j}])...)
		ring = append(ring, ring[0])
		kecamatan := k / 10
		code := registry.AreaCode(fmt.Sprintf("19.%02d.%02d.%d", 1+kecamatan/90, 1+kecamatan%90, 1001+k%10))
		for level := registry.LevelKabupatenKota; level < registry.LevelKelurahan; level++ {
			if above := code.At(level); !seen[above] {
				seen[above] = true
				list = append(list, registry.Area{Code: above, Name: string(above)})
			}
		}
		shape := orb.MultiPolygon{{ring}}
		list = append(list, registry.Area{Code: code, Name: string(code), Boundary: shape})
		c.kelurahan = append(c.kelurahan, code)
		c.shapes = append(c.shapes, geo.Prepare(shape))
		var hamlets [6]orb.Point
		for h := range hamlets {
			hamlets[h] = c.evenly(r, k)
		}
		c.hamlets = append(c.hamlets, hamlets)
	}
	return list
}

// winding is a line from a towards b, b left out, that leaves the straight way to both sides.
func winding(r *rand.Rand, a, b orb.Point) []orb.Point {
	out := make([]orb.Point, edgePoints)
	phase, waves := r.Float64()*6, 3+r.Float64()*6
	for i := range out {
		t := float64(i) / edgePoints
		off := 0.06 * math.Sin(math.Pi*t) * math.Sin(phase+waves*t*math.Pi)
		out[i] = orb.Point{a[0] + (b[0]-a[0])*t - (b[1]-a[1])*off, a[1] + (b[1]-a[1])*t + (b[0]-a[0])*off}
	}
	return append(out, b)
}

func backwards(line []orb.Point) []orb.Point {
	out := make([]orb.Point, len(line))
	for i, p := range line {
		out[len(line)-1-i] = p
	}
	return out
}

func (c *bigCity) evenly(r *rand.Rand, k int) orb.Point {
	b := c.shapes[k].Bound()
	for {
		p := orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
		if c.shapes[k].Covers(p) {
			return p
		}
	}
}

func (c *bigCity) place(r *rand.Rand, k int) geo.PointE7 {
	for r.IntN(4) > 0 {
		h := c.hamlets[k][r.IntN(6)]
		p := orb.Point{h[0] + r.NormFloat64()*cellDegrees*0.11, h[1] + r.NormFloat64()*cellDegrees*0.11}
		if c.shapes[k].Covers(p) {
			lon, lat := geo.ToE7(p)
			return geo.PointE7{Lon: lon, Lat: lat}
		}
	}
	lon, lat := geo.ToE7(c.evenly(r, k))
	return geo.PointE7{Lon: lon, Lat: lat}
}

// household makes number i of the city; ids rise with it. r is left where its enrolments begin.
func (c *bigCity) household(i int, r *rand.PCG) registry.Record {
	r.Seed(5, uint64(i))
	x := rand.New(r)
	k := x.IntN(len(c.kelurahan))
	var id registry.HouseholdID
	step := math.MaxUint64 / uint64(c.households)
	binary.BigEndian.PutUint64(id[:], uint64(i)*step+x.Uint64N(step))
	binary.BigEndian.PutUint64(id[8:], x.Uint64())
	h := registry.NewHousehold(id, c.kelurahan[k])
	if x.IntN(50) > 0 {
		h.Located, h.Point = true, c.place(x, k)
	}
	h.RW, h.RT = rtNames[x.IntN(12)], rtNames[x.IntN(15)]
	h.Members = 1 + x.IntN(4) + x.IntN(4)
	h.HeadSex = registry.SexMale
	if x.IntN(6) == 0 {
		h.HeadSex = registry.SexFemale
	}
	h.HeadAge = 20 + x.IntN(60)
	h.Decile = 1 + x.IntN(10)
	for kind := range h.Persons {
		h.Persons[kind] = max(0, x.IntN(5)-2)
	}
	for d := range registry.Unserved {
		if x.IntN(20) > 0 {
			h.Known = h.Known.With(d)
			if x.IntN(8) == 0 {
				h.Deprived = h.Deprived.With(d)
			}
		}
	}
	return registry.Record{Household: h, Key: registry.RecordKey{x.Uint32(), x.Uint32()}}
}

var rtNames = func() (names [15]string) {
	for i := range names {
		names[i] = fmt.Sprintf("%03d", i+1)
	}
	return names
}()

func (c *bigCity) records() iter.Seq2[registry.Record, error] {
	return func(yield func(registry.Record, error) bool) {
		var r rand.PCG
		for i := range c.households {
			if !yield(c.household(i, &r), nil) {
				return
			}
		}
	}
}

func (c *bigCity) enrolments() iter.Seq2[registry.Enrolment, error] {
	return func(yield func(registry.Enrolment, error) bool) {
		var r rand.PCG
		for i := range c.households {
			h := c.household(i, &r)
			x := rand.New(&r)
			for p, share := range enrolledShare[min(h.Decile-1, 6)/2] {
				if x.Float64() >= share {
					continue
				}
				e := registry.Enrolment{
					Household: h.ID, Program: bigPrograms[p], Status: registry.EnrolmentActive, Rupiah: int64(600_000 * (1 + x.IntN(4))),
					Since: registry.Date(fmt.Sprintf("20%d-%02d-01", 20+x.IntN(5), 1+x.IntN(12))), Decree: "SK/7/2025", Persons: 1 + x.IntN(3),
				}
				if x.IntN(12) == 0 {
					e.Status = registry.EnrolmentSuspended
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func (c *bigCity) build(t testing.TB) *Engine {
	t.Helper()
	e, err := Build(c.dataset, c.records(), c.enrolments(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
