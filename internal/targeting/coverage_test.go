package targeting

import (
	"slices"
	"testing"

	"kantong/internal/registry"
)

func tally(n int64) registry.Tally { return registry.Tally{Households: n} }

func cell(area registry.AreaCode, n int64) registry.Cell {
	return registry.Cell{Key: registry.Key{Area: area}, Total: tally(n)}
}

func TestCoverages(t *testing.T) {
	answers := [][]registry.Cell{{cell("19.71.01", 100), cell("19.71.02", 0)}, {cell("19.71.01", 60), cell("19.71.02", 0)},
		{cell("19.71.01", 40), cell("19.71.02", 0)}, {cell("19.71.01", 20), cell("19.71.02", 0)}, {cell("19.71.01", 80), cell("19.71.02", 0)}}
	got := Coverages(answers, AllParts)
	if len(got) != 1 || len(got[0]) != 2 {
		t.Fatalf("%+v", got)
	}
	c := got[0][0]
	if c.Area != "19.71.01" || c.Reach.Value != 0.6 || c.Exclusion.Value != 0.4 || c.Inclusion.Value != 0.25 {
		t.Errorf("%+v", c)
	}
	if empty := got[0][1]; empty.Reach.Status != registry.UnknownFigure || empty.Inclusion.Status != registry.UnknownFigure {
		t.Errorf("shares of nobody: %+v", empty)
	}
}

// TestQueriesPartitionTheEligible keeps the questions behind a coverage consistent with each other.
func TestQueriesPartitionTheEligible(t *testing.T) {
	queries := Queries([]string{"PKH", "PIP"}, registry.Filter{Areas: []registry.AreaCode{"19.71"}}, registry.AreasOf(registry.LevelKecamatan), AllParts)
	if len(queries) != 2*5 {
		t.Fatalf("%d queries", len(queries))
	}
	want := []string{
		"eligible for PIP and in 19.71", "enrolled in PIP and eligible for PIP and in 19.71", "not enrolled in PIP and eligible for PIP and in 19.71",
		"enrolled in PIP and in 19.71 and not (eligible for PIP)", "enrolled in PIP and in 19.71",
	}
	for i, q := range queries[5:] {
		if got := q.Filter.String(); !slices.Contains(want, got) {
			t.Errorf("query %d asks %q", i, got)
		}
	}
}

// TestOnlyWhatIsWanted asks no more questions than the wanted parts need, and reads their answers in the right places.
func TestOnlyWhatIsWanted(t *testing.T) {
	want := ForExclusion
	if queries := Queries([]string{"PKH"}, registry.Filter{}, registry.AreasOf(registry.LevelKecamatan), want); len(queries) != 2 || queries[1].Filter.NotEnrolledIn == nil {
		t.Errorf("%+v", queries)
	}
	c := Coverages([][]registry.Cell{{cell("19.71.01", 100)}, {cell("19.71.01", 40)}}, want)[0][0]
	if c.Eligible.Households != 100 || c.NotReached.Households != 40 || c.Exclusion.Value != 0.4 || c.EnrolledEligible.Households != 0 {
		t.Errorf("%+v", c)
	}
}

func TestOrders(t *testing.T) {
	withheld := Coverage{Area: "c", NotReached: registry.Tally{Status: registry.Suppressed}, Exclusion: registry.Rate{Status: registry.Suppressed}}
	list := []Coverage{
		withheld,
		{Area: "b", NotReached: tally(5), Exclusion: registry.Rate{Value: 0.9}},
		{Area: "a", NotReached: tally(5), Exclusion: registry.Rate{Value: 0.1}},
		{Area: "d", NotReached: tally(9), Exclusion: registry.Rate{Status: registry.UnknownFigure}},
	}
	order := func(sort func([]Coverage)) (areas string) {
		sorted := slices.Clone(list)
		sort(sorted)
		for _, c := range sorted {
			areas += string(c.Area)
		}
		return areas
	}
	if got := order(SortByNotReached); got != "dabc" {
		t.Errorf("by not reached: %s", got)
	}
	if got := order(SortByExclusion); got != "bacd" {
		t.Errorf("by exclusion: %s", got)
	}
}
