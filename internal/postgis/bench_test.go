package postgis

import (
	"encoding/binary"
	"iter"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// benchHouseholds is the size of a province.
const benchHouseholds = 500_000

// rate reports rows a second besides the time of an iteration.
func rate(b *testing.B) {
	b.ReportMetric(benchHouseholds*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// many repeats a city's households under new ids until there are n, in no order, each with the enrolments of the first.
func many(list []registry.Household, n int) iter.Seq2[registry.Household, error] {
	return func(yield func(registry.Household, error) bool) {
		for i := range n {
			h := list[i%len(list)]
			h.ID = manyID(i)
			if h.Located {
				h.Point.Lon += int32(i % 9973)
				h.Point.Lat += int32(i % 9967)
			}
			if !yield(h, nil) {
				return
			}
		}
	}
}

func manyID(i int) registry.HouseholdID {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(i))
	return testSecrets.HouseholdID("kk", string(number[:]))
}

// manyEnrolments are one or two of each second household.
func manyEnrolments(programs []registry.Program, n int) iter.Seq2[registry.Enrolment, error] {
	return func(yield func(registry.Enrolment, error) bool) {
		for i := 0; i < n; i += 2 {
			for k := range 1 + i/2%2 {
				e := registry.Enrolment{Household: manyID(i), Program: programs[(i+k)%len(programs)].Code, Status: registry.EnrolmentActive,
					Since: "2025-01-01", Persons: registry.UnknownInt, Rupiah: 200_000}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// benchStore is a store with a draft of areas and programmes, and the households to fill it with.
func benchStore(b *testing.B) (*Store, contents) {
	s := openStore(b, freshDatabase(b))
	c := cityContents(1, 1000)
	if err := s.CreateEdition(b.Context(), registry.Edition{ID: "e"}); err != nil {
		b.Fatal(err)
	}
	if err := s.PutAreas(b.Context(), "e", registry.Import{}, c.areas); err != nil {
		b.Fatal(err)
	}
	if err := s.PutPrograms(b.Context(), "e", registry.Import{}, c.programs); err != nil {
		b.Fatal(err)
	}
	return s, c
}

func BenchmarkPutHouseholds(b *testing.B) {
	s, c := benchStore(b)
	for b.Loop() {
		if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, many(c.households, benchHouseholds)); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

// BenchmarkPsqlCopy is what BenchmarkPutHouseholds is measured by: COPY of the same rows from a CSV file by psql.
func BenchmarkPsqlCopy(b *testing.B) {
	s, c := benchStore(b)
	if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, many(c.households, benchHouseholds)); err != nil {
		b.Fatal(err)
	}
	columns, file := strings.Join(append(columnNames(""), "edition"), ", "), filepath.Join(b.TempDir(), "households.csv")
	psql := func(command string) {
		out, err := exec.Command("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", command, s.pool.Config().ConnString()).CombinedOutput()
		if err != nil {
			b.Fatalf("psql: %v\n%s", err, out)
		}
	}
	psql(`\copy kantong.household_1 (` + columns + `) TO '` + file + `' CSV`)
	psql("CREATE TABLE public.households (LIKE kantong.household INCLUDING CONSTRAINTS INCLUDING GENERATED)")
	for b.Loop() {
		psql(`\copy public.households (` + columns + `) FROM '` + file + `' CSV`)
		b.StopTimer()
		psql("TRUNCATE public.households")
		b.StartTimer()
	}
	rate(b)
}

func BenchmarkPublish(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, c := benchStore(b)
		if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, many(c.households, benchHouseholds)); err != nil {
			b.Fatal(err)
		}
		if err := s.PutEnrolments(b.Context(), "e", "", &registry.Import{}, manyEnrolments(c.programs, benchHouseholds)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := s.Publish(b.Context(), "e", "", registry.PublishOptions{Secrets: testSecrets, Now: testTime}); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

// BenchmarkRecords is what a server does to take an edition into memory.
func BenchmarkRecords(b *testing.B) {
	s, c := benchStore(b)
	if err := s.PutHouseholds(b.Context(), "e", &registry.Import{}, many(c.households, benchHouseholds)); err != nil {
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
