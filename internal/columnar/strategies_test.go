package columnar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestStrategies runs random questions against the reference on a city of many blocks, where walks are taken and pages
// end early, which the conformance suite's cities are too small for.
func TestStrategies(t *testing.T) {
	d, households, enrolments := storetest.City(77, 3000)
	e := build(t, d, households, enrolments)
	reference := storetest.NewReference(d, households, enrolments)
	r := rand.New(rand.NewPCG(7, 7))
	for i := range 150 {
		q := registry.RowsQuery{First: r.IntN(30)}
		if i%10 == 0 {
			q.First = 500 + r.IntN(3000) // a page of a map
		}
		if i%3 > 0 { // else everybody
			q.Filter = storetest.RandomFilter(r, d, households)
		}
		switch r.IntN(4) {
		case 0:
			q.ByNeed = true
		case 1, 2:
			p := households[r.IntN(len(households))].Point.Point()
			q.Near = &p
		}
		if r.IntN(4) == 0 {
			q.Parents = []registry.AreaCode{"19.71.02", "19.71.01.1001", "19.71"}
		}
		if r.IntN(5) == 0 {
			q.Total = true
		}
		for page := range 3 {
			got, err := e.Rows(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := reference.Rows(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("question %d, page %d: %v near %v (by need %v) in %v, first %d after %v (-want +got):\n%s", i, page, q.Filter, q.Near, q.ByNeed, q.Parents, q.First, q.After, diff)
			}
			if len(got[0].Rows) == 0 {
				break
			}
			after := got[0].Rows[len(got[0].Rows)-1].Key()
			q.After = &after
		}
	}
}

// TestWalksAgreeWithScans compares the two ways of finding a page where the other would be taken.
func TestWalksAgreeWithScans(t *testing.T) {
	d, households, enrolments := storetest.City(78, 3000)
	e := build(t, d, households, enrolments)
	r := rand.New(rand.NewPCG(8, 8))
	for range 300 {
		f := storetest.RandomFilter(r, d, households)
		var within bitset
		if r.IntN(3) == 0 {
			within = e.kelurahanIn([]registry.AreaCode{d.Areas.Area(r.IntN(d.Areas.Len())).Code})
		}
		q := registry.RowsQuery{First: r.IntN(300)}
		if r.IntN(3) == 0 {
			h := households[r.IntN(len(households))]
			q.After = &registry.RowKey{ID: h.ID, Order: r.Int64N(20_000_000)}
		}
		at := households[r.IntN(len(households))].Point.Point()
		root := (&compiler{e: e}).node(&f)
		ways := map[string]func(*scan, *first){
			"walkNearest": func(s *scan, first *first) { s.walkNearest(at, first) }, "scanNearest": func(s *scan, first *first) { s.scanNearest(at, first) },
		}
		compareWays(t, e, root, within, &q, f, ways)
		if q.After != nil {
			q.After.Order = int64(r.IntN(3) - 1)
		}
		ways = map[string]func(*scan, *first){
			"walkByID": func(s *scan, first *first) { s.walkByID(first, e.Households()+q.First) }, "scanByID": func(s *scan, first *first) { s.scanByID(first) },
		}
		compareWays(t, e, root, within, &q, f, ways)
	}
}

func compareWays(t *testing.T, e *Engine, root *node, within bitset, q *registry.RowsQuery, f registry.Filter, ways map[string]func(*scan, *first)) {
	t.Helper()
	var want []position
	var reference string
	for name, way := range ways {
		for _, pivot := range []bool{true, false} {
			s, found := e.newScan(t.Context(), root, within), e.newFirst(q)
			s.pivot = nil
			if pivot && len(root.regions) > 0 {
				s.pivot = root.regions[0]
			}
			way(s, found)
			slices.SortFunc(found.heap, position.compare)
			if reference == "" {
				reference, want = fmt.Sprint(name, pivot), found.heap
			} else if !slices.Equal(found.heap, want) {
				t.Fatalf("%v after %v: %s (by region: %v) finds %v; %s finds %v", f, q.After, name, pivot, found.heap, reference, want)
			}
		}
	}
}

// TestOrderOfRows checks what everything else rests on: each block is of one kelurahan, located or not, and every row is in
// exactly one block.
func TestOrderOfRows(t *testing.T) {
	d, households, enrolments := storetest.City(79, 4000)
	e := build(t, d, households, enrolments)
	seen := map[registry.HouseholdID]bool{}
	for b := range e.blocks {
		for i := range int(e.blocks[b].rows) {
			row := e.read(slotOf(b, i))
			at, ok := slices.BinarySearchFunc(households, row.ID, func(h registry.Record, id registry.HouseholdID) int { return bytes.Compare(h.ID[:], id[:]) })
			if !ok || seen[row.ID] || households[at].Area != row.Area || households[at].Located != e.blocks[b].located {
				t.Fatalf("block %d holds %+v; %+v expected", b, row, households[at])
			}
			seen[row.ID] = true
		}
	}
	if len(seen) != len(households) || len(e.blocks) > len(households)/40 {
		t.Fatalf("%d of %d households in %d blocks", len(seen), len(households), len(e.blocks))
	}
}

// ending is a context that ends when it has been asked once.
type ending struct {
	context.Context
	asked int
}

func (c *ending) Err() error {
	if c.asked++; c.asked > 1 {
		return context.Canceled
	}
	return nil
}

func TestEndsOnTheWay(t *testing.T) {
	d, households, enrolments := storetest.City(80, 3000)
	e := build(t, d, households, enrolments)
	one, at := 1, orb.Point{106.1, -2.1}
	some := registry.Filter{Members: &registry.IntRange{Min: &one}}
	region := registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: 100, East: 110, South: -9, North: 9}}}
	tests := map[string]func(context.Context) error{
		"Summarise": func(ctx context.Context) error {
			_, err := e.Summarise(ctx, []registry.SummaryQuery{{Filter: some}})
			return err
		},
		"Points": func(ctx context.Context) error {
			_, err := e.Points(ctx, registry.PointsQuery{Filter: some})
			return err
		},
		"Rows": func(ctx context.Context) error {
			_, err := e.Rows(ctx, registry.RowsQuery{Filter: some, First: 2000})
			return err
		},
		"Rows in a region": func(ctx context.Context) error {
			_, err := e.Rows(ctx, registry.RowsQuery{Filter: region, First: 2000})
			return err
		},
		"Rows by need": func(ctx context.Context) error {
			_, err := e.Rows(ctx, registry.RowsQuery{Filter: some, ByNeed: true, First: 3})
			return err
		},
		"Rows nearest first": func(ctx context.Context) error {
			_, err := e.Rows(ctx, registry.RowsQuery{Filter: some, Near: &at, First: 3})
			return err
		},
	}
	for name, ask := range tests {
		if err := ask(&ending{Context: t.Context()}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestSortRanks covers both ways of sorting.
func TestSortRanks(t *testing.T) {
	e := &Engine{households: &households{slots: make([]slot, 1000)}}
	for _, n := range []int{0, 5, 15, 16, 1000} {
		ranks := make([]uint32, n)
		for i, r := range rand.New(rand.NewPCG(1, 1)).Perm(1000)[:n] {
			ranks[i] = uint32(r)
		}
		want := slices.Sorted(slices.Values(ranks))
		if e.sortRanks(ranks); !slices.Equal(ranks, want) {
			t.Errorf("%d ranks: %v, want %v", n, ranks, want)
		}
	}
}
