package pockets

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// plainPocket is what plain loops say of a pocket.
type plainPocket struct {
	unit    Unit
	members []registry.Record
	core    int
	place   registry.Place
}

// plainPockets takes the located ones from the definition, and the others by where they are registered.
func (c *city) plainPockets(q Question) (pockets []plainPocket, kept []registry.Record) {
	var located []registry.Record
	var points []Point
	units := map[string][]registry.Record{}
	for _, h := range c.households {
		if !c.keeps(q.Filter, h) {
			continue
		}
		kept = append(kept, h)
		switch {
		case h.Located:
			located = append(located, h)
			points = append(points, Point{ID: h.ID, At: h.Point, Households: 1})
		case h.RT != "":
			units[fmt.Sprintf("%s %q %q", h.Area, h.RW, h.RT)] = append(units[fmt.Sprintf("%s %q %q", h.Area, h.RW, h.RT)], h)
		default:
			units[string(h.Area)] = append(units[string(h.Area)], h)
		}
	}
	core, found := brute(points, Options{RadiusMeters: q.RadiusMeters, MinWeight: int64(q.MinHouseholds)})
	for _, p := range found {
		one := plainPocket{unit: UnitHousehold}
		for _, m := range p.Members {
			one.members = append(one.members, located[m])
			if core[m] {
				one.core++
			}
		}
		pockets = append(pockets, one)
	}
	for _, members := range units {
		one := plainPocket{UnitKelurahan, members, 0, registry.Place{}}
		if members[0].RT != "" {
			one.unit, one.place = UnitRT, registry.Place{RW: members[0].RW, RT: members[0].RT}
		}
		if len(members) >= q.MinHouseholds {
			pockets = append(pockets, one)
		}
	}
	return pockets, kept
}

// share is deprived among known, by plain loops.
func (c *city) share(d registry.Deprivation, of []registry.Record) registry.Rate {
	var part, whole float64
	for _, h := range of {
		deprived, known := c.deprivations(h)
		if known.Has(d) {
			whole++
		}
		if known.Has(d) && deprived.Has(d) {
			part++
		}
	}
	if whole == 0 {
		return registry.Rate{Status: registry.UnknownFigure}
	}
	return registry.Rate{Value: part / whole}
}

func tallyOf(of []registry.Record) (t registry.Tally) {
	for _, h := range of {
		t.Households++
		t.People += int64(max(h.Members, 0))
	}
	return t
}

// compareWithLoops fails unless the survey says what plain loops say. It gives the number of pockets of each unit.
func (c *city) compareWithLoops(t *testing.T, q Question) (units [UnitKelurahan + 1]int) {
	t.Helper()
	s := survey(t, c.View, q)
	want, kept := c.plainPockets(q)
	if len(s.Pockets) != len(want) {
		t.Fatalf("%+v: %d pockets, want %d", q, len(s.Pockets), len(want))
	}
	numberOf := map[registry.HouseholdID]int{}
	for _, m := range s.members {
		numberOf[m.id] = m.pocket
	}
	program := c.Programs[q.MinHouseholds%len(c.Programs)].Code
	unreached, err := s.Unreached(t.Context(), program)
	if err != nil {
		t.Fatal(err)
	}
	var inPockets []registry.Record
	for _, w := range want {
		number, is := numberOf[w.members[0].ID]
		if !is {
			t.Fatalf("%s is in no pocket", w.members[0].ID)
		}
		for _, h := range w.members {
			if numberOf[h.ID] != number {
				t.Fatalf("%s is in pocket %d, want %d", h.ID, numberOf[h.ID], number)
			}
			delete(numberOf, h.ID)
		}
		c.comparePocket(t, s.Pockets[number], w, kept)
		missed := slices.DeleteFunc(slices.Clone(w.members), func(h registry.Record) bool {
			return !c.keeps(registry.Filter{EligibleFor: program, NotEnrolledIn: []string{program}}, h)
		})
		if unreached[number] != tallyOf(missed) {
			t.Fatalf("unreached in pocket %d: %+v, want %+v", number, unreached[number], tallyOf(missed))
		}
		inPockets = append(inPockets, w.members...)
		units[w.unit]++
	}
	if len(numberOf) > 0 || s.InPockets != tallyOf(inPockets) {
		t.Fatalf("%d households too many in pockets; %+v in pockets, want %+v", len(numberOf), s.InPockets, tallyOf(inPockets))
	}
	where := map[bool][]registry.Record{}
	for _, h := range kept {
		where[h.Located] = append(where[h.Located], h)
	}
	if s.Located != tallyOf(where[true]) || s.Unlocated != tallyOf(where[false]) || s.Blocks {
		t.Fatalf("located %+v, unlocated %+v, want %+v and %+v", s.Located, s.Unlocated, tallyOf(where[true]), tallyOf(where[false]))
	}
	if !slices.IsSortedFunc(s.Pockets, func(a, b *SurveyPocket) int {
		return cmp.Or(cmp.Compare(b.Total.Households, a.Total.Households), cmp.Compare(a.ID, b.ID))
	}) {
		t.Fatal("pockets are not in order")
	}
	return units
}

func (c *city) comparePocket(t *testing.T, p *SurveyPocket, w plainPocket, kept []registry.Record) {
	t.Helper()
	byArea := map[registry.AreaCode][]registry.Record{}
	for _, h := range w.members {
		byArea[h.Area] = append(byArea[h.Area], h)
	}
	want := SurveyPocket{ID: p.ID, Unit: w.unit, Total: tallyOf(w.members), Core: registry.Rate{Status: registry.UnknownFigure}, Center: p.Center,
		RW: w.place.RW, RT: w.place.RT, hull: p.hull, hullKm2: p.hullKm2}
	for code, members := range byArea {
		want.Areas = append(want.Areas, PocketArea{code, tallyOf(members)})
	}
	slices.SortFunc(want.Areas, func(a, b PocketArea) int {
		return cmp.Or(cmp.Compare(b.Total.Households, a.Total.Households), cmp.Compare(a.Area, b.Area))
	})
	for d := range registry.Deprivation(registry.DeprivationCount) {
		share, all := c.share(d, w.members), c.share(d, kept)
		mark := Mark{d, share, registry.Rate{Status: registry.UnknownFigure}}
		if share.Status == registry.Exact && all.Value > 0 {
			mark.Lift = registry.Rate{Value: share.Value / all.Value}
		}
		want.profile = append(want.profile, mark)
	}
	if w.unit == UnitHousehold {
		want.Core = registry.Rate{Value: float64(w.core) / float64(len(w.members))}
	} else {
		at, _ := c.Areas.Find(w.members[0].Area)
		area := c.Areas.Area(at)
		if want.Area, want.Center = area.Code, area.Label; w.unit == UnitKelurahan {
			want.boundaryOf = area
		}
	}
	if !reflect.DeepEqual(*p, want) {
		t.Fatalf("got %+v\nwant %+v", *p, want)
	}
	drawn, err := p.Geometry(t.Context())
	km2, areaErr := p.AreaKm2(t.Context())
	_, isHull := drawn.(orb.Polygon)
	_, isBoundary := drawn.(orb.MultiPolygon)
	switch {
	case err != nil || areaErr != nil:
		t.Fatal(err, areaErr)
	case isHull && w.unit != UnitHousehold, isBoundary && w.unit != UnitKelurahan, (km2 > 0) != (drawn != nil):
		t.Fatalf("unit %s is drawn as %T of %g km²", p.Unit, drawn, km2)
	case w.unit == UnitKelurahan && (drawn == nil) != (want.boundaryOf.Boundary == nil):
		t.Fatalf("a kelurahan is drawn as %v", drawn)
	}
}
