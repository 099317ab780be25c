package storetest

import (
	"fmt"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// world is everything a state holds.
type world struct {
	name       string
	seed       uint64
	dataset    *registry.Dataset
	households []registry.Record
	enrolments []registry.Enrolment
	filters    int // how many random filters are tried on it
}

// worlds are the states that every check of the engine suite runs on.
func worlds() []world {
	city := func(name string, seed uint64, households, filters int) world {
		w := world{name: name, seed: seed, filters: filters}
		w.dataset, w.households, w.enrolments = City(seed, households)
		return w
	}
	nowhere := city("no household located", 3, 60, 150)
	for i := range nowhere.households {
		h := &nowhere.households[i]
		h.Located, h.Point = false, geo.PointE7{}
	}
	// Households on both sides of the antimeridian, at the poles and at 0,0: the registry takes any place on the globe.
	scattered := city("scattered over the globe", 4, 80, 250)
	far := []geo.PointE7{{Lon: 180e7, Lat: -2e7}, {Lon: -180e7, Lat: -2e7}, {Lon: 1799999999, Lat: 1}, {Lon: -1799999999, Lat: -1},
		{}, {Lon: 106e7, Lat: 90e7}, {Lon: -74e7, Lat: -90e7}, {Lon: -74e7, Lat: 40e7}}
	for i := range scattered.households {
		if i%3 == 0 {
			h := &scattered.households[i]
			h.Located, h.Point = true, far[i/3%len(far)]
		}
	}
	return []world{city("city", 1, 400, 2000), city("empty edition", 2, 0, 100), nowhere, scattered, oneArea()}
}

// oneArea is an edition of one kelurahan, neither its parents nor a boundary, with as many programmes as there may be.
func oneArea() world {
	w := world{name: "one area", seed: 5, filters: 150}
	_, w.households, _ = City(w.seed, 40)
	var programs []registry.Program
	for i := range registry.MaxPrograms {
		programs = append(programs, registry.Program{Code: fmt.Sprintf("P%02d", i), Name: "P", Pillar: registry.PillarHealth,
			FunderKind: registry.FunderPrivate, Year: 2025, Eligibility: registry.Filter{Decile: atMost(i % 10)}})
	}
	w.dataset = dataset("one-area", []registry.Area{{Code: "19.71.01.1001", Name: "Kelurahan"}}, programs)
	for i := range w.households {
		h := &w.households[i]
		h.Area = "19.71.01.1001"
		w.enrolments = append(w.enrolments, registry.Enrolment{Household: h.ID, Program: programs[len(programs)-1-i].Code,
			Status: registry.EnrolmentActive, Persons: registry.UnknownInt, Rupiah: registry.UnknownInt})
	}
	return w
}
