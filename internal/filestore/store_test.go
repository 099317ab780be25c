package filestore

import (
	"context"
	"errors"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// exactly compares floats bit by bit, with one NaN.
var exactly = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}

func TestReadsBackWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	c := cityContents(7, 500)
	s := openStore(t, filepath.Join(dir, "data"))
	state, err := c.publish(t.Context(), s, "2025-q3")
	if err != nil {
		t.Fatal(err)
	}
	if state.Edition.ContentHash != c.hash() {
		t.Errorf("content hash %s, want %s", state.Edition.ContentHash, c.hash())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openStore(t, filepath.Join(dir, "data"))
	households := slices.SortedFunc(slices.Values(c.households), func(a, b registry.Household) int { return compareText(string(a.ID[:]), string(b.ID[:])) })
	if diff := cmp.Diff(households, collect(t, s.Households(t.Context(), "2025-q3")), exactly); diff != "" {
		t.Errorf("households (-want +got):\n%s", diff)
	}
	areas, err := s.Areas(t.Context(), "2025-q3")
	if diff := cmp.Diff(c.areas, areas, exactly); diff != "" || err != nil {
		t.Errorf("areas: %v (-want +got):\n%s", err, diff)
	}
	programs, revision, err := s.Programs(t.Context(), "2025-q3")
	if diff := cmp.Diff(c.programs, programs); diff != "" || err != nil || revision != 1 {
		t.Errorf("programmes of revision %d: %v (-want +got):\n%s", revision, err, diff)
	}
	ofEdition, ofRelease, err := hashes(t.Context(), s, "2025-q3")
	if err != nil || ofEdition != state.Edition.ContentHash || ofRelease != state.Release.ContentHash {
		t.Errorf("hashes after reopening: %s, %s, %v", ofEdition, ofRelease, err)
	}
	editions, err := s.Editions(t.Context())
	if err != nil || len(editions) != 1 || len(editions[0].Releases) != 1 {
		t.Fatalf("editions %+v, %v", editions, err)
	}
	if diff := cmp.Diff(state.Release, editions[0].Releases[0]); diff != "" {
		t.Errorf("release (-published +read):\n%s", diff)
	}
	editions[0].Releases = nil
	if diff := cmp.Diff(state.Edition, editions[0]); diff != "" {
		t.Errorf("edition (-published +read):\n%s", diff)
	}
}

func TestPointsKeepTheirLastDigit(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := cityContents(1, 1)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	var list []registry.Household
	for i, p := range []geo.PointE7{{Lon: 1800000000, Lat: 900000000}, {Lon: -1800000000, Lat: -900000000}, {Lon: 0, Lat: -1}, {Lon: 1061166543, Lat: -21316327},
		{Lon: 1061234567, Lat: 3}, {Lon: math.MaxInt32 / 2, Lat: 899999999}} {
		h := registry.NewHousehold(registry.HouseholdID{byte(i)}, "19.71.01.1001")
		h.Located, h.Point = true, p
		h.FloorAreaM2, h.Score = math.Nextafter(36, 37), math.SmallestNonzeroFloat64
		list = append(list, h)
	}
	if err := s.PutHouseholds(t.Context(), "e", &registry.Import{}, values(list)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, collect(t, s.Households(t.Context(), "e")), exactly); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBoundariesKeepEveryBit(t *testing.T) {
	s := openStore(t, t.TempDir())
	third := 1.0 / 3
	area := registry.Area{Code: "19.71", Name: "Kota", AreaKm2: third, Label: orb.Point{106 + third, -third}, Boundary: orb.MultiPolygon{
		{{{106, -2}, {106 + third, -2}, {106, math.Nextafter(-1, 0)}, {106, -2}}, {{106.1, -1.9}, {106.1, -1.8}, {106.2, -1.9}, {106.1, -1.9}}},
		{{{107, -2}, {108, -2}, {107, -1}, {107, -2}}},
	}}
	if err := s.CreateEdition(t.Context(), registry.Edition{ID: "e"}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutAreas(t.Context(), "e", registry.Import{}, []registry.Area{area}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Areas(t.Context(), "e")
	if diff := cmp.Diff([]registry.Area{area}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestFailedSequenceStoresNothing(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := cityContents(2, 100)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("line 17 is broken")
	failing := func(yield func(registry.Household, error) bool) {
		for h := range c.many(runLength + 10) { // more than one run
			if !yield(h, nil) {
				return
			}
		}
		yield(registry.Household{}, broken)
	}
	if err := s.PutHouseholds(t.Context(), "e", &registry.Import{}, failing); err != broken {
		t.Errorf("got %v, want the error of the sequence", err)
	}
	twice := iter.Seq2[registry.Household, error](values(append(slices.Clone(c.households), c.households[3])))
	err := s.PutHouseholds(t.Context(), "e", &registry.Import{}, twice)
	var refused *registry.Error
	if !errors.As(err, &refused) || refused.Code != registry.CodeConflict || refused.Field != "id" {
		t.Errorf("got %v for an id given twice", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	canceling := func(yield func(registry.Household, error) bool) {
		for h := range c.many(100) {
			cancel()
			if !yield(h, nil) {
				return
			}
		}
	}
	if err := s.PutHouseholds(ctx, "e", &registry.Import{}, canceling); err != context.Canceled {
		t.Errorf("got %v after cancelling", err)
	}
	if got := collect(t, s.Households(t.Context(), "e")); len(got) != len(c.households) {
		t.Errorf("the draft holds %d households, want the former %d", len(got), len(c.households))
	}
	if log, err := s.Imports(t.Context(), "e"); err != nil || len(log) != 5 {
		t.Errorf("log %v, %v", log, err)
	}
}

func TestReadersSeeOneState(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := cityContents(3, 200)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, err := range s.Households(t.Context(), "e") {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 1 { // a writer needs nothing of a reader
			if err := s.Discard(t.Context(), "e", ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if seen != len(c.households) {
		t.Errorf("saw %d households, want %d", seen, len(c.households))
	}
	for _, err := range s.Households(t.Context(), "e") {
		if registry.CodeOf(err) != registry.CodeNotFound {
			t.Errorf("got %v after the edition was discarded", err)
		}
	}
}

func TestLeavingALoopGivesItsConnectionBack(t *testing.T) {
	s := openStore(t, t.TempDir())
	if err := cityContents(3, 50).put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		for range s.Households(t.Context(), "e") {
			break
		}
	}
	if n := s.readers.Stats().InUse; n != 0 {
		t.Errorf("%d connections are in use", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range s.Households(ctx, "e") { // leaving a canceled loop must not call the loop again
		cancel()
		break
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	openStore(t, dir)
	want := map[string]os.FileMode{dir: os.ModeDir | 0o700}
	for _, name := range []string{RegistryFile, RegistryFile + "-wal", LedgerFile, LedgerFile + "-wal", LockFile} {
		want[filepath.Join(dir, name)] = 0o600
	}
	for path, mode := range want {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, mode)
		}
	}
}
