package pockets

import (
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func TestNotes(t *testing.T) {
	after := func(change func(int, *registry.Household)) func(*city) *registry.View {
		return func(c *city) *registry.View {
			for i := range c.households {
				change(i, &c.households[i].Household)
			}
			return newCity(t, c.Dataset, c.households, nil).View
		}
	}
	together := after(func(_ int, h *registry.Household) { atOnePoint(nil, h) })
	for _, c := range []struct {
		name   string
		number int
		view   func(*city) *registry.View
		least  int
		want   []string
	}{
		{"nobody", 0, func(c *city) *registry.View { return c.View }, 15, []string{"The filter keeps no household."}},
		{"no pocket", 40, together, 41, []string{"No pocket: nowhere do 41 of these households live within 150 m of one of them."}},
		{"one pocket", 40, together, 40, []string{}},
		{"without a location", 1200, after(func(i int, h *registry.Household) {
			withoutUnits(nil, h)
			if h.Area = "19.71.01.1001"; i > 0 {
				h.RT = []string{"1", "2"}[i%2]
			}
		}), 10_000, []string{
			"No location is recorded for 1 200 of 1 200 households: they form pockets by neighbourhood unit (RT) where it is recorded, by kelurahan elsewhere.",
			"Left out: 1 199 households without a location, in 2 neighbourhood units with fewer than 10 000 of them.",
			"Left out: 1 household without a location and without a neighbourhood unit, in 1 kelurahan with fewer than 10 000 of them.",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := survey(t, c.view(changed(t, 230, c.number, asItIs)), Question{RadiusMeters: 150, MinHouseholds: c.least})
			if !slices.Equal(s.Notes, c.want) {
				t.Errorf("got %q\nwant %q", s.Notes, c.want)
			}
		})
	}
	s := survey(t, changed(t, 231, 400, asItIs).byBlocks(), Question{RadiusMeters: 250, MinHouseholds: 20})
	all := strings.Join(s.Notes, " ")
	for withheld, warned := range map[int]bool{5: false, 6: true} {
		notes := strings.Join(s.notes(&seen{allBlocks: make([]*registry.Block, 10), withheld: withheld}, nil, 0), " ")
		if strings.Contains(notes, "deviates upwards") != warned {
			t.Errorf("%d of 10 blocks withheld: %q", withheld, notes)
		}
	}
	for _, part := range []string{"Figures are of blocks of twenty and more households", "blocks, because their figures are withheld.", "households: the blocks they are counted in form pockets by kelurahan.", " kelurahan with fewer than 20 of them."} {
		if !strings.Contains(all, part) {
			t.Errorf("%q is not in %q", part, s.Notes)
		}
	}
}
