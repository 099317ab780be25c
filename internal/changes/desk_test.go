package changes

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/filestore"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

var (
	noon    = time.Date(2025, 11, 1, 12, 0, 0, 0, time.UTC)
	secrets = registry.Secrets{ID: [][]byte{[]byte("id")}, Record: []byte("record")}
	admin   = registry.Viewer{Role: registry.RoleAdmin, Organisation: "Bappeda", KeyID: "k-admin"}
)

// bench is a desk with a real store: a published edition "2025-q3" with a draft release "2025-11", a draft edition
// "2025-q4" with a release "2025-12", and the key "k-old".
type bench struct {
	*testing.T
	*Desk
	files     *filestore.Store
	faults    *faults
	mu        sync.Mutex
	refreshed int
	refresh   error // what Refresh gives
	logged    []error
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, faults: &faults{}}
	store, err := filestore.Open(t.Context(), t.TempDir())
	b.ok(err)
	b.files = store
	t.Cleanup(func() { b.ok(store.Close()) })
	b.Desk = NewDesk(Options{
		Store: faultyStore{store, b.faults}, Ledger: faultyLedger{store.Ledger(), b.faults},
		Secrets: func() (registry.Secrets, error) { return secrets, nil },
		Now:     func() time.Time { return noon },
		Refresh: func(context.Context) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.refreshed++
			return b.refresh
		},
		Log: func(_ context.Context, _ string, err error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.logged = append(b.logged, err)
		},
	})
	b.fill(store, "2025-q3", "2025-10")
	_, err = store.Publish(t.Context(), "2025-q3", "", registry.PublishOptions{Secrets: secrets, Now: noon})
	b.ok(err)
	b.ok(store.CreateRelease(t.Context(), "2025-q3", registry.Release{ID: "2025-11"}))
	b.fill(store, "2025-q4", "2025-12")
	b.ok(store.Ledger().AddKey(t.Context(), registry.APIKey{ID: "k-old", Role: registry.RolePartner, Organisation: "Yayasan", CreatedAt: noon}))
	return b
}

// fill makes a draft edition of a small city.
func (b *bench) fill(store registry.Store, edition, release string) {
	b.Helper()
	d, records, enrolments := storetest.City(11, 12)
	var areas []registry.Area
	for i := range d.Areas.Len() {
		areas = append(areas, *d.Areas.Area(i))
	}
	households := func(yield func(registry.Household, error) bool) {
		for _, r := range records {
			if !yield(r.Household, nil) {
				return
			}
		}
	}
	ctx := b.Context()
	b.ok(store.CreateEdition(ctx, registry.Edition{ID: edition, Label: edition, Source: "made up", AsOf: "2025-09-30"}))
	b.ok(store.CreateRelease(ctx, edition, registry.Release{ID: release}))
	b.ok(store.PutAreas(ctx, edition, registry.Import{Kind: registry.ImportAreas}, areas))
	b.ok(store.PutPrograms(ctx, edition, registry.Import{Kind: registry.ImportPrograms}, d.Programs))
	b.ok(store.PutHouseholds(ctx, edition, &registry.Import{Kind: registry.ImportHouseholds}, households))
	b.ok(store.PutEnrolments(ctx, edition, release, &registry.Import{Kind: registry.ImportEnrolments, Release: release}, values(enrolments)))
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

// another is a second server at the same store and ledger, or this one after it died.
func (b *bench) another() *Desk { return NewDesk(b.with) }

// state is all that changes change, but for the hashes of keys, which are random.
type state struct {
	Editions  []registry.Edition
	Programs  map[string][]registry.Program
	Revisions map[string]int64
	Keys      []registry.APIKey
}

func (b *bench) state() state {
	b.Helper()
	ctx := context.WithoutCancel(b.Context())
	editions, err := b.with.Store.Editions(ctx)
	b.ok(err)
	s := state{Editions: editions, Programs: map[string][]registry.Program{}, Revisions: map[string]int64{}}
	for _, e := range editions {
		s.Programs[e.ID], s.Revisions[e.ID], err = b.with.Store.Programs(ctx, e.ID)
		b.ok(err)
	}
	s.Keys, err = b.Keys(ctx)
	b.ok(err)
	for i := range s.Keys {
		s.Keys[i].SHA256 = [32]byte{}
	}
	return s
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) same(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(got, want); diff != "" {
		b.Errorf("%s (-got +want):\n%s", what, diff)
	}
}

// refused wants an error of a code that names a field.
func (b *bench) refused(what string, err error, code registry.Code, field string) {
	b.Helper()
	var e *registry.Error
	if !errors.As(err, &e) || e.Code != code || e.Field != field {
		b.Errorf("%s: error %v, want %s of field %q", what, err, code, field)
	}
}

// program is a programme that may be added to the city.
func program(code string) registry.Program {
	poorest := 3
	return registry.Program{Code: code, Name: "Bedah rumah", Pillar: registry.PillarHousing, Funder: "Perkim", FunderKind: registry.FunderGovernment,
		Year: 2026, Source: "SK 1/2026", Eligibility: registry.Filter{Areas: []registry.AreaCode{"19.71"}, Decile: &registry.IntRange{Max: &poorest}, NotEnrolledIn: []string{"BPNT"}}}
}
