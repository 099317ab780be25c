package disclosure

import (
	"math"
	"slices"
	"testing"

	"kantong/internal/registry"
)

func (w town) report(t *testing.T, policy Policy) *Report {
	t.Helper()
	last, all := int64(-1), int64(0)
	r, err := w.guard.report(t.Context(), policy, func(done, total int64) {
		if done <= last || done > total {
			t.Errorf("%d of %d places after %d", done, total, last)
		}
		last, all = done, total
	})
	if err != nil || last != all {
		t.Fatalf("%d of %d places, %v", last, all, err)
	}
	return r
}

// as is the guard of another role on the same town.
func (w town) as(role registry.Role) town {
	g := *w.guard
	policy := DefaultPolicy()
	g.role, g.floor, g.kept = role, policy.floor(role), &kept{}
	w.guard = &g
	return w
}

// check compares a table of the report with figures that were asked for through the front doors, by category, and gives
// how many are withheld.
func check(t *testing.T, r *Report, role registry.Role, level, table string, places int, categories [][]figure) (withheld int) {
	t.Helper()
	u := r.Find(role, level, table)
	if u == nil {
		t.Fatalf("no table of %s per %s for %s", table, level, role)
	}
	n, off, shown := 0, 0.0, 0
	for _, c := range categories {
		if !slices.ContainsFunc(c, func(f figure) bool { return f.truth > 0 }) {
			continue
		}
		for _, f := range c {
			if n++; f.hidden {
				withheld++
				continue
			}
			shown, off = shown+1, off+math.Abs(f.shown-f.truth)
		}
	}
	if u.Places != places || u.Figures != n || math.Abs(u.Suppressed-float64(withheld)/float64(n)) > 1e-12 || !is(u.MeanAbsoluteError, off/float64(shown)) {
		t.Errorf("%s, %s per %s: %+v (mean error %v), want %d places, %d figures, %d withheld, mean error %g", role, table, level, *u, text(u.MeanAbsoluteError), places, n, withheld, off/float64(shown))
	}
	return withheld
}

// TestReportIsOfWhatIsShown compares tables with what engine and guard answer when asked for them.
func TestReportIsOfWhatIsShown(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	r := w.report(t, DefaultPolicy())
	kelurahan := len(w.data.Areas.Level(registry.LevelKelurahan))
	ask := func(e registry.Engine, q registry.SummaryQuery) []registry.Cell {
		answers, err := e.Summarise(t.Context(), []registry.SummaryQuery{q})
		if err != nil {
			t.Fatal(err)
		}
		return answers[0]
	}
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		guard := w.as(role).guard
		q := registry.SummaryQuery{By: []registry.Dimension{byKelurahan}, Measures: registry.MeasureDeprivations | registry.MeasurePersons}
		exact, shown := ask(w.exact, q), ask(guard, q)
		total, deprivations, persons := make([][]figure, 1), make([][]figure, registry.DeprivationCount), make([][]figure, registry.PersonKindCount)
		for i := range exact {
			add := func(list [][]figure, k int, is, seen int64, status registry.FigureStatus) {
				list[k] = append(list[k], figure{float64(is), float64(seen), status == registry.Suppressed})
			}
			add(total, 0, exact[i].Total.Households, shown[i].Total.Households, shown[i].Total.Status)
			for d := range deprivations {
				add(deprivations, d, exact[i].Deprived[d].Households, shown[i].Deprived[d].Households, shown[i].Deprived[d].Status)
			}
			for k := range persons {
				add(persons, k, exact[i].Persons[k].People, shown[i].Persons[k].People, shown[i].Persons[k].Status)
			}
		}
		check(t, r, role, "KELURAHAN", TableFamilies, kelurahan, total)
		check(t, r, role, "KELURAHAN", "deprivation", kelurahan, deprivations)
		check(t, r, role, "KELURAHAN", "persons of a kind", kelurahan, persons)

		q = registry.SummaryQuery{By: []registry.Dimension{{Kind: registry.ByDecile}, {Kind: registry.ByDeprivation}, byKelurahan}}
		exact, shown = ask(w.exact, q), ask(guard, q)
		two := make([][]figure, 11*registry.DeprivationCount)
		for i := range exact {
			two[i/kelurahan] = append(two[i/kelurahan], figure{float64(exact[i].Total.Households), float64(shown[i].Total.Households), !shown[i].Total.Status.HasValue()})
		}
		if withheld := check(t, r, role, "KELURAHAN", "decile × deprivation", kelurahan, two); withheld < 100 {
			t.Errorf("%s: %d withheld: the city tests too little", role, withheld)
		}

		var reach [][]figure
		for _, p := range w.data.Programs {
			part := registry.SummaryQuery{Filter: registry.Filter{EligibleFor: p.Code, EnrolledIn: []string{p.Code}}, By: []registry.Dimension{byKelurahan}}
			whole := registry.SummaryQuery{Filter: registry.Filter{EligibleFor: p.Code}, By: part.By}
			if guard.checkRule(p.Code) != nil {
				continue
			}
			var rates []figure
			exactPart, exactWhole, shownPart, shownWhole := ask(w.exact, part), ask(w.exact, whole), ask(guard, part), ask(guard, whole)
			for i := range exactPart {
				is, seen := registry.Ratio(exactPart[i].Total, exactWhole[i].Total), registry.Ratio(shownPart[i].Total, shownWhole[i].Total)
				rates = append(rates, figure{100 * is.Value, 100 * seen.Value, !seen.Status.HasValue()})
			}
			reach = append(reach, rates)
		}
		check(t, r, role, "KELURAHAN", "reach of programmes", kelurahan, reach)
	}
}

// TestReportOfBlocks counts every block by its definition.
func TestReportOfBlocks(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	r := w.report(t, DefaultPolicy())
	var families, water []figure
	for _, n := range w.guard.frame.nodes {
		if !n.leaf || n.households == 0 {
			continue
		}
		var base, cell registry.Tally
		for _, part := range n.parts {
			base, cell = plus(base, w.count(t, part)), plus(cell, w.count(t, and(part, deprived(registry.UnsafeWater))))
		}
		of := w.guard.noise.households.of
		families = append(families, figure{float64(base.Households), float64(of(base)), n.households < minBase || of(base) < 5})
		water = append(water, figure{float64(cell.Households), float64(of(cell)), n.households < minBase || of(cell) < 5 || of(minus(base, cell)) < 5})
	}
	check(t, r, registry.RolePartner, LevelBlock, TableFamilies, len(families), [][]figure{families})
	if u := r.Find(registry.RolePartner, LevelBlock, "deprivation"); u.Figures < len(water) || utility([][]figure{water}).Suppressed == 0 {
		t.Errorf("%+v", u)
	}
}

// TestReportKeepsToWhatRolesMayAsk: nobody chooses noise by a table that nobody gets.
func TestReportKeepsToWhatRolesMayAsk(t *testing.T) {
	w := newTown(t, registry.RolePartner, 1000)
	r := w.report(t, DefaultPolicy())
	for level, partners := range map[string]map[string]bool{ // table: partners only
		"KABUPATEN_KOTA": {"people": false, "persons of a kind": false, "reach of programmes": false},
		"KECAMATAN":      {"decile": false, "decile × sex of head × deprivation": true},
		"KELURAHAN":      {"decile × deprivation": false, "programme enrolment": false},
		LevelBlock:       {TableFamilies: true, "deprivation": true},
	} {
		for table, only := range partners {
			if r.Find(registry.RolePartner, level, table) == nil || (r.Find(registry.RolePublic, level, table) == nil) != only {
				t.Errorf("%s per %s", table, level)
			}
		}
	}
	if r.Find(registry.RolePartner, LevelBlock, "reach of programmes") != nil || r.Find(registry.RolePartner, "KELURAHAN", "decile × sex of head × deprivation") != nil {
		t.Error("a table is reported that is refused")
	}
	roles := make([]string, len(r.Tables))
	for i, u := range r.Tables {
		roles[i] = u.Role
	}
	if !slices.Equal(slices.Compact(roles), []string{"PUBLIC", "PARTNER"}) {
		t.Errorf("not by role: %v", roles)
	}
}

// TestReportTellsPoliciesApart: less noise is nearer to the truth, a higher floor withholds more.
func TestReportTellsPoliciesApart(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	usual := w.report(t, DefaultPolicy()).Find(registry.RolePartner, "KELURAHAN", "deprivation")
	narrow := NewPolicy(Noise{MaxDeviation: 5, Variance: 2})
	noise, err := newNoises(narrow)
	if err != nil {
		t.Fatal(err)
	}
	w.guard.noise = noise
	less := w.report(t, narrow).Find(registry.RolePartner, "KELURAHAN", "deprivation")
	if *less.MeanAbsoluteError >= *usual.MeanAbsoluteError || *less.MedianRelativeError >= *usual.MedianRelativeError {
		t.Errorf("noise of variance 2: %v and %v, of 25: %v and %v", *less.MeanAbsoluteError, *less.MedianRelativeError, *usual.MeanAbsoluteError, *usual.MedianRelativeError)
	}
	narrow.FloorPartner = 40
	if high := w.report(t, narrow).Find(registry.RolePartner, "KELURAHAN", "deprivation"); high.Suppressed <= less.Suppressed {
		t.Errorf("a floor of 40 withholds %g, one of 5 %g", high.Suppressed, less.Suppressed)
	}
}
