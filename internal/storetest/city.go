package storetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// City makes a small made-up city: 13 mapped kelurahan in three kecamatan, one that nobody has mapped, eight programmes
// and as many households as asked for, with enrolments of every status. Equal arguments give an equal city.
//
// Corners of the kelurahan are whole multiples of 1/128 degree, which both 7 decimals and binary fractions hold exactly.
// So points can lie exactly on an edge, even on a slanting one, and every correct engine must agree that they do.
func City(seed uint64, households int) (*registry.Dataset, []registry.Record, []registry.Enrolment) {
	r := rand.New(rand.NewPCG(seed, 1))
	nodes := jitteredNodes(r)
	d := dataset(fmt.Sprintf("city-%d", seed), cityAreas(nodes), cityPrograms())
	records := cityHouseholds(r, d, nodes, households)
	return d, records, cityEnrolments(r, d, records)
}

// dataset puts the parts of a published state together.
func dataset(id string, areas []registry.Area, programs []registry.Program) *registry.Dataset {
	index, err := registry.NewAreas(areas)
	if err != nil {
		panic(err) // the areas are made here
	}
	at := time.Date(2025, 10, 31, 9, 0, 0, 0, time.UTC)
	return &registry.Dataset{
		State: registry.State{
			Edition: registry.Edition{ID: id, Label: "City " + id, Source: "made up", AsOf: "2025-09-30", Synthetic: true, PublishedAt: &at},
			Release: registry.Release{ID: "2025-10", EnrolmentsAsOf: "2025-10-31", PublishedAt: &at},
			Hash:    id,
		},
		Areas:    index,
		Programs: programs,
		Indicators: []registry.AreaIndicator{
			{Area: areas[0].Code, Code: "p0_percent", Year: 2024, Value: 4.52, Unit: "percent"},
			{Area: areas[0].Code, Code: "poverty_line", Year: 2025, Value: 956_990, Unit: "rupiah a person a month"},
		},
		Version: id,
	}
}

const (
	cityColumns, cityRows = 4, 3
	cityKecamatan         = cityRows
	nodeStep              = 8 // lattice units between corners of kelurahan, before they are moved a little
)

// cityOrigin is the south-west corner in lattice units: 106.0 east, 2.25 south.
var cityOrigin = [2]int{106 * 128, -288}

// lattice is a position in units of 1/128 degree.
type lattice struct{ x, y int }

func (l lattice) point() orb.Point { return orb.Point{float64(l.x) / 128, float64(l.y) / 128} }

type cityNodes [cityColumns + 1][cityRows + 1]lattice

func jitteredNodes(r *rand.Rand) (n cityNodes) {
	for i := range n {
		for j := range n[i] {
			n[i][j] = lattice{cityOrigin[0] + nodeStep*i + r.IntN(5) - 2, cityOrigin[1] + nodeStep*j + r.IntN(5) - 2}
		}
	}
	return n
}

func ring(corners ...lattice) orb.Ring {
	out := orb.Ring{}
	for _, c := range append(corners, corners[0]) {
		out = append(out, c.point())
	}
	return out
}

// square is the counter-clockwise ring around a centre.
func square(x, y, half int) orb.Ring {
	return ring(lattice{x - half, y - half}, lattice{x + half, y - half}, lattice{x + half, y + half}, lattice{x - half, y + half})
}

func cityAreas(n cityNodes) []registry.Area {
	area := func(code registry.AreaCode, name string, boundary orb.MultiPolygon) registry.Area {
		a := registry.Area{Code: code, Name: name, BPSCode: "1971", Boundary: boundary, Source: "made up"}
		if boundary != nil {
			a.AreaKm2, a.Label = geo.AreaKm2(boundary), boundary.Bound().Center()
		} else {
			a.Label = n[0][0].point()
		}
		return a
	}
	// Published polygons of a kota and its kecamatan don't agree with the kelurahan in them; neither do these.
	x0, y0 := cityOrigin[0], cityOrigin[1]
	box := func(south, north int) orb.MultiPolygon {
		return orb.MultiPolygon{{ring(lattice{x0, south}, lattice{x0 + cityColumns*nodeStep, south}, lattice{x0 + cityColumns*nodeStep, north}, lattice{x0, north})}}
	}
	list := []registry.Area{
		area("19", "Provinsi", nil),
		area("19.71", "Kota", box(y0, y0+cityRows*nodeStep)),
	}
	for j := range cityRows {
		kecamatan := registry.AreaCode(fmt.Sprintf("19.71.%02d", j+1))
		list = append(list, area(kecamatan, fmt.Sprintf("Kecamatan %d", j+1), box(y0+j*nodeStep, y0+(j+1)*nodeStep)))
		for i := range cityColumns {
			code := kecamatan + registry.AreaCode(fmt.Sprintf(".%d", 1001+2*i))
			if i == cityColumns-1 && j == cityRows-1 {
				code = kecamatan + ".2001" // a desa: sorts last though its last digits are the first
			}
			shape := orb.MultiPolygon{{ring(n[i][j], n[i+1][j], n[i+1][j+1], n[i][j+1])}}
			switch {
			case i == 1 && j == 1: // surrounds another kelurahan
				x, y := x0+nodeStep*3/2, y0+nodeStep*3/2
				hole := square(x, y, 1)
				hole.Reverse()
				shape[0] = append(shape[0], hole)
				list = append(list, area(kecamatan+".1009", "Enclave", orb.MultiPolygon{{square(x, y, 1)}}))
			case i == 3 && j == 0: // has an island
				shape = append(shape, orb.Polygon{square(x0+nodeStep*cityColumns+8, y0, 1)})
			}
			list = append(list, area(code, fmt.Sprintf("Kelurahan %d-%d", j+1, i+1), shape))
		}
	}
	return append(list, area("19.71.03.1011", "Unmapped", nil))
}
