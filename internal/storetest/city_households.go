package storetest

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// citySecrets make the record keys of a City.
var citySecrets = registry.Secrets{ID: [][]byte{[]byte("city id")}, Record: []byte("city record")}

func cityHouseholds(r *rand.Rand, d *registry.Dataset, nodes cityNodes, n int) []registry.Record {
	kelurahan := d.Areas.Level(registry.LevelKelurahan)
	clusters := make([]orb.Point, 6)
	for i := range clusters {
		b := d.Areas.Bound()
		clusters[i] = orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
	}
	records := make([]registry.Record, 0, n)
	for i := range n {
		h := registry.NewHousehold(cityID(r, i, n), d.Areas.Area(kelurahan[r.IntN(len(kelurahan))]).Code)
		if r.IntN(8) > 0 {
			h.Located = true
			h.Point.Lon, h.Point.Lat = geo.ToE7(cityPoint(r, nodes, clusters, records))
			// Most households are recorded where they stand, some in a kelurahan elsewhere.
			if at, ok := d.Areas.At(h.Point.Point(), registry.LevelKelurahan); ok && r.IntN(8) > 0 {
				h.Area = d.Areas.Area(at).Code
			}
		}
		randomAttributes(r, &h)
		if i == 0 { // the largest numbers that the registry takes, with the widest gap to a poverty line
			h.Members, h.Expenditure, h.Decile = registry.MaxMembers, 0, 1
		}
		h.Derive()
		records = append(records, registry.Record{Household: h, Key: citySecrets.RecordKey(h.ID)})
	}
	return records
}

// cityID gives random ids with the extremes among them, and pairs that differ in the last byte only.
func cityID(r *rand.Rand, i, n int) (id registry.HouseholdID) {
	switch {
	case i == 0:
		return id
	case i == n-1:
		for k := range id {
			id[k] = 0xff
		}
		return id
	case i%10 == 1:
		binary.BigEndian.PutUint64(id[:], uint64(i))
		id[15] = 1
		return id
	case i%10 == 2:
		binary.BigEndian.PutUint64(id[:], uint64(i-1))
		id[15] = 0x80
		return id
	}
	binary.BigEndian.PutUint64(id[:], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], uint64(i)<<32|uint64(r.Uint32()))
	return id
}

// cityPoint gives places in clusters and, often, places that are easy to get wrong: corners, edges, and another's place.
func cityPoint(r *rand.Rand, nodes cityNodes, clusters []orb.Point, earlier []registry.Record) orb.Point {
	i, j := r.IntN(cityColumns), r.IntN(cityRows)
	a, b := nodes[i][j], nodes[i+1][j]
	if r.IntN(2) == 0 {
		b = nodes[i][j+1]
	}
	switch r.IntN(10) {
	case 0:
		return a.point()
	case 1: // the middle of an edge, exactly on it where it is a lattice point
		return lattice{(a.x + b.x) >> 1, (a.y + b.y) >> 1}.point()
	case 2: // the hole and the enclave in it
		return lattice{cityOrigin[0] + 11 + r.IntN(3), cityOrigin[1] + 11 + r.IntN(3)}.point()
	case 3, 4:
		if len(earlier) > 0 {
			if h := earlier[r.IntN(len(earlier))]; h.Located {
				return h.Point.Point()
			}
		}
	}
	c := clusters[r.IntN(len(clusters))]
	return orb.Point{c[0] + r.NormFloat64()*0.004, c[1] + r.NormFloat64()*0.004}
}

// randomAttributes fills a household with possible values, leaving about a fifth of them unknown.
func randomAttributes(r *rand.Rand, h *registry.Household) {
	known := func() bool { return r.IntN(5) > 0 }
	number := func(to *int, least, most int) {
		if known() {
			*to = least + r.IntN(most-least+1)
		}
	}
	if known() {
		h.RW, h.RT = fmt.Sprintf("%03d", r.IntN(4)), []string{"1", "01", "001", "1 ", "a", "A"}[r.IntN(6)]
	}
	number(&h.Members, 1, 9)
	number(&h.HeadAge, 17, 95)
	number(&h.Decile, 1, 10)
	number(&h.WorkingAge, 0, 4)
	number(&h.Working, 0, 3)
	number(&h.PowerVA, 0, 1300)
	h.HeadSex = registry.Sex(r.IntN(3))
	for _, a := range []*registry.Answer{&h.HeadWorking, &h.Savings, &h.NineYearsSchooling, &h.HealthInsured, &h.DisabledSupported} {
		*a = registry.Answer(r.IntN(3))
	}
	if known() {
		h.Expenditure = []int64{550_000, 549_999, 550_001, r.Int64N(3_000_000), registry.MaxExpenditureRupiah}[r.IntN(5)]
	}
	most := 4
	if h.Members != registry.UnknownInt {
		most = min(most, h.Members)
	}
	for k := range h.Persons {
		number(&h.Persons[k], 0, most)
	}
	for _, part := range [][2]registry.PersonKind{{registry.OutOfSchool, registry.SchoolAge}, {registry.Stunted, registry.UnderFive}} {
		if whole := h.Persons[part[1]]; whole != registry.UnknownInt {
			h.Persons[part[0]] = min(h.Persons[part[0]], whole)
		}
	}
	for i, class := range h.Classes() {
		if known() {
			*class = registry.Vocabulary[i].Classes[r.IntN(len(registry.Vocabulary[i].Classes))]
		}
	}
	if known() {
		h.Score = r.NormFloat64()
	}
	if known() {
		h.FloorAreaM2 = math.Round(r.Float64()*1000) / 10
	}
}
