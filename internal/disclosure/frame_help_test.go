package disclosure

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"kantong/internal/columnar"
	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// state is a state of a city for frames.
type state struct {
	name       string
	dataset    *registry.Dataset
	households []registry.Record
	reference  bool // the dataset has no kelurahan, without which an engine in memory holds nobody
}

func (s *state) engine(t testing.TB) registry.Engine {
	t.Helper()
	if s.reference {
		return storetest.NewReference(s.dataset, s.households, nil)
	}
	byID := slices.SortedFunc(slices.Values(s.households), func(a, b registry.Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	e, err := columnar.Build(s.dataset, eachOf(byID), eachOf[registry.Enrolment](nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func eachOf[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (s *state) frame(t testing.TB, trees []registry.BlockTree) (*frame, []registry.BlockTree) {
	t.Helper()
	f, fresh, err := newFrame(context.Background(), s.dataset, s.engine(t), trees)
	if err != nil {
		t.Fatal(err)
	}
	return f, fresh
}

// cityState is a City of which every household has a location with a probability of so many percent.
func cityState(seed uint64, households, located int) state {
	s := state{name: fmt.Sprintf("%d households, %d %% located", households, located)}
	s.dataset, s.households, _ = storetest.City(seed, households)
	r := rand.New(rand.NewPCG(seed, 77))
	for i := range s.households {
		s.locate(r, i, r.IntN(100) < located)
	}
	return s
}

// locate moves a household to a random place of its kelurahan, or takes its location away.
func (s *state) locate(r *rand.Rand, i int, located bool) {
	h := &s.households[i]
	h.Located, h.Point = located, geo.PointE7{}
	if !located {
		return
	}
	at, _ := s.dataset.Areas.Find(h.Area)
	b := s.dataset.Areas.Area(at).Boundary.Bound()
	if b.IsZero() {
		b = s.dataset.Areas.Bound()
	}
	for k := range 2 {
		b.Min[k] += r.Float64() * (b.Max[k] - b.Min[k])
	}
	h.Point.Lon, h.Point.Lat = geo.ToE7(b.Min)
}

// with gives the state in another dataset, of areas alone.
func (s state) with(name string, t testing.TB, areas []registry.Area) state {
	index, err := registry.NewAreas(areas)
	if err != nil {
		t.Fatal(err)
	}
	s.name, s.dataset = name, &registry.Dataset{State: s.dataset.State, Areas: index, Version: name}
	return s
}

// states are those that every rule of a frame is tried on.
func states(t testing.TB) []state {
	list := []state{cityState(1, 4000, 0), cityState(2, 4000, 40), cityState(3, 4000, 100), cityState(4, 4000, 97), cityState(5, 4000, 3),
		cityState(6, 250, 60), cityState(7, 40, 50), cityState(8, 0, 0), cityState(9, 700, 50)}
	crowded := cityState(10, 3000, 100)
	crowded.name = "a few buildings"
	r := rand.New(rand.NewPCG(1, 1))
	for i := range crowded.households {
		crowded.households[i].Point = crowded.households[r.IntN(60)].Point
	}
	raw := state{name: "a city as it is, households out of place"}
	raw.dataset, raw.households, _ = storetest.City(11, 4000)
	far := state{name: "scattered over the globe", dataset: raw.dataset, households: slices.Clone(raw.households)}
	for i := range far.households {
		h := &far.households[i]
		h.Located, h.Point = i%5 > 0, geo.PointE7{Lon: r.Int32N(3_600_000_001-1_800_000_000) - 900_000_000, Lat: r.Int32N(1_800_000_001) - 900_000_000}
		if i%50 == 1 {
			h.Point = []geo.PointE7{{Lon: 180e7, Lat: 90e7}, {Lon: -180e7, Lat: -90e7}, {}}[i/50%3]
		}
	}
	// Units that nobody planned for: hundreds of them, of one family each.
	units := cityState(12, 1500, 20)
	units.name = "hundreds of units"
	for i := range units.households {
		units.households[i].RW, units.households[i].RT = "", fmt.Sprint(r.IntN(900))
	}
	part := cityState(15, 3000, 50)
	part.name = "one kelurahan without locations"
	for i := range part.households {
		if h := &part.households[i]; h.Area == "19.71.02.1001" {
			h.Located, h.Point = false, geo.PointE7{}
		}
	}
	list = append(list, crowded, raw, far, units, part)
	small := cityState(13, 900, 50)
	var kelurahan, mixed []registry.Area
	for i := range small.dataset.Areas.Len() {
		a := *small.dataset.Areas.Area(i)
		if a.Level() == registry.LevelKelurahan {
			kelurahan = append(kelurahan, a)
		}
		if a.Level() != registry.LevelKecamatan {
			mixed = append(mixed, a)
		}
	}
	list = append(list, small.with("kelurahan alone", t, kelurahan), small.with("no kecamatan", t, mixed))
	kota := small.with("a kota alone", t, []registry.Area{{Code: "19.71", Boundary: small.dataset.Areas.Area(1).Boundary}})
	kota.reference = true
	few := cityState(14, 300, 50)
	few.name, few.reference = "asked of the reference", true
	return append(list, kota, few)
}
