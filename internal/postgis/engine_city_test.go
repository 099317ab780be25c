package postgis

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// bigCity is a published city of square kelurahan, for plans and speed: its households are stored as publication stores
// them, by area and then along a Hilbert curve.
type bigCity struct {
	*Engine
	records []registry.Record // of its households
}

// cellDegrees is the side of a kelurahan.
const cellDegrees = 0.015

var bigPrograms = []string{"BLT", "PBIJK", "PIP", "PKH", "RTLH", "SEMBAKO"}

// enrolledShare is the share enrolled in each programme by decile: 1–2, 3–4, 5–6, above.
var enrolledShare = [4][6]float64{{0.25, 0.78, 0.40, 0.60, 0.10, 0.65}, {0.15, 0.72, 0.30, 0.40, 0.05, 0.45},
	{0.05, 0.45, 0.20, 0.10, 0.02, 0.15}, {0.01, 0.15, 0.08, 0.01, 0.002, 0.02}}

func newBigCity(t testing.TB, pool *pgxpool.Pool, households, kelurahan int) *bigCity {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	d := &registry.Dataset{State: registry.State{Edition: registry.Edition{ID: fmt.Sprintf("big-%d", households)}, Release: registry.Release{ID: "2025-10"}}}
	codes, corners, areas := bigAreas(kelurahan)
	var err error
	if d.Areas, err = registry.NewAreas(areas); err != nil {
		t.Fatal(err)
	}
	four := 4
	for _, code := range bigPrograms {
		d.Programs = append(d.Programs, registry.Program{Code: code, Eligibility: registry.Filter{Decile: &registry.IntRange{Max: &four}}})
	}
	c := &bigCity{}
	var enrolments []registry.Enrolment
	for range households {
		k := r.IntN(kelurahan)
		h := bigHousehold(r, codes[k], corners[k])
		c.records = append(c.records, h)
		for p, share := range enrolledShare[min(h.Decile-1, 6)/2] {
			if r.Float64() < share {
				enrolments = append(enrolments, registry.Enrolment{Household: h.ID, Program: bigPrograms[p], Status: registry.EnrolmentActive, Persons: 1, Rupiah: 600_000})
			}
		}
	}
	inStoredOrder(c.records, d.Areas.Bound())
	publishState(t, pool, d, c.records, enrolments)
	if c.Engine, err = NewEngine(t.Context(), pool, d); err != nil {
		t.Fatal(err)
	}
	return c
}

func bigAreas(kelurahan int) (codes []registry.AreaCode, corners []orb.Point, areas []registry.Area) {
	side := int(math.Ceil(math.Sqrt(float64(kelurahan))))
	seen := map[registry.AreaCode]bool{}
	for k := range kelurahan {
		kecamatan := k / 10
		code := registry.AreaCode(fmt.Sprintf("19.%02d.%02d.%d", 1+kecamatan/90, 1+kecamatan%90, 1001+k%10))
		for level := registry.LevelProvinsi; level < registry.LevelKelurahan; level++ {
			if above := code.At(level); !seen[above] {
				seen[above] = true
				areas = append(areas, registry.Area{Code: above})
			}
		}
		corner := orb.Point{106 + cellDegrees*float64(k%side), -2.3 + cellDegrees*float64(k/side)}
		box := orb.Bound{Min: corner, Max: orb.Point{corner[0] + cellDegrees, corner[1] + cellDegrees}}
		areas = append(areas, registry.Area{Code: code, Boundary: orb.MultiPolygon{box.ToPolygon()}})
		codes, corners = append(codes, code), append(corners, corner)
	}
	return codes, corners, areas
}

// bigHousehold stands in one of six hamlets of its kelurahan, mostly; one in fifty nowhere.
func bigHousehold(r *rand.Rand, area registry.AreaCode, corner orb.Point) registry.Record {
	var id registry.HouseholdID
	binary.BigEndian.PutUint64(id[:], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	h := registry.NewHousehold(id, area)
	if r.IntN(50) > 0 {
		x, y := r.Float64(), r.Float64()
		if hamlet := r.IntN(8); hamlet < 6 {
			x = (float64(hamlet%3)+0.5)/3 + r.NormFloat64()*0.05
			y = (float64(hamlet/3)+0.5)/2 + r.NormFloat64()*0.05
		}
		h.Located = true
		h.Point.Lon, h.Point.Lat = geo.ToE7(orb.Point{corner[0] + cellDegrees*math.Mod(math.Abs(x), 1), corner[1] + cellDegrees*math.Mod(math.Abs(y), 1)})
	}
	h.RW, h.RT = fmt.Sprintf("%03d", 1+r.IntN(12)), fmt.Sprintf("%03d", 1+r.IntN(15))
	h.Members = 1 + r.IntN(4) + r.IntN(4)
	h.HeadSex = registry.Sex(1 + r.IntN(6)/5)
	h.HeadAge = 20 + r.IntN(60)
	h.Decile = 1 + r.IntN(10)
	h.Expenditure = int64(200_000 * (1 + r.IntN(20)))
	for kind := range h.Persons {
		h.Persons[kind] = max(0, r.IntN(5)-2)
	}
	for d := range registry.Unserved {
		if r.IntN(20) > 0 {
			h.Known = h.Known.With(d)
			if r.IntN(8) == 0 {
				h.Deprived = h.Deprived.With(d)
			}
		}
	}
	return registry.Record{Household: h, Key: registry.RecordKey{r.Uint32(), r.Uint32()}}
}

func inStoredOrder(list []registry.Record, bound orb.Bound) {
	place := make(map[registry.HouseholdID]uint64, len(list))
	for _, h := range list {
		place[h.ID] = geo.HilbertIndex(h.Point.Point(), bound)
	}
	slices.SortFunc(list, func(a, b registry.Record) int {
		if a.Area != b.Area {
			return strings.Compare(string(a.Area), string(b.Area))
		}
		if x, y := place[a.ID], place[b.ID]; x != y {
			if x < y {
				return -1
			}
			return 1
		}
		return 0
	})
}

// probe is one set of arguments.
type probe struct {
	at      orb.Point
	box     registry.Filter // some 200 households
	polygon registry.Filter // 64 corners, some 5 % of the households
}

func (c *bigCity) probes() (p [32]probe) {
	r := rand.New(rand.NewPCG(3, 9))
	for i := range p {
		h := c.records[r.IntN(len(c.records))]
		for !h.Located {
			h = c.records[r.IntN(len(c.records))]
		}
		at := h.Point.Point()
		p[i].at = at
		half := c.sized(200, func(half float64) orb.Geometry { return boxAround(at, half) })
		b := boxAround(at, half)
		p[i].box = registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: b.Min[0], South: b.Min[1], East: b.Max[0], North: b.Max[1]}}}
		ring := func(radius float64) orb.Geometry { return polygonAround(at, radius, uint64(i)) }
		p[i].polygon = registry.Filter{Where: &registry.Spatial{CoveredBy: ring(c.sized(len(c.records)/20, ring))}}
	}
	return p
}

func boxAround(at orb.Point, half float64) orb.Bound {
	return orb.Bound{Min: orb.Point{at[0] - half, at[1] - half}, Max: orb.Point{at[0] + half, at[1] + half}}
}

func polygonAround(at orb.Point, radius float64, seed uint64) orb.Polygon {
	r := rand.New(rand.NewPCG(4, seed))
	var ring orb.Ring
	for corner := range 64 {
		a, d := float64(corner)/64*2*math.Pi, radius*(0.8+0.2*r.Float64())
		ring = append(ring, orb.Point{at[0] + d*math.Cos(a), at[1] + d*math.Sin(a)})
	}
	return orb.Polygon{append(ring, ring[0])}
}

// sized halves the way between too small and too large until the shape holds about as many households as wanted, judged by
// a sample of them.
func (c *bigCity) sized(want int, shape func(float64) orb.Geometry) float64 {
	low, high := 0.0, 2.0
	for range 16 {
		middle := (low + high) / 2
		g, n := geo.Prepare(shape(middle)), 0
		for i := range c.records {
			if h := &c.records[i]; h.Located && g.Bound().Contains(h.Point.Point()) && g.Covers(h.Point.Point()) {
				n++
			}
		}
		if n < want {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// bigSize is how many households plans are looked at with, and in how many kelurahan.
func bigSize() (households, kelurahan int) {
	if os.Getenv("KANTONG_LARGE") != "" {
		return 500_000, 390
	}
	return 100_000, 78
}
