package filestore

import (
	"testing"

	"kantong/internal/registry"
)

const benchHouseholds = 100_000

// rate reports rows a second besides the time of an iteration.
func rate(b *testing.B) {
	b.ReportMetric(benchHouseholds*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func benchStore(b *testing.B) (*Store, contents) {
	s := openStore(b, b.TempDir())
	c := cityContents(1, 1000)
	if err := s.CreateEdition(b.Context(), registry.Edition{ID: "e"}); err != nil {
		b.Fatal(err)
	}
	if err := s.PutAreas(b.Context(), "e", registry.Import{}, c.areas); err != nil {
		b.Fatal(err)
	}
	return s, c
}

func BenchmarkPutHouseholds(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, c := benchStore(b)
		b.StartTimer()
		if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, c.many(benchHouseholds)); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

func BenchmarkPublish(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, c := benchStore(b)
		if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, c.many(benchHouseholds)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := s.Publish(b.Context(), "e", "", registry.PublishOptions{Secrets: testSecrets, Now: testTime}); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

func BenchmarkRecords(b *testing.B) {
	s, c := benchStore(b)
	if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, c.many(benchHouseholds)); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Publish(b.Context(), "e", "", registry.PublishOptions{Secrets: testSecrets, Now: testTime}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		for _, err := range s.Records(b.Context(), "e") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchHouseholds {
			b.Fatalf("%d households", n)
		}
	}
	rate(b)
}
