package postgis

import (
	"bytes"
	"cmp"
	"slices"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func TestEngine(t *testing.T) {
	pool := engineDatabase(t)
	storetest.RunEngine(t, func(t *testing.T, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine {
		publishState(t, pool, d, households, enrolments)
		e, err := NewEngine(t.Context(), pool, d)
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}

// inListOrder sorts enrolments by programme and since, and numbers those of each household.
func inListOrder(enrolments []registry.Enrolment) []numbered {
	list := slices.Clone(enrolments)
	slices.SortStableFunc(list, func(a, b registry.Enrolment) int {
		return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	})
	out := make([]numbered, len(list))
	for i, e := range list {
		out[i].Enrolment = e
		if i > 0 && list[i-1].Household == e.Household {
			out[i].seq = out[i-1].seq + 1
		}
	}
	return out
}
