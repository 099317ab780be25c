package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func checkPoints(ctx context.Context, s subject) error {
	r := random(s.seed + 3)
	for i := range 200 {
		f := registry.Filter{}
		if i > 0 {
			f = RandomFilter(r, s.dataset, s.households)
		}
		if err := s.checkPointsOf(ctx, i, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *subject) checkPointsOf(ctx context.Context, i int, f registry.Filter) error {
	q := registry.PointsQuery{Filter: f, Unlocated: i%2 == 1}
	want, err := s.reference.Points(ctx, q)
	if err != nil {
		return s.question(i, f, "the reference refuses it: %v", err)
	}
	got, err := s.engine.Points(ctx, q)
	if err != nil {
		return s.question(i, f, "%v", err)
	}
	if !slices.Equal(got, want) {
		return s.question(i, f, "points (-got +want):\n%s", cmp.Diff(got, want))
	}
	return nil
}

// checkDetails asks for every household, in no order, one of them twice, with ids nobody has among them.
func checkDetails(ctx context.Context, s subject) error {
	var ids []registry.HouseholdID
	for _, h := range shuffled(s.households) {
		stranger := h.ID
		stranger[7] ^= 0x55
		ids = append(ids, h.ID, stranger)
	}
	ids = append(ids, registry.HouseholdID{}, registry.HouseholdID{3: 1})
	for want := range registry.DetailParts(4) {
		for _, asked := range [][]registry.HouseholdID{ids, ids[len(ids)-1:], nil} {
			if err := s.checkDetailsOf(ctx, asked, want); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *subject) checkDetailsOf(ctx context.Context, ids []registry.HouseholdID, parts registry.DetailParts) error {
	want, err := s.reference.Details(ctx, ids, parts)
	if err != nil {
		return err
	}
	got, err := s.engine.Details(ctx, ids, parts)
	if err != nil {
		return fmt.Errorf("details of %d ids, parts %b: %w", len(ids), parts, err)
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d details of %d ids", len(got), len(ids))
	}
	for i := range got {
		if !want[i].Found && !got[i].Found {
			continue
		}
		if diff := diffHouseholds(got[i], want[i]); diff != "" {
			return fmt.Errorf("world %q (seed %d), details of %s, parts %b (-got +want):\n%s", s.name, s.seed, ids[i], parts, diff)
		}
	}
	return nil
}

// checkCancelled wants the context's own error of every method.
func checkCancelled(ctx context.Context, s subject) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	_, summaries := s.engine.Summarise(ctx, []registry.SummaryQuery{{By: []registry.Dimension{{Kind: registry.ByDecile}}}})
	_, rows := s.engine.Rows(ctx, registry.RowsQuery{First: 10})
	_, points := s.engine.Points(ctx, registry.PointsQuery{})
	_, details := s.engine.Details(ctx, []registry.HouseholdID{{}}, registry.DetailEnrolments|registry.DetailAttributes)
	for _, m := range []struct {
		method string
		err    error
	}{{"Summarise", summaries}, {"Rows", rows}, {"Points", points}, {"Details", details}} {
		if !errors.Is(m.err, context.Canceled) {
			return fmt.Errorf("%s with a cancelled context gives the error %v", m.method, m.err)
		}
	}
	return nil
}
