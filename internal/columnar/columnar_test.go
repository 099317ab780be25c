package columnar

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func TestEngine(t *testing.T) {
	storetest.RunEngine(t, func(t *testing.T, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine {
		return build(t, d, households, enrolments)
	})
}

// build makes an engine of contents in any order, as a store would hand them over.
func build(t testing.TB, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) *Engine {
	t.Helper()
	sortContents(households, enrolments)
	e, err := Build(d, each(households), each(enrolments), attributesOf(households))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func sortContents(households []registry.Record, enrolments []registry.Enrolment) {
	slices.SortFunc(households, func(a, b registry.Record) int { return compareIDs(&a.ID, &b.ID) })
	slices.SortStableFunc(enrolments, func(a, b registry.Enrolment) int {
		return cmp.Or(compareIDs(&a.Household, &b.Household), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	})
}

// each gives the values of a list without an error.
func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func attributesOf(households []registry.Record) func(context.Context, []registry.HouseholdID) ([]*registry.Household, error) {
	return func(_ context.Context, ids []registry.HouseholdID) ([]*registry.Household, error) {
		out := make([]*registry.Household, len(ids))
		for i, id := range ids {
			at, ok := slices.BinarySearchFunc(households, id, func(r registry.Record, id registry.HouseholdID) int { return compareIDs(&r.ID, &id) })
			if ok {
				out[i] = &households[at].Household
			}
		}
		return out, nil
	}
}
