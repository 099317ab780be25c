package attack

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"kantong/internal/registry"
)

// sensitive is an attribute that an attacker wants to know of a target.
type sensitive struct {
	name string
	set  func(c *city, h *registry.Household, yes bool) // nil for a programme
}

func class(yes, no string, of func(*registry.Household) *string) func(*city, *registry.Household, bool) {
	return func(_ *city, h *registry.Household, is bool) {
		*of(h) = no
		if is {
			*of(h) = yes
		}
	}
}

func lacks(of func(*registry.Household) *registry.Answer) func(*city, *registry.Household, bool) {
	return func(_ *city, h *registry.Household, is bool) {
		*of(h) = registry.Yes
		if is {
			*of(h) = registry.No
		}
	}
}

// sensitives are deprivations, then programmes: some frequent, some rare.
var sensitives = []sensitive{
	{"UNSAFE_WATER", class("surface", "piped", func(h *registry.Household) *string { return &h.Water })},
	{"UNIMPROVED_SANITATION", class("pit", "private_septic", func(h *registry.Household) *string { return &h.Sanitation })},
	{"SOLID_FUEL", class("wood", "gas", func(h *registry.Household) *string { return &h.Fuel })},
	{"EARTH_FLOOR", class("earth", "tile", func(h *registry.Household) *string { return &h.Floor })},
	{"NO_SAVINGS", lacks(func(h *registry.Household) *registry.Answer { return &h.Savings })},
	{"NO_NINE_YEARS_SCHOOLING", lacks(func(h *registry.Household) *registry.Answer { return &h.NineYearsSchooling })},
	{"NO_HEALTH_INSURANCE", lacks(func(h *registry.Household) *registry.Answer { return &h.HealthInsured })},
	{"SEMBAKO", nil},
	{"PKH", nil},
	{"PBI-JKN", nil},
}

func (s sensitive) is() m {
	if s.set == nil {
		return inP(s.name)
	}
	return isX(s.name)
}

func (s sensitive) not() m {
	if s.set == nil {
		return notInP(s.name)
	}
	return notX(s.name)
}

// observed is what a release shows of one cell: its households, and by attribute those who have it and those who have not.
// What is withheld is NaN.
type observed struct {
	total   float64
	yes, no []float64
}

func unseen() observed {
	o := observed{math.NaN(), make([]float64, len(sensitives)), make([]float64, len(sensitives))}
	for i := range o.yes {
		o.yes[i], o.no[i] = math.NaN(), math.NaN()
	}
	return o
}

func (f figure) float() float64 {
	if f.Value == nil {
		return math.NaN()
	}
	return float64(*f.Value)
}

const everything = "households { value } deprivations { deprivation households { value } } programs { program { code } households { value } }"

// read fills in what a Summary shows of everything but the complements.
func (o *observed) read(s *summary) {
	o.total = s.Households.float()
	for i, x := range sensitives {
		for _, d := range s.Deprivations {
			if d.Deprivation == x.name {
				o.yes[i] = d.Households.float()
			}
		}
		for _, p := range s.Programs {
			if p.Program.Code == x.name {
				o.yes[i] = p.Households.float()
			}
		}
	}
}

// minus is the difference of two cells: of a sum of nodes and the same without one of them.
func (o observed) minus(other observed) observed {
	d := unseen()
	d.total = o.total - other.total
	for i := range d.yes {
		d.yes[i], d.no[i] = o.yes[i]-other.yes[i], o.no[i]-other.no[i]
	}
	return d
}

// or takes from another what is not seen here.
func (o observed) or(other observed) observed {
	first := func(a, b float64) float64 {
		if math.IsNaN(a) {
			return b
		}
		return a
	}
	d := unseen()
	d.total = first(o.total, other.total)
	for i := range d.yes {
		d.yes[i], d.no[i] = first(o.yes[i], other.yes[i]), first(o.no[i], other.no[i])
	}
	return d
}

// observe asks for regions: everything, and each complement.
func (c client) observe(regions []m) []observed {
	c.Helper()
	out := make([]observed, len(regions))
	for i := range out {
		out[i] = unseen()
	}
	for from := 0; from < len(regions); from += aliases / 2 {
		part := regions[from:min(from+aliases/2, len(regions))]
		for i, s := range c.summaries(everything, part...) {
			out[from+i].read(&s)
		}
	}
	for x, s := range sensitives {
		filters := make([]m, len(regions))
		for i, region := range regions {
			filters[i] = both(region, s.not())
		}
		for i, f := range c.counts(filters...) {
			out[i].no[x] = f.float()
		}
	}
	return out
}

// byArea asks for all areas of a level at once, for each filter; the answer is by filter, then by area and, where it is split,
// decile.
func (c client) byArea(level string, split bool, filters []m) []map[string]observed {
	c.Helper()
	out := make([]map[string]observed, len(filters))
	groupBy, key := []m{{"area": level}}, "area { code }"
	if split {
		groupBy, key = append(groupBy, m{"attribute": "DECILE"}), key+" decile { value }"
	}
	type group struct {
		Key struct {
			Area   struct{ Code string }
			Decile *struct{ Value *int }
		}
		Summary summary
	}
	ask := func(selection string, filters []m, visit func(i int, at string, s *summary)) {
		for from := 0; from < len(filters); from += 8 {
			var head, body strings.Builder
			variables := m{"g": groupBy}
			part := filters[from:min(from+8, len(filters))]
			for i, f := range part {
				fmt.Fprintf(&head, " $f%d: HouseholdFilter", i)
				fmt.Fprintf(&body, "a%d: summaries(filter: $f%d, groupBy: $g) { key { %s } summary { %s } }\n", i, i, key, selection)
				variables[fmt.Sprintf("f%d", i)] = f
			}
			var answer map[string]json.RawMessage
			c.must("query($g: [GroupBy!]!"+head.String()+") {"+body.String()+"}", variables, &answer)
			for i := range part {
				var groups []group
				if err := json.Unmarshal(answer[fmt.Sprintf("a%d", i)], &groups); err != nil {
					c.Fatal(err)
				}
				for k := range groups {
					at := groups[k].Key.Area.Code
					if split {
						if groups[k].Key.Decile.Value == nil {
							continue
						}
						at += fmt.Sprint(" decile ", *groups[k].Key.Decile.Value)
					}
					visit(from+i, at, &groups[k].Summary)
				}
			}
		}
	}
	for from := range filters { // everything of many areas is a large answer: one at a time
		ask(everything, filters[from:from+1], func(_ int, at string, s *summary) {
			if out[from] == nil {
				out[from] = map[string]observed{}
			}
			o := unseen()
			o.read(s)
			out[from][at] = o
		})
	}
	for x, s := range sensitives {
		complements := make([]m, len(filters))
		for i, f := range filters {
			complements[i] = both(f, s.not())
		}
		ask("households { value }", complements, func(i int, at string, s *summary) { out[i][at].no[x] = s.Households.float() })
	}
	return out
}

// byDecile asks for cells of each decile. Those that are withheld are computed from ranges with and without them.
func (c client) byDecile(level string, extra m, ranges bool) map[string]observed {
	c.Helper()
	out := c.byArea(level, true, []m{extra})[0]
	if !ranges {
		return out
	}
	var filters []m
	for d := 1; d <= 10; d++ {
		filters = append(filters, both(extra, deciles(1, d)), both(extra, deciles(d, 10)))
	}
	sums := c.byArea(level, false, filters)
	for d := 1; d <= 10; d++ {
		for area := range sums[0] {
			at := fmt.Sprint(area, " decile ", d)
			cell := out[at]
			if d > 1 {
				cell = cell.or(sums[2*d-2][area].minus(sums[2*d-4][area]))
			}
			if d < 10 {
				cell = cell.or(sums[2*d-1][area].minus(sums[2*d+1][area]))
			}
			out[at] = cell
		}
	}
	return out
}
