package graph_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// everyMethod asks of every method at once, at the levels of an edition that may have little in it.
const everyMethod = `query($city: AreaCode!) {
  summary { households { value } multidimensional { headcountRatio { value status } intensity { value status } lowestHeadcountRatio { value } highestHeadcountRatio { value } contributions { share { value } } leftOut { value } }
    poverty(lineRupiah: 950000) { headcount { value status } headcountInterval { lower upper status } gapInterval { lower upper } severityInterval { lower upper } } }
  rates(measure: {deprivation: UNSAFE_WATER}) { raw { value } smoothed { value } lower { value } upper { value } n { value } }
  hotspots(measure: {deprivation: UNSAFE_WATER}, permutations: 99) { global { moranI z p } notes areas { value { value status } z pAdjusted classification } }
  hexes: hotspots(measure: {share: {meeting: {decile: {max: 2}}}}, hex: M500, permutations: 99) { notes areas { hex { id } value { value } z } }
  priorities(input: {draws: 99}) { ranked { rank rankLow score probabilityTop(k: 3) note contributions { normalised weighted } } criteria { weight note } sensitivity { rankCorrelation } }
  quadrant(main: {measure: {deprivation: UNSAFE_WATER}}, supporting: {measure: {share: {meeting: {decile: {max: 2}}}}}) { quadrant main { value } }
  allocate(input: {program: "AB", budgetRupiah: 100000001, unitCostRupiah: 1000000}) { areas { rupiah households { value } } reached { value } left { value } rounding }
  whatIf(program: "AB", eligibility: {decile: {max: 1}}, unitCostRupiah: 1000000) { eligible { value } cost newlyIn { value } }
  pockets(minHouseholds: 5, radiusMeters: 500) { id unit households { value } people { value } areaKm2 hull center areas { households { value } } profile { share { value status } lift } unreached(program: "AB") { value } notes }
  trend(areas: [$city], measure: {deprivation: UNSAFE_WATER}) { points { value { value } } change slopePerYear reading }
  program(code: "AB") { coverage { exclusion { value } } overlap { share { value } } incidence { decile share { value } population { value } } cgh { value status } }
  edition { availability { knownShare { value status } } presets { pillar usable missing } }
  unreached(program: "AB", first: 2) { totalCount edges { node { id decile } } }
}`

// TestDegenerate asks every method of registries with nothing much in them. Answers are answers: no crash, no refusal, no
// NaN, and no share outside 0 to 1.
func TestDegenerate(t *testing.T) {
	change := func(h *registry.Household, deprived, known registry.DeprivationSet, decile int) {
		h.Deprived, h.Known, h.Decile = deprived, known, decile
	}
	const all = registry.DeprivationSet(1<<registry.DeprivationCount - 1)
	cases := []struct {
		name       string
		households int
		edit       func(i int, h *registry.Household)
		says       []string                                  // part of the answer of a planner
		areas      func(registry.Area) (registry.Area, bool) // nil: as they are
	}{
		{"nobody", 0, func(int, *registry.Household) {}, []string{`"rounding":100000001`, `"reading":"UNKNOWN"`}, nil},
		{"one household", 1, func(int, *registry.Household) {}, nil, nil},
		{"nobody poor", 300, func(_ int, h *registry.Household) { change(h, 0, all, 10); h.Expenditure = 9_000_000 }, []string{`"multidimensional":{"headcountRatio":{"value":0,"status":"EXACT"},"intensity":{"value":null,"status":"UNKNOWN"}`}, nil},
		{"everybody poor", 300, func(_ int, h *registry.Household) { change(h, all, all, 1); h.Expenditure = 1 }, []string{`"multidimensional":{"headcountRatio":{"value":1,"status":"EXACT"},"intensity":{"value":1,"status":"EXACT"}`}, nil},
		{"nothing known", 300, func(_ int, h *registry.Household) {
			*h = registry.Household{ID: h.ID, Area: h.Area, Members: registry.UnknownInt}
			empty := registry.NewHousehold(h.ID, h.Area)
			*h = empty
		}, []string{`"usable":false`, `"poverty":null`}, nil},
		{"no expenditure", 300, func(_ int, h *registry.Household) { h.Expenditure = registry.UnknownInt }, []string{`"poverty":null`}, nil},
		{"no location", 300, func(_ int, h *registry.Household) {
			h.Located, h.Point, h.RW, h.RT = false, geo.PointE7{}, "001", "002"
		}, []string{`"unit":"RT"`, `No location is recorded for`}, nil},
		{"neither location nor RT", 300, func(_ int, h *registry.Household) { h.Located, h.Point, h.RW, h.RT = false, geo.PointE7{}, "", "" }, []string{`"unit":"KELURAHAN"`, `No location is recorded for`}, nil},
		{"RTs too small for pockets", 40, func(i int, h *registry.Household) {
			h.Located, h.Point, h.RW, h.RT = false, geo.PointE7{}, "001", strconv.Itoa(i)
		}, []string{`"pockets":[]`, `"path":["pockets"],"notes":["`}, nil},
		{"one place", 300, func(_ int, h *registry.Household) {
			h.Area, h.Located, h.Point = "19.71.01.1001", true, geo.PointE7{Lon: 1_061_000_000, Lat: -21_000_000}
		}, nil, nil},
		{"all alike", 280, func(i int, h *registry.Household) { change(h, 1<<registry.UnsafeWater, all, 3) }, []string{`"rank":1`}, nil},
		{"one area", 300, func(_ int, h *registry.Household) { h.Area = "19.71.01.1001" }, []string{`"moranI":null`, `"rank":1`, `no neighbour with a figure`}, func(a registry.Area) (registry.Area, bool) {
			return a, registry.AreaCode("19.71.01.1001").Within(a.Code)
		}},
		{"islands", 300, func(int, *registry.Household) {}, []string{`"moranI":null`, `no neighbour with a figure`}, func(a registry.Area) (registry.Area, bool) {
			if c := a.Label; a.Boundary != nil {
				a.Boundary = orb.MultiPolygon{orb.Bound{Min: orb.Point{c[0] - 1e-3, c[1] - 1e-3}, Max: orb.Point{c[0] + 1e-3, c[1] + 1e-3}}.ToPolygon()}
			}
			return a, true
		}},
	}
	number := regexp.MustCompile(`NaN|Inf`)
	for _, c := range cases {
		d, records, _ := storetest.City(11, c.households)
		var enrolments []registry.Enrolment
		for i := range records {
			c.edit(i, &records[i].Household)
		}
		if c.areas != nil {
			d = withAreas(t, d, c.areas)
		}
		f := newFixtureOf(t, d, records, enrolments)
		for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner, registry.RolePlanner} {
			t.Run(c.name+"/"+role.String(), func(t *testing.T) {
				a, text, _ := f.ask(t, role, everyMethod, map[string]any{"city": "19.71"})
				for _, e := range a.Errors {
					switch code, _ := e.Extensions["code"].(string); {
					case role == registry.RolePlanner:
						t.Errorf("%v: %s", e.Path, e.Message)
					case code != "FORBIDDEN" && code != "UNAUTHENTICATED" && code != "DISCLOSURE_LIMIT":
						t.Errorf("%v: %s %s", e.Path, code, e.Message)
					}
				}
				if number.MatchString(text) {
					t.Errorf("no number: %s", number.FindString(text))
				}
				checkShares(t, a.Data)
				if role != registry.RolePlanner {
					return
				}
				for _, want := range c.says {
					if !strings.Contains(text, want) {
						t.Errorf("no %s in %.3000s", want, text)
					}
				}
			})
		}
	}
}

// withAreas is a dataset with its areas changed, or left out.
func withAreas(t *testing.T, d *registry.Dataset, change func(registry.Area) (registry.Area, bool)) *registry.Dataset {
	t.Helper()
	var list []registry.Area
	for i := range d.Areas.Len() {
		if a, keep := change(*d.Areas.Area(i)); keep {
			list = append(list, a)
		}
	}
	index, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	changed := *d
	changed.Areas = index
	return &changed
}

// checkShares walks an answer: what is called a share is one.
func checkShares(t *testing.T, data json.RawMessage) {
	t.Helper()
	var tree any
	unmarshal(t, data, &tree)
	shares := map[string]bool{"share": true, "knownShare": true, "population": true, "headcountRatio": true, "intensity": true, "headcount": true, "raw": true, "smoothed": true, "exclusion": true}
	var walk func(name string, x any)
	walk = func(name string, x any) {
		switch x := x.(type) {
		case map[string]any:
			for k, v := range x {
				if n, ok := v.(float64); ok && k == "value" && shares[name] && (n < 0 || n > 1+1e-12) {
					t.Errorf("%s is %g", name, n)
				}
				walk(k, v)
			}
		case []any:
			for _, v := range x {
				walk(name, v)
			}
		}
	}
	walk("", tree)
}
