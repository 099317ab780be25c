package disclosure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// town is a city behind a guard, with the engine that the guard asks.
type town struct {
	data  *registry.Dataset
	exact registry.Engine
	guard *Guard
}

func newTown(t testing.TB, role registry.Role, households int) town {
	t.Helper()
	d, records, enrolments := storetest.City(5, households)
	return townOf(t, role, d, records, enrolments)
}

func townOf(t testing.TB, role registry.Role, d *registry.Dataset, records []registry.Record, enrolments []registry.Enrolment) town {
	t.Helper()
	engine := storetest.NewReference(d, records, enrolments)
	f, _, err := newFrame(t.Context(), d, engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	policy := DefaultPolicy()
	noise, err := newNoises(policy)
	if err != nil {
		t.Fatal(err)
	}
	return town{d, engine, &Guard{engine: engine, data: d, frame: f, noise: noise, role: role, floor: policy.floor(role), kept: &kept{}}}
}

// counted are the measures that a guard answers.
const counted = registry.MeasureAll &^ registry.MeasureBenefits

func (w town) ask(t testing.TB, q registry.SummaryQuery) []registry.Cell {
	t.Helper()
	answers, err := w.guard.Summarise(t.Context(), []registry.SummaryQuery{q})
	if err != nil {
		t.Fatalf("%s by %v: %v", q.Filter, q.By, err)
	}
	return answers[0]
}

// count asks the engine of a filter's households.
func (w town) count(t testing.TB, f registry.Filter) registry.Tally {
	t.Helper()
	answers, err := w.exact.Summarise(t.Context(), []registry.SummaryQuery{{Filter: f}})
	if err != nil {
		t.Fatal(err)
	}
	return answers[0][0].Total
}

// expected is what a cell must show: its noise by the definition, and its floors. Each of without is the cell's filter
// without one of its attributes.
func (w town) expected(t testing.TB, cell, node registry.Filter, without ...registry.Filter) registry.Tally {
	t.Helper()
	of := func(c registry.Tally) (households, people int64) {
		return c.Households + w.guard.noise.households.deviation(c.Households, c.Keys[0]), c.People + w.guard.noise.people.deviation(c.People, c.Keys[1])
	}
	exact := w.count(t, cell)
	households, people := of(exact)
	least := households
	for _, f := range without {
		rest, _ := of(minus(w.count(t, f), exact))
		least = min(least, rest)
	}
	if least < w.guard.floor || w.count(t, node).Households < minBase {
		return registry.Tally{Status: registry.Suppressed}
	}
	if exact.People > 0 {
		people = max(people, households)
	}
	return registry.Tally{Households: households, People: people, Status: registry.Perturbed}
}

// summand is what a cell adds to a sum: its figure, or where that is below the floor nothing or the floor.
func (w town) summand(cell registry.Tally, floor int64) (households, people int64) {
	households, people = w.guard.noise.perturb(cell, false)
	if households >= floor {
		return households, people
	}
	if households > 0 && int64(mix(uint64(cell.Keys[0])<<32|uint64(cell.Keys[1]))%uint64(floor)) < households {
		return floor, people * floor / households
	}
	return 0, 0
}

func and(list ...registry.Filter) registry.Filter { return registry.Filter{And: list} }

func decile(d int) registry.Filter {
	return registry.Filter{Decile: &registry.IntRange{Min: &d, Max: &d}}
}

func deprived(d registry.Deprivation) registry.Filter {
	return registry.Filter{DeprivedIn: []registry.Deprivation{d}}
}

var byKelurahan = registry.Dimension{Kind: registry.ByArea, Level: registry.LevelKelurahan}

// TestSameFigureThroughEveryDoor asks for the same cells of two attributes in six ways, and compares each with what the
// definition gives.
func TestSameFigureThroughEveryDoor(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		w := newTown(t, role, 3000)
		shown, withheld := 0, 0
		for _, dep := range []registry.Deprivation{registry.UnsafeWater, registry.NoHealthInsurance} {
			byFilters := map[int][]registry.Cell{}
			byDecileFilter := map[int][]registry.Cell{}
			for d := 1; d <= 10; d++ {
				byFilters[d] = w.ask(t, registry.SummaryQuery{Filter: and(decile(d), deprived(dep)), By: []registry.Dimension{byKelurahan}})
				byDecileFilter[d] = w.ask(t, registry.SummaryQuery{Filter: decile(d), Measures: registry.MeasureDeprivations, By: []registry.Dimension{byKelurahan}})
			}
			measured := w.ask(t, registry.SummaryQuery{Filter: deprived(dep), Measures: registry.MeasureDeciles, By: []registry.Dimension{byKelurahan}})
			grouped := w.ask(t, registry.SummaryQuery{Filter: deprived(dep), By: []registry.Dimension{{Kind: registry.ByDecile}, byKelurahan}})
			groupedMeasure := w.ask(t, registry.SummaryQuery{Measures: registry.MeasureDeprivations, By: []registry.Dimension{byKelurahan, {Kind: registry.ByDecile}}})
			both := w.ask(t, registry.SummaryQuery{By: []registry.Dimension{{Kind: registry.ByDecile}, byKelurahan, {Kind: registry.ByDeprivation}}})
			areas := w.data.Areas.Level(registry.LevelKelurahan)
			for i, at := range areas {
				code := w.data.Areas.Area(at).Code
				node := registry.Filter{Areas: []registry.AreaCode{code}}
				for d := 1; d <= 10; d++ {
					want := w.expected(t, and(node, decile(d), deprived(dep)), node, and(node, decile(d)), and(node, deprived(dep)))
					if want.Status == registry.Suppressed {
						withheld++
					} else {
						shown++
					}
					for door, got := range map[string]registry.Tally{
						"filter":                   byFilters[d][i].Total,
						"decile filter, measure":   byDecileFilter[d][i].Deprived[dep],
						"deprived filter, measure": measured[i].Deciles[d],
						"grouped by decile":        grouped[d*len(areas)+i].Total,
						"grouped, measure":         groupedMeasure[i*11+d].Deprived[dep],
						"grouped by both":          both[(d*len(areas)+i)*registry.DeprivationCount+int(dep)].Total,
					} {
						if got != want {
							t.Errorf("%s, %s, decile %d, %s: %s gives %+v, want %+v", role, code, d, dep, door, got, want)
						}
					}
				}
			}
		}
		if shown < 20 || withheld < 20 {
			t.Errorf("%d shown and %d withheld: the city tests too little", shown, withheld)
		}
	}
}

// TestSingleAttributes compares measures and filters of one attribute, and ranges with the sums of their bands.
func TestSingleAttributes(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	everything := w.ask(t, registry.SummaryQuery{Measures: counted, By: []registry.Dimension{byKelurahan}})
	for i, at := range w.data.Areas.Level(registry.LevelKelurahan) {
		node := registry.Filter{Areas: []registry.AreaCode{w.data.Areas.Area(at).Code}}
		check := func(what string, got registry.Tally, f registry.Filter) {
			t.Helper()
			want := w.expected(t, and(node, f), node, node)
			if got.People = want.People; got != want { // of persons other people are counted
				t.Errorf("%s, %s: %+v, want %+v", node, what, got, want)
			}
			if again := w.ask(t, registry.SummaryQuery{Filter: and(node, f)})[0].Total; again.Households != want.Households || again.Status != want.Status {
				t.Errorf("%s, %s by filter: %+v, want %+v", node, what, again, want)
			}
		}
		for d := 1; d <= 10; d++ {
			check(fmt.Sprint("decile ", d), everything[i].Deciles[d], decile(d))
		}
		for d := range registry.Deprivation(registry.DeprivationCount) {
			check(d.String(), everything[i].Deprived[d], deprived(d))
		}
		for p := range w.data.Programs {
			check(w.data.Programs[p].Code, everything[i].Enrolled[p], registry.Filter{EnrolledIn: []string{w.data.Programs[p].Code}})
		}
		one := 1
		check("elderly", everything[i].Persons[registry.Elderly], registry.Filter{Elderly: &registry.IntRange{Min: &one}})

		four, sum := 4, int64(0)
		for d := 1; d <= four; d++ {
			households, _ := w.summand(w.count(t, and(node, decile(d))), 5)
			sum += households
		}
		ranged := w.ask(t, registry.SummaryQuery{Filter: and(node, registry.Filter{Decile: &registry.IntRange{Max: &four}})})[0].Total
		if ranged.Status == registry.Perturbed && ranged.Households != sum {
			t.Errorf("%s: decile 1 to 4 is %d, the sum of its bands %d", node, ranged.Households, sum)
		}
		members := w.ask(t, registry.SummaryQuery{Filter: and(node, registry.Filter{Members: &registry.IntRange{Min: &four}})})[0].Total
		five, six, seven := 5, 6, 7
		sum = 0
		for _, r := range []registry.IntRange{{Min: &four, Max: &four}, {Min: &five, Max: &six}, {Min: &seven}} {
			households, _ := w.summand(w.count(t, and(node, registry.Filter{Members: &r})), 5)
			sum += households
		}
		if members.Status == registry.Perturbed && members.Households != sum {
			t.Errorf("%s: four and more members are %d, the sum of their bands %d", node, members.Households, sum)
		}
	}
}

// TestRegionsAreSumsOfNodes compares what a partner is told of a region with the sum over its nodes.
func TestRegionsAreSumsOfNodes(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	b := w.data.Areas.Bound()
	c := b.Center()
	for _, where := range []registry.Spatial{
		{BBox: &registry.BBox{West: b.Min[0], South: b.Min[1], East: c[0], North: c[1]}},
		{BBox: &registry.BBox{West: -180, South: -90, East: 180, North: 90}},
		{Near: &registry.Near{Point: registry.Position{Longitude: c[0], Latitude: c[1]}, RadiusMeters: 1500}},
	} {
		for _, f := range []registry.Filter{{}, deprived(registry.UnsafeWater), decile(2)} {
			asked := f
			asked.Where = &where
			got := w.ask(t, registry.SummaryQuery{Filter: asked})[0]
			var households, people, rest int64
			nodes := w.guard.frame.cover(nil, &where)
			for _, n := range nodes {
				var cell, base registry.Tally
				for _, part := range w.guard.frame.nodes[n].parts {
					cell = plus(cell, w.count(t, and(part, f)))
					base = plus(base, w.count(t, part))
				}
				h, p := w.guard.noise.perturb(cell, false)
				if len(nodes) > 1 {
					h, p = w.summand(cell, 5)
				}
				households, people = households+h, people+p
				rest += w.guard.noise.households.of(minus(base, cell))
			}
			want := registry.Tally{Households: households, People: max(people, households), Status: registry.Perturbed}
			if households < 5 || f.String() != (registry.Filter{}).String() && rest < 5 {
				want = registry.Tally{Status: registry.Suppressed}
			}
			if got.Total != want {
				t.Errorf("%s: %+v, want %+v", asked, got.Total, want)
			}
			if got.Counted == nil || got.Counted.Blocks != w.guard.frame.leaves(nodes) || got.Counted.Blocks == 0 {
				t.Errorf("%s: counted %+v", asked, got.Counted)
			}
			shape, err := got.Counted.Geometry(t.Context())
			if err != nil || len(shape) == 0 {
				t.Errorf("%s: shape %v, %v", asked, shape, err)
			}
		}
	}
	nowhere := registry.Spatial{BBox: &registry.BBox{West: 0, South: 0, East: 1, North: 1}}
	if got := w.ask(t, registry.SummaryQuery{Filter: registry.Filter{Where: &nowhere}})[0]; got.Total.Status != registry.Suppressed || got.Counted.Blocks != 0 {
		t.Errorf("a region of no block shows %+v", got.Total)
	}
}

// TestHexagonsAreWholeBlocks adds up hexagons: every block is in one of them, and none is cut.
func TestHexagonsAreWholeBlocks(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	cells := w.ask(t, registry.SummaryQuery{By: []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 1000}}})
	blocks := 0
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for i, c := range cells {
		blocks += c.Counted.Blocks
		if share, err := c.Counted.Coverage(t.Context()); err != nil || share < 0 || share > 1 {
			t.Errorf("hexagon %v is covered %g, %v", c.Key.Hex, share, err)
		}
		if _, err := c.Counted.Coverage(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("coverage for nobody: %v", err)
		}
		if _, err := c.Counted.Geometry(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("a shape for nobody: %v", err)
		}
		if c.Total.Status == registry.Perturbed && c.Total.Households < 5 {
			t.Errorf("hexagon %v shows %d", c.Key.Hex, c.Total.Households)
		}
		if c.Key.NoHex && i != len(cells)-1 {
			t.Error("what has no location is not last")
		}
	}
	if want := w.guard.frame.leaves([]int{0}); blocks != want {
		t.Errorf("%d blocks in hexagons, the city has %d", blocks, want)
	}
}

// TestWhatIsNoSecret: zeros that the question itself makes are exact, others never show.
func TestWhatIsNoSecret(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	four := 4
	poor := w.ask(t, registry.SummaryQuery{Filter: registry.Filter{Decile: &registry.IntRange{Max: &four}}, Measures: registry.MeasureDeciles})[0]
	for d, tally := range poor.Deciles {
		if possible := d >= 1 && d <= 4; possible == (tally == registry.Tally{}) {
			t.Errorf("decile %d among those of decile 1 to 4: %+v", d, tally)
		}
	}
	if got := w.ask(t, registry.SummaryQuery{Filter: registry.Filter{DeprivedIn: []registry.Deprivation{}}})[0].Total; got != (registry.Tally{}) {
		t.Errorf("nobody is %+v", got)
	}
	eleven := 11
	if got := w.ask(t, registry.SummaryQuery{Filter: registry.Filter{Decile: &registry.IntRange{Min: &eleven}}})[0].Total; got != (registry.Tally{}) {
		t.Errorf("an impossible decile is %+v", got)
	}
	own := w.ask(t, registry.SummaryQuery{Filter: deprived(registry.UnsafeWater), Measures: registry.MeasureDeprivations})[0]
	if own.Deprived[registry.UnsafeWater] != own.Total || own.Known[registry.UnsafeWater] != own.Total {
		t.Errorf("the deprived among the deprived: %+v of %+v", own.Deprived[registry.UnsafeWater], own.Total)
	}
}

// TestRefusals are of questions finer than cells, each with the argument at fault and the nearest question.
func TestRefusals(t *testing.T) {
	text, zero, two, three, six := "003", 0, 2, 3, 6
	where := registry.Spatial{BBox: &registry.BBox{West: 106, South: -3, East: 107, North: -2}}
	kelurahan := []registry.Dimension{byKelurahan}
	score := registry.Filter{Score: &registry.Score{Of: []registry.Deprivation{1, 2}, Weights: []int64{1, 1}, AtLeast: 1}}
	for name, c := range map[string]struct {
		q     registry.SummaryQuery
		field string
		roles string // that are refused
	}{
		"alternatives":            {registry.SummaryQuery{Filter: registry.Filter{Or: []registry.Filter{decile(1), decile(2)}}}, "or", "PUBLIC PARTNER"},
		"alternatives inside":     {registry.SummaryQuery{Filter: and(registry.Filter{Or: []registry.Filter{decile(1)}})}, "and[0].or", "PUBLIC PARTNER"},
		"complement":              {registry.SummaryQuery{Filter: registry.Filter{Not: &registry.Filter{Decile: &registry.IntRange{Min: &three}}}}, "not", "PUBLIC PARTNER"},
		"neighbourhood":           {registry.SummaryQuery{Filter: registry.Filter{RT: &text}}, "rt", "PUBLIC PARTNER"},
		"community unit":          {registry.SummaryQuery{Filter: and(registry.Filter{RW: &text})}, "and[0].rw", "PUBLIC PARTNER"},
		"a rule with a place":     {registry.SummaryQuery{Filter: registry.Filter{EligibleFor: "RTLH"}}, "eligibleFor", "PUBLIC PARTNER"},
		"any of two deprivations": {registry.SummaryQuery{Filter: registry.Filter{DeprivedIn: []registry.Deprivation{1, 2}}}, "deprivedIn", "PUBLIC PARTNER"},
		"known in":                {registry.SummaryQuery{Filter: registry.Filter{KnownIn: []registry.Deprivation{1}}}, "knownIn", "PUBLIC PARTNER"},
		"a score":                 {registry.SummaryQuery{Filter: and(score)}, "and[0].score", "PUBLIC PARTNER"},
		"a score behind a rule":   {registry.SummaryQuery{Filter: registry.Filter{Not: &registry.Filter{EligibleFor: "PKH", Score: score.Score}}}, "not", "PUBLIC PARTNER"},
		"half a band":             {registry.SummaryQuery{Filter: registry.Filter{Members: &registry.IntRange{Min: &six}}}, "members", "PUBLIC PARTNER"},
		"two elderly":             {registry.SummaryQuery{Filter: registry.Filter{Elderly: &registry.IntRange{Min: &two}}}, "elderly", "PUBLIC PARTNER"},
		"any number of elderly":   {registry.SummaryQuery{Filter: registry.Filter{Elderly: &registry.IntRange{Min: &zero}}}, "elderly", "PUBLIC PARTNER"},
		"an odd line":             {registry.SummaryQuery{Lines: []int64{500_001}}, "lineRupiah", "PUBLIC PARTNER"},
		"sums of rupiah":          {registry.SummaryQuery{Measures: registry.MeasureBenefits}, "", "PUBLIC PARTNER"},
		"all measures":            {registry.SummaryQuery{Measures: registry.MeasureAll, By: kelurahan}, "", "PUBLIC PARTNER"},
		"a region":                {registry.SummaryQuery{Filter: registry.Filter{Where: &where}}, "where", "PUBLIC"},
		"two regions":             {registry.SummaryQuery{Filter: and(registry.Filter{Where: &where}, registry.Filter{Where: &where})}, "and[1].where", "PARTNER"},
		"hexagons":                {registry.SummaryQuery{By: []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 500}}}, "groupBy.hex", "PUBLIC"},
		"hexagons and areas":      {registry.SummaryQuery{By: []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 500}, byKelurahan}}, "groupBy", "PARTNER"},
		"two on blocks":           {registry.SummaryQuery{Filter: registry.Filter{Where: &where, Decile: decile(1).Decile}, Measures: registry.MeasurePrograms}, "decile", "PARTNER"},
		"three on kelurahan":      {registry.SummaryQuery{Filter: and(decile(1), deprived(2)), Measures: registry.MeasurePrograms, By: kelurahan}, "and[1].deprivedIn", "PUBLIC PARTNER"},
		"three on the city":       {registry.SummaryQuery{Filter: and(decile(1), deprived(2)), Measures: registry.MeasurePrograms}, "and[1].deprivedIn", "PUBLIC"},
		"four on the city":        {registry.SummaryQuery{Filter: and(decile(1), deprived(2), deprived(3)), By: []registry.Dimension{{Kind: registry.BySex}}}, "and[2].deprivedIn", "PUBLIC PARTNER"},
	} {
		for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
			w := newTown(t, role, 300)
			_, err := w.guard.Summarise(t.Context(), []registry.SummaryQuery{c.q})
			refused := slices.Contains(strings.Fields(c.roles), role.String())
			var field string
			if e, ok := err.(*registry.Error); ok {
				field = e.Field
			}
			switch {
			case refused && (registry.CodeOf(err) != registry.CodeDisclosureLimit || field != c.field):
				t.Errorf("%s as %s: %v (field %q, want %q)", name, role, err, field, c.field)
			case !refused && err != nil && role == registry.RolePartner:
				t.Errorf("%s as %s is refused: %v", name, role, err)
			}
		}
	}
}

// TestRowsAreRefused to everybody behind a guard.
func TestRowsAreRefused(t *testing.T) {
	for role, want := range map[registry.Role]registry.Code{registry.RolePublic: registry.CodeUnauthenticated, registry.RolePartner: registry.CodeForbidden, registry.RoleAuditor: registry.CodeForbidden} {
		g := newTown(t, role, 50).guard
		_, err1 := g.Rows(t.Context(), registry.RowsQuery{First: 1})
		_, err2 := g.Details(t.Context(), []registry.HouseholdID{{}}, 0)
		for _, err := range []error{err1, err2} {
			if registry.CodeOf(err) != want {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
}

// TestRuleOfThoseEnrolled: how many of those whom a programme enrols its rule means is shown although nearly all are, the
// same through every door.
func TestRuleOfThoseEnrolled(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	shown := 0
	for p := range w.data.Programs {
		code := w.data.Programs[p].Code
		eligible := registry.Filter{EligibleFor: code}
		if w.guard.checkRule(code) != nil {
			continue
		}
		enrolled := registry.Filter{EnrolledIn: []string{code}}
		byFilter := w.ask(t, registry.SummaryQuery{Filter: and(eligible, enrolled), By: []registry.Dimension{byKelurahan}})
		byMeasure := w.ask(t, registry.SummaryQuery{Filter: eligible, Measures: registry.MeasurePrograms, By: []registry.Dimension{byKelurahan}})
		byGroup := w.ask(t, registry.SummaryQuery{Filter: eligible, By: []registry.Dimension{byKelurahan, {Kind: registry.ByProgram}}})
		for i, at := range w.data.Areas.Level(registry.LevelKelurahan) {
			node := registry.Filter{Areas: []registry.AreaCode{w.data.Areas.Area(at).Code}}
			want := w.expected(t, and(node, eligible, enrolled), node, and(node, eligible))
			if want.Status == registry.Perturbed {
				shown++
			}
			for door, got := range map[string]registry.Tally{"filter": byFilter[i].Total, "measure": byMeasure[i].Enrolled[p], "group": byGroup[i*len(w.data.Programs)+p].Total} {
				if got != want {
					t.Errorf("%s, %s by %s: %+v, want %+v", node, code, door, got, want)
				}
			}
		}
	}
	if shown < 20 {
		t.Errorf("only %d shown: the city tests too little", shown)
	}
}

// TestNothingWithheldComesBack subtracts sums that differ in one area: what is left is no figure that is withheld by itself.
func TestNothingWithheldComesBack(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		w := newTown(t, role, 2500)
		nothing, least, many := 0, 0, 0
		level := w.data.Areas.Level(registry.LevelKelurahan)
		anchor := w.data.Areas.Area(level[0]).Code
		for d := range registry.Deprivation(registry.DeprivationCount) {
			with := func(codes ...registry.AreaCode) registry.Tally {
				return w.ask(t, registry.SummaryQuery{Filter: registry.Filter{Areas: codes, DeprivedIn: []registry.Deprivation{d}}})[0].Total
			}
			for _, at := range level[2:] {
				code, other := w.data.Areas.Area(at).Code, w.data.Areas.Area(level[1]).Code
				alone, both, rest := with(code), with(anchor, other, code), with(anchor, other)
				if alone.Status != registry.Suppressed || both.Status != registry.Perturbed || rest.Status != registry.Perturbed {
					continue
				}
				switch left := both.Households - rest.Households; {
				case left == 0:
					nothing++
				case left == w.guard.floor, left == minBase:
					least++
				case left < w.guard.floor:
					t.Errorf("%s, %s, %s: a difference of sums is %d", role, code, d, left)
				default:
					many++ // withheld for what it leaves of its base
				}
			}
		}
		if nothing == 0 || least == 0 {
			t.Errorf("%s: nothing %d times, the floor %d times, more %d times: the city tests too little", role, nothing, least, many)
		}
	}
}

// TestGroupsAreThoseOfTheEngine: a guard answers for the same groups in the same order.
func TestGroupsAreThoseOfTheEngine(t *testing.T) {
	w := newTown(t, registry.RolePartner, 1500)
	kecamatan := registry.Dimension{Kind: registry.ByArea, Level: registry.LevelKecamatan}
	some := []registry.AreaCode{"19.71.01.1003", "19.71.02"}
	for _, q := range []registry.SummaryQuery{
		{By: []registry.Dimension{byKelurahan}},
		{Filter: registry.Filter{Areas: some}, By: []registry.Dimension{byKelurahan}},
		{Filter: and(registry.Filter{Areas: some}), By: []registry.Dimension{kecamatan}},
		{Filter: and(registry.Filter{Areas: some}, registry.Filter{Areas: []registry.AreaCode{"19.71.02"}}), By: []registry.Dimension{{Kind: registry.ByDecile}, byKelurahan, {Kind: registry.BySex}}},
		{Filter: and(registry.Filter{EligibleFor: "AB"}, registry.Filter{Areas: some[1:]}), By: []registry.Dimension{byKelurahan, {Kind: registry.ByProgram}}},
		{By: []registry.Dimension{{Kind: registry.ByDeprivation}, {Kind: registry.BySex}}},
	} {
		if q.Filter.And != nil && q.Filter.And[0].EligibleFor != "" {
			q.Filter.And[0].EligibleFor = w.data.Programs[0].Code
		}
		exact, err := w.exact.Summarise(t.Context(), []registry.SummaryQuery{q})
		if err != nil {
			t.Fatal(err)
		}
		shown := w.ask(t, q)
		if len(shown) != len(exact[0]) {
			t.Errorf("%s by %v: %d groups, the engine has %d", q.Filter, q.By, len(shown), len(exact[0]))
			continue
		}
		for i := range shown {
			if shown[i].Key != exact[0][i].Key {
				t.Errorf("%s by %v: group %d is %+v, the engine's %+v", q.Filter, q.By, i, shown[i].Key, exact[0][i].Key)
			}
		}
	}
}

// TestNotDeprivedIsMeasuredByTheDeprived: where nobody is known to be deprived, the figure of the others would be that of
// all of whom it is known, and tell so.
func TestNotDeprivedIsMeasuredByTheDeprived(t *testing.T) {
	w := newTown(t, registry.RolePartner, 900)
	withheld := 0
	for d := range registry.Deprivation(registry.DeprivationCount) {
		not, known := registry.Filter{NotDeprivedIn: []registry.Deprivation{d}}, registry.Filter{KnownIn: []registry.Deprivation{d}}
		cells := w.ask(t, registry.SummaryQuery{Filter: not, By: []registry.Dimension{byKelurahan}})
		for i, at := range w.data.Areas.Level(registry.LevelKelurahan) {
			node := registry.Filter{Areas: []registry.AreaCode{w.data.Areas.Area(at).Code}}
			want := w.expected(t, and(node, not), node, and(node, known))
			if cells[i].Total != want {
				t.Errorf("%s not deprived in %s: %+v, want %+v", node, d, cells[i].Total, want)
			}
			if want.Status == registry.Suppressed {
				withheld++
			}
		}
	}
	if withheld < 5 {
		t.Errorf("only %d withheld: the city tests too little", withheld)
	}
}
