package pockets

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"kantong/internal/columnar"
	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// city is what an edition holds, with the engine in memory over it.
type city struct {
	*registry.View
	households []registry.Record // by id
	enrolments map[registry.HouseholdID][]registry.Enrolment
}

// newCity takes contents in any order.
func newCity(tb testing.TB, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) *city {
	tb.Helper()
	c := &city{households: slices.Clone(households), enrolments: map[registry.HouseholdID][]registry.Enrolment{}}
	slices.SortFunc(c.households, func(a, b registry.Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for _, e := range enrolments {
		c.enrolments[e.Household] = append(c.enrolments[e.Household], e)
	}
	e, err := columnar.Build(d, func(yield func(registry.Record, error) bool) {
		for _, h := range c.households {
			if !yield(h, nil) {
				return
			}
		}
	}, func(yield func(registry.Enrolment, error) bool) {
		for _, h := range c.households {
			list := slices.Clone(c.enrolments[h.ID])
			slices.SortStableFunc(list, func(a, b registry.Enrolment) int {
				return compareTexts(a.Program+string(a.Since), b.Program+string(b.Since))
			})
			for _, one := range list {
				if !yield(one, nil) {
					return
				}
			}
		}
	}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	c.View = &registry.View{Dataset: d, Engine: e}
	return c
}

func compareTexts(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) }

// changed is a city of the reference suite after a change to each household; its kelurahan are packed closely enough for pockets.
func changed(tb testing.TB, seed uint64, households int, change func(r *rand.Rand, h *registry.Household)) *city {
	d, records, enrolments := storetest.City(seed, households)
	r := rand.New(rand.NewPCG(seed, 80))
	for i := range records {
		change(r, &records[i].Household)
	}
	return newCity(tb, d, records, enrolments)
}

func asItIs(*rand.Rand, *registry.Household) {}

func nowhere(_ *rand.Rand, h *registry.Household) { h.Located, h.Point = false, geo.PointE7{} }

func withoutUnits(r *rand.Rand, h *registry.Household) {
	nowhere(r, h)
	h.RW, h.RT = "", ""
}

func atOnePoint(_ *rand.Rand, h *registry.Household) {
	h.Located, h.Point = true, geo.PointE7{Lon: 1_061_000_000, Lat: -22_000_000}
}

func inOneArea(_ *rand.Rand, h *registry.Household) { h.Area = "19.71.01.1001" }

func unknown(_ *rand.Rand, h *registry.Household) {
	*h = registry.NewHousehold(h.ID, h.Area)
}

// keeps tells whether a filter keeps a household.
func (c *city) keeps(f registry.Filter, h registry.Record) bool {
	return storetest.Matches(c.Dataset, f, h, c.enrolments[h.ID])
}

// deprivations of a household with UNSERVED, which the release decides.
func (c *city) deprivations(h registry.Record) (deprived, known registry.DeprivationSet) {
	deprived, known = h.Deprived, h.Known
	if h.Decile == registry.UnknownInt {
		return deprived, known
	}
	served := slices.ContainsFunc(c.enrolments[h.ID], func(e registry.Enrolment) bool { return e.Status == registry.EnrolmentActive })
	if known = known.With(registry.Unserved); h.Decile <= 4 && !served {
		deprived = deprived.With(registry.Unserved)
	}
	return deprived, known
}

// otherwise is a view whose engine answers Points in another way.
func otherwise(v *registry.View, points func(context.Context, registry.PointsQuery) ([]registry.WeightedPoint, error)) *registry.View {
	return &registry.View{Dataset: v.Dataset, Engine: &answering{v.Engine, points}}
}

type answering struct {
	registry.Engine
	points func(context.Context, registry.PointsQuery) ([]registry.WeightedPoint, error)
}

func (a *answering) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	return a.points(ctx, q)
}
