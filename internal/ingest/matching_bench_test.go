package ingest

import (
	"context"
	"iter"
	"testing"

	"kantong/internal/registry"
)

// BenchmarkNextEdition500k is to be held against BenchmarkHouseholds500k: the same file where its families are compared with those
// of a published edition, so that it is read twice.
func BenchmarkNextEdition500k(b *testing.B) {
	path := write(b, "h.csv", string(benchmarkText()))
	s := draft()
	target := target(nil)
	target.Store = &keepingStore{&countingStore{s}, s}
	if _, err := Households(context.Background(), target, path, nil); err != nil {
		b.Fatal(err)
	}
	s.publish("q1", "2025-03-31")
	b.SetBytes(int64(len(benchmarkText())))
	for b.Loop() {
		report, err := Households(context.Background(), target, path, nil)
		if err != nil || report.Families.ByNumber != benchmarkRows {
			b.Fatalf("report %+v, error %v", report, err)
		}
	}
}

// keepingStore counts households and keeps their keys, until an edition is published.
type keepingStore struct {
	*countingStore
	memory *memoryStore
}

func (s *keepingStore) PutHouseholds(ctx context.Context, edition string, im *registry.Import, list iter.Seq2[registry.Household, error]) error {
	if len(s.memory.editions) > 0 {
		return s.countingStore.PutHouseholds(ctx, edition, im, list)
	}
	for h, err := range list {
		if err != nil {
			return err
		}
		for _, k := range h.MatchKeys {
			s.memory.keys = append(s.memory.keys, registry.HouseholdKey{Household: h.ID, MatchKey: k})
		}
	}
	return nil
}
