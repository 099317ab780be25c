package postgis

import (
	"context"
	"iter"
	"testing"
	"time"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

var (
	testSecrets = registry.Secrets{ID: [][]byte{[]byte("id")}, Record: []byte("record")}
	testTime    = time.Date(2025, 11, 1, 8, 30, 0, 123456000, time.UTC)
)

// contents are what a test puts into an edition.
type contents struct {
	areas      []registry.Area
	programs   []registry.Program
	indicators []registry.AreaIndicator
	households []registry.Household
	enrolments []registry.Enrolment
}

// cityContents is a city of storetest, households and enrolments in the order of the contract.
func cityContents(seed uint64, households int) contents {
	d, records, enrolments := storetest.City(seed, households)
	c := contents{programs: d.Programs, indicators: d.Indicators, enrolments: enrolments}
	for i := range d.Areas.Len() {
		c.areas = append(c.areas, *d.Areas.Area(i))
	}
	for _, r := range records {
		c.households = append(c.households, r.Household)
	}
	return c
}

// put writes the contents to a new draft, the enrolments to its own release.
func (c contents) put(ctx context.Context, s registry.Store, edition string) error {
	im := func(kind registry.ImportKind, rows int) registry.Import {
		return registry.Import{Kind: kind, File: string(kind) + ".csv", SHA256: "00", Rows: int64(rows), At: testTime}
	}
	if err := s.CreateEdition(ctx, registry.Edition{ID: edition, Label: "Edition " + edition, Source: "made up", AsOf: "2025-09-30", Synthetic: true}); err != nil {
		return err
	}
	if err := s.PutAreas(ctx, edition, im(registry.ImportAreas, len(c.areas)), c.areas); err != nil {
		return err
	}
	households, enrolments := im(registry.ImportHouseholds, len(c.households)), im(registry.ImportEnrolments, len(c.enrolments))
	if err := s.PutHouseholds(ctx, edition, &households, values(c.households)); err != nil {
		return err
	}
	if err := s.PutPrograms(ctx, edition, im(registry.ImportPrograms, len(c.programs)), c.programs); err != nil {
		return err
	}
	if err := s.PutIndicators(ctx, edition, im(registry.ImportIndicators, len(c.indicators)), c.indicators); err != nil {
		return err
	}
	return s.PutEnrolments(ctx, edition, "", &enrolments, values(c.enrolments))
}

func (c contents) publish(t testing.TB, s registry.Store, edition string) registry.State {
	t.Helper()
	if err := c.put(t.Context(), s, edition); err != nil {
		t.Fatal(err)
	}
	state, err := s.Publish(t.Context(), edition, "", registry.PublishOptions{Secrets: testSecrets, Now: testTime})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func values[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func collect[T any](t testing.TB, list iter.Seq2[T, error]) (out []T) {
	t.Helper()
	for v, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
