package filestore

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"os"
	"slices"
	"testing"
	"time"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestMain runs this binary as a child of one of the tests when the environment says so.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("KANTONG_TEST_DIR"); os.Getenv("KANTONG_TEST_CHILD") {
	case "":
		os.Exit(m.Run())
	case "publish":
		os.Exit(publishForEver(dir))
	case "ledger":
		os.Exit(keepForEver(dir))
	case "open":
		os.Exit(openOnce(dir))
	}
	os.Exit(2)
}

func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

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

// many repeats a city's households under new ids until there are n, in no order.
func (c contents) many(n int) iter.Seq2[registry.Household, error] {
	return func(yield func(registry.Household, error) bool) {
		for i := range n {
			h := c.households[i%len(c.households)]
			var number [8]byte
			binary.BigEndian.PutUint64(number[:], uint64(i))
			h.ID = testSecrets.HouseholdID("kk", string(number[:]))
			if !yield(h, nil) {
				return
			}
		}
	}
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

// put writes the contents to a new draft.
func (c contents) put(ctx context.Context, s *Store, edition string) error {
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

func (c contents) publish(ctx context.Context, s *Store, edition string) (registry.State, error) {
	if err := c.put(ctx, s, edition); err != nil {
		return registry.State{}, err
	}
	return s.Publish(ctx, edition, "", registry.PublishOptions{Secrets: testSecrets, Now: testTime})
}

// hashes computes the content hashes of an edition and of its unnamed release from what the store reads back.
func hashes(ctx context.Context, s *Store, edition string) (ofEdition, ofRelease string, err error) {
	areas, err := s.Areas(ctx, edition)
	if err != nil {
		return "", "", err
	}
	indicators, err := s.Indicators(ctx, edition)
	if err != nil {
		return "", "", err
	}
	e, r := registry.NewContentHash(), registry.NewContentHash()
	for i := range areas {
		e.Area(&areas[i])
	}
	for h, err := range s.Records(ctx, edition) {
		if err != nil {
			return "", "", err
		}
		if h.Key != testSecrets.RecordKey(h.ID) {
			return "", "", fmt.Errorf("household %s has the record key %v", h.ID, h.Key)
		}
		e.Household(&h.Household)
	}
	for i := range indicators {
		e.Indicator(&indicators[i])
	}
	for v, err := range s.Enrolments(ctx, edition, "") {
		if err != nil {
			return "", "", err
		}
		r.Enrolment(&v)
	}
	return e.Hex(), r.Hex(), nil
}

// hash is what the edition's content hash must be.
func (c contents) hash() string {
	h := registry.NewContentHash()
	for _, a := range slices.SortedFunc(slices.Values(c.areas), func(a, b registry.Area) int { return compareText(a.Code, b.Code) }) {
		h.Area(&a)
	}
	for _, f := range slices.SortedFunc(slices.Values(c.households), func(a, b registry.Household) int { return compareText(string(a.ID[:]), string(b.ID[:])) }) {
		h.Household(&f)
	}
	for i := range c.indicators {
		h.Indicator(&c.indicators[i])
	}
	return h.Hex()
}

func compareText[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
