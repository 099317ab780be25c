package storetest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kantong/internal/registry"
)

// NewStore opens an empty store of its own for every call. The suite closes it when the subtest ends.
type NewStore func(t *testing.T) registry.Store

// RunStore tries everything that registry.Store promises, on a fresh store for every subtest. What happens when a store
// is killed or opened again is for the back-end's own tests.
func RunStore(t *testing.T, open NewStore) {
	for _, group := range storeTests {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.run(newBench(t, func() registry.Store { return open(t) })) })
		}
	}
}

var storeTests = [][]storeTest{editionTests, copyTests, contentTests, householdTests, enrolmentTests, publishTests, hashTests, keyTests,
	matchTests, pointTests, unmatchedTests, blockTests, errorTests}

type storeTest struct {
	name string
	run  func(*bench)
}

// bench is one subtest's store and what is done with it again and again.
type bench struct {
	testing.TB
	registry.Store
	open func() registry.Store
	ctx  context.Context
}

func newBench(t testing.TB, open func() registry.Store) *bench {
	s := open()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return &bench{TB: t, Store: s, open: open, ctx: t.Context()}
}

// fresh is the bench with another empty store.
func (b *bench) fresh() *bench { return newBench(b.TB, b.open) }

// at is a time that every store can keep, the given minutes after the suite's first morning.
func at(minutes int) time.Time {
	return time.Date(2025, 11, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// contents are what goes into an edition and its first release.
type contents struct {
	areas      []registry.Area
	programs   []registry.Program
	indicators []registry.AreaIndicator
	households []registry.Household
	enrolments []registry.Enrolment
	unmatched  []registry.Unmatched

	successions []registry.Succession
}

// cityContents are those of a City, in canonical order.
func cityContents(households int) contents {
	d, records, enrolments := City(11, households)
	c := contents{programs: d.Programs, enrolments: enrolments}
	for i := range d.Areas.Len() {
		c.areas = append(c.areas, *d.Areas.Area(i))
	}
	for _, r := range records {
		c.households = append(c.households, r.Household)
	}
	for i, code := range []string{"Z_upper", "a-b", "a_b", "ab", "p0_percent"} {
		for _, year := range []int{2023, 2024} {
			c.indicators = append(c.indicators, registry.AreaIndicator{Area: "19.71", Code: code, Year: year, Value: float64(year) / float64(3+i),
				Unit: "percent", Source: "BPS", URL: "https://example.org/?a=1&b=“2”", Note: "it's a note"})
		}
	}
	c.indicators = append(c.indicators, registry.AreaIndicator{Area: "19.71.01", Code: "p0_percent", Year: 2024, Value: 0.1})
	c.successions = []registry.Succession{
		{Code: "19.71.02", Predecessor: "19.71.02"}, // kept its code, and gave ground away
		{Code: "19.71.01.1003", Predecessor: "19.71.01.1009", Decree: "Perda “3/2025” it's", Date: "2025-02-28"},
		{Code: "19.71.01.1003", Predecessor: "19.71.01.1010"},
		{Code: "19.71.01.1001", Predecessor: "19.71.01.1010", Date: "2024-12-31"},
	}
	c.sort()
	return c
}

// draft begins an edition.
func (b *bench) draft(edition string) {
	b.Helper()
	b.ok(b.CreateEdition(b.ctx, registry.Edition{ID: edition, Label: "Edition " + edition, Source: "made up", AsOf: "2025-09-30"}))
}

// fill puts contents into a draft edition, the enrolments into the named release or the edition's own.
func (b *bench) fill(edition, release string, c contents) {
	b.Helper()
	b.ok(b.PutAreas(b.ctx, edition, registry.Import{Kind: registry.ImportAreas, At: at(0)}, c.areas))
	b.ok(b.PutPrograms(b.ctx, edition, registry.Import{Kind: registry.ImportPrograms, At: at(0)}, c.programs))
	b.ok(b.PutIndicators(b.ctx, edition, registry.Import{Kind: registry.ImportIndicators, At: at(0)}, c.indicators))
	b.ok(b.PutSuccessions(b.ctx, edition, registry.Import{Kind: registry.ImportSuccessions, At: at(0)}, c.successions))
	b.ok(b.PutHouseholds(b.ctx, edition, &registry.Import{Kind: registry.ImportHouseholds, At: at(0)}, each(c.households)))
	b.ok(b.PutEnrolments(b.ctx, edition, release, &registry.Import{Kind: registry.ImportEnrolments, Release: release, At: at(0), Unmatched: c.unmatched}, each(c.enrolments)))
}

// published makes an edition of a small city and publishes it, release and all.
func (b *bench) published(edition, release string, minutes int) registry.State {
	b.Helper()
	b.draft(edition)
	if release != "" {
		b.ok(b.CreateRelease(b.ctx, edition, registry.Release{ID: release, EnrolmentsAsOf: "2025-10-31"}))
	}
	b.fill(edition, release, cityContents(12))
	return b.publish(edition, release, minutes)
}

func (b *bench) publish(edition, release string, minutes int) registry.State {
	b.Helper()
	state, err := b.Publish(b.ctx, edition, release, registry.PublishOptions{Secrets: citySecrets, Now: at(minutes)})
	b.ok(err)
	return state
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// refused wants an error with one of the codes.
func (b *bench) refused(what string, err error, codes ...registry.Code) {
	b.Helper()
	if !slices.Contains(codes, registry.CodeOf(err)) {
		b.Errorf("%s: code %q (%v), want one of %q", what, registry.CodeOf(err), err, codes)
	}
}

// same compares two values to the last bit; empty and nil slices, and any two NaNs, are the same.
func (b *bench) same(what string, got, want any) {
	b.Helper()
	filterByJSON := cmp.Comparer(func(x, y registry.Filter) bool { return string(x.JSON()) == string(y.JSON()) })
	if diff := cmp.Diff(got, want, cmpopts.EquateNaNs(), cmpopts.EquateEmpty(), filterByJSON); diff != "" {
		b.Errorf("%s (-got +want):\n%s", what, diff)
	}
}

// list gathers a sequence up to its error.
func list[T any](seq iter.Seq2[T, error]) (out []T, err error) {
	for v, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

// gathered is list where no error may come.
func gathered[T any](b *bench, seq iter.Seq2[T, error]) []T {
	b.Helper()
	out, err := list(seq)
	b.ok(err)
	return out
}

// each is the sequence of a list.
func each[T any](values []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

var errUnreadable = errors.New("line 4: unreadable")

// breaking is the sequence of a list that ends in errUnreadable.
func breaking[T any](values []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
		var zero T
		yield(zero, errUnreadable)
	}
}
