package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"kantong/internal/registry"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }

// randomQuery splits by up to three different dimensions, mostly by one.
func randomQuery(r *rand.Rand, w *world) registry.SummaryQuery {
	q := registry.SummaryQuery{Filter: RandomFilter(r, w.dataset, w.households), Measures: registry.Measures(r.IntN(int(registry.MeasureAll) + 1))}
	dimensions := []registry.Dimension{
		{Kind: registry.ByArea, Level: registry.AreaLevel(1 + r.IntN(4))},
		{Kind: registry.ByArea, Level: registry.LevelKelurahan},
		{Kind: registry.ByDecile},
		{Kind: registry.ByProgram},
		{Kind: registry.BySex},
		{Kind: registry.ByDeprivation},
		{Kind: registry.ByHex, EdgeMeters: []int{200, 500, 1000, 5000}[r.IntN(4)]},
		registry.PlacesOf([]registry.PlaceUnit{registry.UnitRW, registry.UnitRT}[r.IntN(2)]),
	}
	count := []int{0, 0, 0, 1, 1, 1, 1, 2}[r.IntN(8)]
	if r.IntN(100) == 0 {
		count = 3
	}
	for range count {
		d := dimensions[r.IntN(len(dimensions))]
		if by := append(slices.Clone(q.By), d); w.dataset.CheckBy(by) == nil {
			q.By = by
		}
	}
	for range r.IntN(3) {
		q.Lines = append(q.Lines, []int64{0, 550_000, r.Int64N(3_000_000), registry.MaxExpenditureRupiah}[r.IntN(4)])
	}
	return q
}

// checkSummaries compares the cells of one random question after the other.
func checkSummaries(ctx context.Context, s subject) error {
	r := random(s.seed)
	for i := range s.filters {
		q := randomQuery(r, &s.world)
		if err := s.checkSummary(ctx, i, q); err != nil {
			return err
		}
	}
	return nil
}

func (s *subject) checkSummary(ctx context.Context, i int, queries ...registry.SummaryQuery) error {
	want, err := s.reference.Summarise(ctx, queries)
	if err != nil {
		return s.question(i, queries[0].Filter, "the reference refuses it: %v", err)
	}
	got, err := s.engine.Summarise(ctx, queries)
	if err != nil {
		return s.question(i, queries[0].Filter, "%v", err)
	}
	if len(got) != len(want) {
		return s.question(i, queries[0].Filter, "%d answers to %d queries", len(got), len(queries))
	}
	for k, q := range queries {
		if diff := diffCells(got[k], want[k]); diff != "" {
			return s.question(i, q.Filter, "query %d, by %+v, measures %b, lines %v: %s", k, q.By, q.Measures, q.Lines, diff)
		}
	}
	return nil
}

// checkBatches asks several questions in one call; some share a filter, and a batch may be empty.
func checkBatches(ctx context.Context, s subject) error {
	r := random(s.seed + 1)
	for i := range 20 {
		queries := make([]registry.SummaryQuery, 2+r.IntN(5))
		for k := range queries {
			queries[k] = randomQuery(r, &s.world)
			if k > 0 && r.IntN(2) == 0 {
				queries[k].Filter = queries[k-1].Filter
			}
		}
		if err := s.checkSummary(ctx, i, queries...); err != nil {
			return err
		}
	}
	if got, err := s.engine.Summarise(ctx, nil); err != nil || len(got) != 0 {
		return fmt.Errorf("no queries: %d answers, error %v", len(got), err)
	}
	return nil
}

// checkConcurrent asks from many goroutines at once; run it with -race.
func checkConcurrent(ctx context.Context, s subject) error {
	const askers = 4
	errs := make([]error, askers)
	var wg sync.WaitGroup
	for a := range askers {
		wg.Go(func() {
			r := random(s.seed + 100 + uint64(a))
			for i := range 15 {
				errs[a] = s.checkSummary(ctx, i, randomQuery(r, &s.world))
				if errs[a] == nil {
					errs[a] = s.checkPage(ctx, i, randomRowsQuery(r, &s.world))
				}
				if errs[a] == nil {
					errs[a] = s.checkPointsOf(ctx, i, RandomFilter(r, s.dataset, s.households))
				}
				if errs[a] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
