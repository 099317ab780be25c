package pockets

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func TestSurveyIsPlainLoops(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*rand.Rand, *registry.Household)
		units  []Unit // that must turn up
	}{
		{"city", asItIs, []Unit{UnitHousehold, UnitRT, UnitKelurahan}},
		{"no location", nowhere, []Unit{UnitRT, UnitKelurahan}},
		{"neither location nor unit", withoutUnits, []Unit{UnitKelurahan}},
		{"all at one point", atOnePoint, []Unit{UnitHousehold}},
		{"one area", inOneArea, []Unit{UnitHousehold, UnitRT, UnitKelurahan}},
		{"everything unknown", unknown, []Unit{UnitKelurahan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var units [UnitKelurahan + 1]int
			for seed := range uint64(3) {
				city := changed(t, 200+seed, 250, c.change)
				r := rand.New(rand.NewPCG(seed, 81))
				filters := []registry.Filter{{}, {Decile: &registry.IntRange{Max: new(4)}}, {Areas: []registry.AreaCode{}}}
				for range 12 {
					filters = append(filters, storetest.RandomFilter(r, city.Dataset, city.households))
				}
				for _, f := range filters {
					q := Question{Filter: f, RadiusMeters: 50 + 400*r.Float64(), MinHouseholds: 1 + r.IntN(6)}
					for unit, n := range city.compareWithLoops(t, q) {
						units[unit] += n
					}
				}
			}
			for _, u := range c.units {
				if units[u] < 10 {
					t.Errorf("only %d pockets of unit %s were compared", units[u], u)
				}
			}
		})
	}
}

func TestSurveyOfAnyOrderIsTheSame(t *testing.T) {
	c := changed(t, 210, 400, asItIs)
	r := rand.New(rand.NewPCG(1, 82))
	shuffled := otherwise(c.View, func(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
		points, err := c.Engine.Points(ctx, q)
		r.Shuffle(len(points), func(i, k int) { points[i], points[k] = points[k], points[i] })
		return points, err
	})
	q := Question{RadiusMeters: 300, MinHouseholds: 3}
	want := survey(t, c.View, q)
	for range 5 {
		got := survey(t, shuffled, q)
		if !reflect.DeepEqual(got.Pockets, want.Pockets) || !slices.Equal(got.members, want.members) || !slices.Equal(got.Notes, want.Notes) {
			t.Fatal("another order gives another survey")
		}
		a, _ := got.Unreached(t.Context(), "AB")
		b, err := want.Unreached(t.Context(), "AB")
		if err != nil || !slices.Equal(a, b) {
			t.Fatalf("unreached %v, want %v: %v", a, b, err)
		}
	}
}

// TestNoPocketIsSmallerThanTheMinimum: a core in the middle has four neighbours, each of which lives nearer to a core of a pocket
// of its own. What would be left of its pocket is a single household.
func TestNoPocketIsSmallerThanTheMinimum(t *testing.T) {
	var at []geo.PointE7
	place := func(east, north float64) {
		const perMeter = 1 / 111_195.0
		at = append(at, geo.PointE7{Lon: int32((106 + east*perMeter) * 1e7), Lat: int32(north * perMeter * 1e7)})
	}
	place(0, 0)
	for _, to := range [][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		for _, meters := range []float64{90, 175, 235, 235, 235, 235} {
			place(meters*to[0], meters*to[1])
		}
	}
	next := 0
	c := changed(t, 215, len(at), func(_ *rand.Rand, h *registry.Household) {
		h.Located, h.Point = true, at[next]
		next++
	})
	s := survey(t, c.View, Question{RadiusMeters: 100, MinHouseholds: 5})
	var sizes []int64
	for _, p := range s.Pockets {
		sizes = append(sizes, p.Total.Households)
	}
	note := "Left out: 1 pocket of fewer than 5 households, since those at the border live nearer to another."
	if !slices.Equal(sizes, []int64{6, 6, 6, 6}) || !slices.Contains(s.Notes, note) || s.Located.Households != 25 {
		t.Errorf("pockets of %v households, notes %q", sizes, s.Notes)
	}
}

// TestIDNamesTheMembers in whichever question they are found together, and is no household's.
func TestIDNamesTheMembers(t *testing.T) {
	c := changed(t, 211, 400, asItIs)
	members := map[string]string{} // of an id
	pockets, again := 0, 0
	for _, radius := range []float64{50, 100, 150, 150, 400} {
		for _, least := range []int{1, 4} {
			s := survey(t, c.View, Question{RadiusMeters: radius, MinHouseholds: least})
			lists := make([]strings.Builder, len(s.Pockets))
			for _, m := range s.members {
				lists[m.pocket].WriteString(m.id.String())
			}
			for i, p := range s.Pockets {
				list, seen := members[p.ID]
				if seen && list != lists[i].String() || len(p.ID) != 16 || strings.Contains(lists[i].String(), p.ID) {
					t.Fatalf("id %s names %s and %s", p.ID, list, lists[i].String())
				}
				if members[p.ID] = lists[i].String(); seen {
					again++
				}
				pockets++
			}
		}
	}
	lists := map[string]bool{}
	for _, list := range members {
		lists[list] = true
	}
	if again < 50 || len(lists) != len(members) {
		t.Errorf("%d of %d pockets were met again; %d ids of %d sets of members", again, pockets, len(members), len(lists))
	}
}

func TestSurveyRefuses(t *testing.T) {
	c := changed(t, 212, 50, asItIs)
	failing := func(err error) *registry.View {
		return otherwise(c.View, func(context.Context, registry.PointsQuery) ([]registry.WeightedPoint, error) { return nil, err })
	}
	for _, test := range []struct {
		name  string
		view  *registry.View
		q     Question
		code  registry.Code
		field string
	}{
		{"no radius", c.View, Question{MinHouseholds: 1}, registry.CodeBadUserInput, "radiusMeters"},
		{"too far", c.View, Question{RadiusMeters: 10_000.5, MinHouseholds: 1}, registry.CodeBadUserInput, "radiusMeters"},
		{"nobody", c.View, Question{RadiusMeters: 1}, registry.CodeBadUserInput, "minHouseholds"},
		{"too many", c.View, Question{RadiusMeters: 1, MinHouseholds: 1_000_001}, registry.CodeBadUserInput, "minHouseholds"},
		{"an area that is none", c.View, Question{Filter: registry.Filter{Areas: []registry.AreaCode{"99"}}, RadiusMeters: 1, MinHouseholds: 1}, registry.CodeNotFound, "filter.areas[0]"},
		{"no key", failing(registry.Errorf(registry.CodeUnauthenticated, "", "send a key")), Question{RadiusMeters: 1, MinHouseholds: 1}, registry.CodeUnauthenticated, ""},
		{"no purpose", failing(registry.Errorf(registry.CodeForbidden, "Kantong-Purpose", "state one")), Question{RadiusMeters: 1, MinHouseholds: 1}, registry.CodeForbidden, "Kantong-Purpose"},
	} {
		s, err := TakeSurvey(t.Context(), test.view, test.q)
		var refusal *registry.Error
		if s != nil || !errors.As(err, &refusal) || refusal.Code != test.code || refusal.Field != test.field {
			t.Errorf("%s: %v, %v", test.name, s, err)
		}
	}
	calls := 0
	refusing := otherwise(c.View, func(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
		if calls++; calls > 1 {
			return nil, registry.Errorf(registry.CodeDisclosureLimit, "eligibleFor", "no")
		}
		return c.Points(ctx, q)
	})
	if tallies, err := survey(t, refusing, Question{RadiusMeters: 100, MinHouseholds: 1}).Unreached(t.Context(), "AB"); registry.CodeOf(err) != registry.CodeDisclosureLimit {
		t.Errorf("households that are refused: %v, %v", tallies, err)
	}
	s := survey(t, c.View, Question{RadiusMeters: 10_000, MinHouseholds: 1_000_000})
	_, err := s.Unreached(t.Context(), "NOPE")
	var refusal *registry.Error
	if !errors.As(err, &refusal) || refusal.Code != registry.CodeNotFound || refusal.Field != "program" {
		t.Errorf("an unknown programme: %v", err)
	}
}

// TestWhatASurveyAsks of the engine, and that what it shows as one is said in every question. Blocks are asked for once: the
// rest is asked of groups of them.
func TestWhatASurveyAsks(t *testing.T) {
	c := changed(t, 214, 300, asItIs)
	f := registry.Filter{Areas: []registry.AreaCode{"19.71.01"}, Decile: &registry.IntRange{Max: new(4)}}
	missed := registry.Join(&f, &registry.Filter{EligibleFor: "AB", NotEnrolledIn: []string{"AB"}})
	first := registry.PointsQuery{Filter: f, Unlocated: true, Together: 7}
	for _, test := range []struct {
		view *registry.View
		want []registry.PointsQuery
	}{
		{c.View, []registry.PointsQuery{first, {Filter: missed, Unlocated: true, Together: 7}}},
		{c.byBlocks(), []registry.PointsQuery{first}},
	} {
		var asked []registry.PointsQuery
		s := survey(t, otherwise(test.view, func(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
			asked = append(asked, q)
			return test.view.Points(ctx, q)
		}), Question{Filter: f, RadiusMeters: 200, MinHouseholds: 7})
		if _, err := s.Unreached(t.Context(), "AB"); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(asked, test.want) {
			t.Errorf("asked %+v\nwant %+v", asked, test.want)
		}
	}
}

func TestSurveyEndsWithItsContext(t *testing.T) {
	v := newPlain(24_000).view(t)
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	q := Question{RadiusMeters: 150, MinHouseholds: 15, Progress: func(int, int) {
		told++
		cancel()
	}}
	if s, err := TakeSurvey(ctx, v, q); s != nil || !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("%v, %v, told %d times", s, err, told)
	}
	late := otherwise(v, func(_ context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
		return v.Points(context.Background(), q)
	})
	if s, err := TakeSurvey(ctx, late, q); s != nil || !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("a context that has ended: %v, %v, told %d times", s, err, told)
	}
}

func TestProgressOfASurvey(t *testing.T) {
	for name, v := range map[string]*registry.View{"a city": newPlain(24_000).view(t), "nobody": changed(t, 213, 0, asItIs).View} {
		var parts []float64
		survey(t, v, Question{RadiusMeters: 300, MinHouseholds: 500, Progress: func(done, total int) {
			parts = append(parts, float64(done)/float64(total))
		}})
		if len(parts) < 2 || !slices.IsSorted(parts) || parts[len(parts)-1] != 1 || parts[len(parts)-2] == 1 {
			t.Errorf("%s: progress %v", name, parts)
		}
	}
}
