package registry

import "testing"

// TestShown counts each household once, in whatever order and however often they come.
func TestShown(t *testing.T) {
	row := func(list ...byte) (rows []Row) {
		for _, n := range list {
			rows = append(rows, Row{ID: HouseholdID{n}})
		}
		return rows
	}
	var s Shown
	for i, c := range []struct {
		rows []Row
		want int64
	}{{nil, 0}, {row(1, 2, 3), 3}, {row(2), 3}, {row(9, 9, 1, 4), 5}, {row(10), 6}, {row(10), 6}} {
		s.AddRows(c.rows)
		if n := s.Count(); n != c.want {
			t.Errorf("%d: %d households, want %d", i, n, c.want)
		}
	}
	s.Add(HouseholdID{5})
	s.AddFew(3)
	if n := s.Count(); n != 10 {
		t.Errorf("%d in all, want 10", n)
	}
}
