package disclosure

import (
	"math/rand/v2"
	"strings"
	"testing"

	"kantong/internal/poverty"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// planned is the published index.
var planned = registry.PlanIndex()

var (
	poor   = registry.Filter{Score: &planned}
	judged = registry.Filter{KnownIn: planned.Of}
	others = registry.Filter{KnownIn: planned.Of, Not: &registry.Filter{Score: &planned}}
)

// surveyedTown is a town that knows of nine families in ten all that the published index asks.
func surveyedTown(t testing.TB, role registry.Role, households int) town {
	t.Helper()
	d, records, enrolments := storetest.City(7, households)
	r := rand.New(rand.NewPCG(7, 8))
	for i := range records {
		h := &records[i].Household
		if r.IntN(10) == 0 {
			continue
		}
		often := func(most int) bool { return r.IntN(most) > 0 }
		if h.Members == registry.UnknownInt {
			h.Members = 4
		}
		h.Working, h.HeadWorking = 1, registry.AnswerOf(often(5))
		if h.HeadWorking == registry.No && r.IntN(2) == 0 {
			h.Working = 0
		}
		h.Persons[registry.OutOfSchool], h.Persons[registry.Stunted] = min(1, r.IntN(6)/5), min(1, r.IntN(9)/8)
		h.NineYearsSchooling, h.HealthInsured = registry.AnswerOf(often(3)), registry.AnswerOf(often(4))
		h.FloorAreaM2 = float64(h.Members) * (6 + 6*r.Float64())
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		h.Water, h.Sanitation, h.Fuel = pick("piped", "piped", "surface"), pick("pit", "private_septic"), pick("gas", "gas", "gas", "wood")
		h.Derive()
	}
	return townOf(t, role, d, records, enrolments)
}

func (w town) kelurahan() (list []registry.Filter) {
	for _, at := range w.data.Areas.Level(registry.LevelKelurahan) {
		list = append(list, registry.Filter{Areas: []registry.AreaCode{w.data.Areas.Area(at).Code}})
	}
	return list
}

// range_ is what a sum of cells must show, at least one for each band of an attribute, where each rest is enough.
func (w town) range_(t testing.TB, node registry.Filter, bands []registry.Filter, rests ...registry.Tally) registry.Tally {
	t.Helper()
	out := registry.Tally{Status: registry.Perturbed}
	base := w.count(t, node).Households
	floor := w.guard.floor
	if base < minBase {
		floor = max(floor, minBase)
	}
	for _, b := range bands {
		households, people := w.summand(w.count(t, and(node, b)), floor)
		out.Households, out.People = out.Households+households, out.People+people
	}
	least := out.Households
	for _, rest := range rests {
		least = min(least, w.guard.noise.households.of(rest))
	}
	if base < minBase || least < w.guard.floor {
		return registry.Tally{Status: registry.Suppressed}
	}
	out.People = max(out.People, out.Households)
	return out
}

// TestPublishedIndex compares what is shown of the poor and the judged of every kelurahan with the definition: the poor
// are a cell, measured by those who are judged and not poor, and the judged are the sum of both.
func TestPublishedIndex(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		for what, w := range map[string]town{"sparse": newTown(t, role, 3000), "surveyed": surveyedTown(t, role, 1500)} {
			by := []registry.Dimension{byKelurahan}
			both := w.ask(t, registry.SummaryQuery{Filter: and(poor, judged), By: by})
			swapped := w.ask(t, registry.SummaryQuery{Filter: registry.Filter{KnownIn: planned.Of, Score: &planned}, By: by})
			queries := poverty.Queries(planned, registry.Filter{}, by)
			queries[1].Measures = 0
			base, poorCells := w.ask(t, queries[0]), w.ask(t, queries[1])
			shown, withheld := 0, 0
			for i, node := range w.kelurahan() {
				wantPoor := w.expected(t, and(node, poor), node, and(node, judged))
				for door, got := range map[string]registry.Tally{"filter": poorCells[i].Total, "joined": both[i].Total, "swapped": swapped[i].Total,
					"area": w.ask(t, registry.SummaryQuery{Filter: and(poor, node)})[0].Total} {
					if got != wantPoor {
						t.Errorf("%s, %s, %s: poor by %s %+v, want %+v", role, what, node, door, got, wantPoor)
					}
				}
				rest := minus(w.count(t, and(node, judged)), w.count(t, and(node, poor)))
				if want := w.range_(t, node, []registry.Filter{others, poor}, rest); base[i].Total != want {
					t.Errorf("%s, %s, %s: judged %+v, want %+v", role, what, node, base[i].Total, want)
				}
				if wantPoor.Status == registry.Perturbed {
					shown++
				} else {
					withheld++
				}
			}
			if what == "surveyed" && shown < 8 || what == "sparse" && withheld < 3 {
				t.Errorf("%s, %s: %d shown and %d withheld: the city tests too little", role, what, shown, withheld)
			}
		}
	}
}

// TestDeprivedAmongThePoor compares each censored count through three doors with the definition. Of those deprived in an
// indicator some must be poor and some not, and of the poor some must not be deprived in it.
func TestDeprivedAmongThePoor(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		w := surveyedTown(t, role, 1500)
		by := []registry.Dimension{byKelurahan}
		measured := w.ask(t, poverty.Queries(planned, registry.Filter{}, by)[1])
		grouped := w.ask(t, registry.SummaryQuery{Filter: poor, By: []registry.Dimension{byKelurahan, {Kind: registry.ByDeprivation}}})
		judgedCells := w.ask(t, registry.SummaryQuery{Filter: judged, By: by, Measures: registry.MeasureDeprivations})
		shown, withheld := 0, 0
		for d := range registry.Deprivation(registry.DeprivationCount) {
			filtered := w.ask(t, registry.SummaryQuery{Filter: and(deprived(d), poor), By: by})
			for i, node := range w.kelurahan() {
				cell, base, both := and(node, poor, deprived(d)), and(node, judged, deprived(d)), and(node, poor)
				want := w.expected(t, cell, node, base, both)
				asked := map[string]registry.Tally{"measure": measured[i].Deprived[d], "group": grouped[i*registry.DeprivationCount+int(d)].Total}
				// By filter the base beside the poor is everybody deprived, of whom it need not be known: never less.
				if filtered[i].Total != w.expected(t, cell, node, base, both) {
					t.Errorf("%s, %s, poor and %s by filter: %+v, want %+v", role, node, d, filtered[i].Total, want)
				}
				for door, got := range asked {
					if got != want {
						t.Errorf("%s, %s, poor and %s by %s: %+v, want %+v", role, node, d, door, got, want)
					}
				}
				if want.Status == registry.Perturbed {
					shown++
				} else {
					withheld++
				}
				all := w.count(t, base)
				wantJudged := w.range_(t, node, []registry.Filter{and(others, deprived(d)), and(poor, deprived(d))},
					minus(all, w.count(t, cell)), minus(w.count(t, and(node, judged)), all))
				if got := judgedCells[i].Deprived[d]; got != wantJudged {
					t.Errorf("%s, %s, judged and %s: %+v, want %+v", role, node, d, got, wantJudged)
				}
			}
		}
		t.Logf("%s: %d counts of deprived poor shown, %d withheld", role, shown, withheld)
		if shown < 20 || withheld < 20 {
			t.Error("the city tests too little")
		}
	}
}

// TestNotPoorIsNoLeftover subtracts the poor from the judged, those deprived too, alone and in sums of kelurahan that
// differ in one: what is left is nothing, the floor, or a figure that would be shown.
func TestNotPoorIsNoLeftover(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		alone, nothing, least := 0, 0, 0
		for _, w := range []town{newTown(t, role, 3000), surveyedTown(t, role, 1500)} {
			areas := w.kelurahan()
			subtract := func(list ...registry.Filter) (left []int64, ok bool) {
				in := registry.Filter{}
				for _, f := range list {
					in.Areas = append(in.Areas, f.Areas...)
				}
				base := w.ask(t, registry.SummaryQuery{Filter: and(in, judged), Measures: registry.MeasureDeprivations})[0]
				cell := w.ask(t, registry.SummaryQuery{Filter: and(in, poor), Measures: registry.MeasureDeprivations})[0]
				difference := func(a, b registry.Tally) int64 {
					if a.Status != registry.Perturbed || b.Status != registry.Perturbed {
						return -1
					}
					return a.Households - b.Households
				}
				left = append(left, difference(base.Total, cell.Total))
				for _, d := range planned.Of {
					left = append(left, difference(base.Deprived[d], cell.Deprived[d]))
				}
				return left, base.Total.Status == registry.Perturbed
			}
			for i := 2; i < len(areas); i++ {
				single, _ := subtract(areas[i])
				for _, n := range single {
					switch {
					case n >= 0 && n < w.guard.floor:
						t.Errorf("%s, %s: judged less poor is %d", role, areas[i], n)
					case n >= 0:
						alone++
					}
				}
				with, ok := subtract(areas[0], areas[1], areas[i])
				rest, _ := subtract(areas[0], areas[1])
				if !ok {
					continue
				}
				for k := range with {
					if with[k] < 0 || rest[k] < 0 || single[k] >= 0 {
						continue
					}
					switch n := with[k] - rest[k]; {
					case n == 0:
						nothing++
					case n == w.guard.floor, n == minBase:
						least++
					case n < w.guard.floor:
						t.Errorf("%s, %s: a difference of sums leaves %d not poor", role, areas[i], n)
					}
				}
			}
		}
		t.Logf("%s: %d by themselves, of sums nothing %d times and the floor %d times", role, alone, nothing, least)
		if alone < 20 || nothing < 20 || least < 10 {
			t.Error("the cities test too little")
		}
	}
}

// TestWhatIndicatorsImply: whoever is deprived in two of the heavier indicators is poor. Among those judged that would be
// known of each, so neither figure shows, however many they are.
func TestWhatIndicatorsImply(t *testing.T) {
	w := surveyedTown(t, registry.RolePartner, 1500)
	weight := map[registry.Deprivation]int64{}
	for i, d := range planned.Of {
		if weight[d] = planned.Weights[i]; weight[d] >= planned.AtLeast {
			t.Errorf("%s alone makes poor: whoever is judged and deprived in it is known to be poor", d)
		}
	}
	tried := 0
	for i, a := range planned.Of {
		for _, b := range planned.Of[i+1:] {
			if weight[a]+weight[b] < planned.AtLeast || w.count(t, and(judged, deprived(a), deprived(b))).Households < 30 {
				continue
			}
			tried++
			for _, of := range []registry.Filter{poor, judged} {
				for _, q := range []registry.SummaryQuery{{Filter: and(of, deprived(a), deprived(b))}, {Filter: and(of, deprived(b)), Measures: registry.MeasureDeprivations}} {
					got := w.ask(t, q)[0]
					if tally := got.Total; q.Measures == 0 && tally.Status != registry.Suppressed || q.Measures != 0 && got.Deprived[a].Status != registry.Suppressed {
						t.Errorf("%s: %+v", q.Filter, got)
					}
				}
			}
		}
	}
	if tried < 2 {
		t.Errorf("%d pairs: the city tests too little", tried)
	}
}

// TestIndexOnRegions: on blocks one attribute is answered, the poor but not what they are deprived in.
func TestIndexOnRegions(t *testing.T) {
	w := surveyedTown(t, registry.RolePartner, 1500)
	b := w.data.Areas.Bound()
	where := registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: b.Min[0], South: b.Min[1], East: b.Center()[0], North: b.Max[1]}}}
	hexes := []registry.Dimension{registry.HexesOf(1000)}
	shown := 0
	for _, q := range []registry.SummaryQuery{{Filter: and(where, poor)}, {Filter: and(where, judged)}, {Filter: poor, By: hexes}, {Filter: judged, By: hexes}} {
		for _, c := range w.ask(t, q) {
			if c.Total.Status == registry.Perturbed {
				shown++
			}
		}
	}
	if shown < 8 {
		t.Errorf("%d shown", shown)
	}
	for name, q := range map[string]registry.SummaryQuery{
		"a region": {Filter: and(where, poor), Measures: registry.MeasureDeprivations},
		"hexagons": {Filter: poor, By: hexes, Measures: registry.MeasureDeprivations},
		"judged":   {Filter: judged, By: hexes, Measures: registry.MeasureDeprivations},
	} {
		_, err := w.guard.Summarise(t.Context(), []registry.SummaryQuery{q})
		if registry.CodeOf(err) != registry.CodeDisclosureLimit || !strings.Contains(err.Error(), "multidimensional poverty, deprivation") {
			t.Errorf("%s with deprivations: %v", name, err)
		}
	}
}

// TestOtherIndexes are refused, and which one is answered is said. One attribute is one however it is asked for.
func TestOtherIndexes(t *testing.T) {
	change := func(to func(*registry.Score)) registry.Filter {
		s := registry.PlanIndex()
		to(&s)
		return registry.Filter{Score: &s}
	}
	by := []registry.Dimension{byKelurahan}
	for name, c := range map[string]struct {
		q     registry.SummaryQuery
		field string
	}{
		"another cutoff":      {registry.SummaryQuery{Filter: change(func(s *registry.Score) { s.AtLeast++ })}, "score"},
		"another weight":      {registry.SummaryQuery{Filter: change(func(s *registry.Score) { s.Weights[0]++ })}, "score"},
		"one fewer":           {registry.SummaryQuery{Filter: change(func(s *registry.Score) { s.Of, s.Weights = s.Of[1:], s.Weights[1:] })}, "score"},
		"another order":       {registry.SummaryQuery{Filter: change(func(s *registry.Score) { s.Of[0], s.Of[1] = s.Of[1], s.Of[0] })}, "score"},
		"one fewer known":     {registry.SummaryQuery{Filter: and(registry.Filter{KnownIn: planned.Of[1:]})}, "and[0].knownIn"},
		"one more known":      {registry.SummaryQuery{Filter: registry.Filter{KnownIn: append(planned.Of[:len(planned.Of):len(planned.Of)], registry.EarthFloor)}}, "knownIn"},
		"beside one's own":    {registry.SummaryQuery{Filter: and(poor, change(func(s *registry.Score) { s.AtLeast-- }))}, "and[1].score"},
		"a complement":        {registry.SummaryQuery{Filter: registry.Filter{Not: &poor}}, "not"},
		"three on kelurahan":  {registry.SummaryQuery{Filter: and(poor, decile(1)), Measures: registry.MeasureDeprivations, By: by}, "and[1].decile"},
		"and those not known": {registry.SummaryQuery{Filter: and(judged, registry.Filter{Not: &judged})}, "and[1].not"},
	} {
		for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
			w := newTown(t, role, 300)
			_, err := w.guard.Summarise(t.Context(), []registry.SummaryQuery{c.q})
			e, ok := err.(*registry.Error)
			if !ok || e.Code != registry.CodeDisclosureLimit || e.Field != c.field {
				t.Errorf("%s as %s: %v, want a limit of %s", name, role, err, c.field)
				continue
			}
			if last := e.Field[max(0, len(e.Field)-5):]; (last == "score" || last == "ownIn") && !strings.Contains(e.Message, "multidimensional without input") {
				t.Errorf("%s: %s", name, e.Message)
			}
		}
	}
	w := newTown(t, registry.RolePublic, 300)
	w.ask(t, registry.SummaryQuery{Filter: and(poor, judged, decile(1)), By: by}) // two attributes
}
