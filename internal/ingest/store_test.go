package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// memoryStore is the part of a store that imports use, for one draft.
type memoryStore struct {
	registry.Store
	areas      []registry.Area
	households []registry.Household
	keys       []registry.HouseholdKey
	programs   []registry.Program
	enrolments []registry.Enrolment
	indicators []registry.AreaIndicator
	log        []registry.Import
	puts       int
	editions   []registry.Edition                 // that are published
	published  map[string][]registry.HouseholdKey // their keys
	unmatched  []registry.Unmatched

	successions    []registry.Succession
	publishedAreas map[string][]registry.Area
	points         []registry.HouseholdPoint
}

func (s *memoryStore) Editions(context.Context) ([]registry.Edition, error) {
	return append(slices.Clone(s.editions), registry.Edition{ID: "2025-q3", AsOf: "2025-09-30"}), nil
}

// MatchKeys gives those of a published edition, and else those of the draft.
func (s *memoryStore) MatchKeys(_ context.Context, edition string) iter.Seq2[registry.HouseholdKey, error] {
	if keys, ok := s.published[edition]; ok {
		return each(keys)
	}
	return each(s.draftKeys())
}

func (s *memoryStore) draftKeys() (keys []registry.HouseholdKey) {
	keys = slices.Clone(s.keys)
	slices.SortFunc(keys, func(a, b registry.HouseholdKey) int { return bytes.Compare(a.Household[:], b.Household[:]) })
	return keys
}

func (s *memoryStore) PutPoints(_ context.Context, _ string, im *registry.Import, list iter.Seq2[registry.HouseholdPoint, error]) error {
	values, err := drain(list)
	if err != nil {
		return err
	}
	return put(s, &s.points, *im, values)
}

func put[T any](s *memoryStore, into *[]T, im registry.Import, values []T) error {
	if im.Append {
		values = slices.Concat(*into, values)
	}
	*into, s.log, s.puts = values, append(s.log, im), s.puts+1
	return nil
}

func drain[T any](values iter.Seq2[T, error]) (list []T, err error) {
	for v, err := range values {
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (s *memoryStore) PutAreas(_ context.Context, _ string, im registry.Import, list []registry.Area) error {
	return put(s, &s.areas, im, list)
}

func (s *memoryStore) PutPrograms(_ context.Context, _ string, im registry.Import, list []registry.Program) error {
	return put(s, &s.programs, im, list)
}

func (s *memoryStore) PutIndicators(_ context.Context, _ string, im registry.Import, list []registry.AreaIndicator) error {
	return put(s, &s.indicators, im, list)
}

func (s *memoryStore) PutSuccessions(_ context.Context, _ string, im registry.Import, list []registry.Succession) error {
	return put(s, &s.successions, im, list)
}

func (s *memoryStore) Successions(context.Context, string) ([]registry.Succession, error) {
	return s.successions, nil
}

func (s *memoryStore) PutHouseholds(_ context.Context, _ string, im *registry.Import, list iter.Seq2[registry.Household, error]) error {
	values, err := drain(list)
	if err != nil {
		return err
	}
	if !im.Append {
		s.keys = nil
	}
	for i, h := range values {
		for _, k := range h.MatchKeys {
			s.keys = append(s.keys, registry.HouseholdKey{Household: h.ID, MatchKey: k})
		}
		values[i].MatchKeys = nil
	}
	return put(s, &s.households, *im, values)
}

func (s *memoryStore) PutEnrolments(_ context.Context, _, _ string, im *registry.Import, list iter.Seq2[registry.Enrolment, error]) error {
	values, err := drain(list)
	if err != nil {
		return err
	}
	s.unmatched = im.Unmatched
	return put(s, &s.enrolments, *im, values)
}

func (s *memoryStore) Imports(context.Context, string) ([]registry.Import, error) { return s.log, nil }

// Areas gives those of a published edition, and else those of the draft.
func (s *memoryStore) Areas(_ context.Context, edition string) ([]registry.Area, error) {
	if areas, ok := s.publishedAreas[edition]; ok {
		return areas, nil
	}
	return s.areas, nil
}

func (s *memoryStore) Programs(context.Context, string) ([]registry.Program, int64, error) {
	return s.programs, 1, nil
}

func (s *memoryStore) Indicators(context.Context, string) ([]registry.AreaIndicator, error) {
	return s.indicators, nil
}

func (s *memoryStore) Households(context.Context, string) iter.Seq2[registry.Household, error] {
	return each(s.households)
}

func (s *memoryStore) Enrolments(context.Context, string, string) iter.Seq2[registry.Enrolment, error] {
	return each(s.enrolments)
}

// square is a box of 0.01 degrees with its south-west corner at lon, lat.
func square(lon, lat float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{lon, lat}, {lon + 0.01, lat}, {lon + 0.01, lat + 0.01}, {lon, lat + 0.01}, {lon, lat}}}}
}

// draft is an edition of one kecamatan with three kelurahan, two of them side by side and one without a boundary.
func draft() *memoryStore {
	return &memoryStore{areas: []registry.Area{
		{Code: "19.71", Name: "Kota Pangkalpinang"},
		{Code: "19.71.04", Name: "Rangkui"},
		{Code: "19.71.04.1006", Name: "Asam", BPSCode: "1971010001", Boundary: square(106.10, -2.14)},
		{Code: "19.71.04.1009", Name: "Keramat", Boundary: square(106.11, -2.14)},
		{Code: "19.71.04.1010", Name: "Gajah Mada"},
	}}
}

var gazette = []KnownArea{
	{Code: "19", Name: "Kepulauan Bangka Belitung", BPSCode: "19"},
	{Code: "19.71", Name: "Kota Pangkalpinang", BPSCode: "1971", Spellings: []string{"Kota Pangkal Pinang"}},
	{Code: "19.71.04", Name: "Rangkui", BPSCode: "1971010"},
	{Code: "19.71.04.1006", Name: "Asam", BPSCode: "1971010001", Point: orb.Point{106.105, -2.135}},
	{Code: "19.71.04.1009", Name: "Keramat", BPSCode: "1971010010", Spellings: []string{"Kramat", "Asam"}, Point: orb.Point{106.115, -2.135}},
	{Code: "19.71.04.1010", Name: "Gajah Mada", BPSCode: "1971010016"},
}

var testTime = time.Date(2025, 10, 1, 8, 0, 0, 0, time.UTC)

func target(s *memoryStore) Target {
	return Target{Store: s, Edition: "2025-q3", Known: gazette, Now: testTime,
		Secrets: registry.Secrets{ID: [][]byte{[]byte("id secret")}, Record: []byte("record secret")}}
}

// write puts a file into a directory of its own.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rejectedRows gives the rows of the list of rejected rows, its header left out.
func rejectedRows(t testing.TB, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], []string{"line", "column", "value", "reason"}) {
		t.Fatalf("rows %q, error %v", rows, err)
	}
	return rows[1:]
}
