package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// refused are filters that no engine answers, with the code and field of the error.
func refused() []struct {
	filter registry.Filter
	code   registry.Code
	field  string
} {
	bowTie := orb.Polygon{{{106, -2}, {106.1, -2.1}, {106.1, -2}, {106, -2.1}, {106, -2}}}
	return []struct {
		filter registry.Filter
		code   registry.Code
		field  string
	}{
		{registry.Filter{Areas: []registry.AreaCode{"99.99"}}, registry.CodeNotFound, "areas[0]"},
		{registry.Filter{Areas: []registry.AreaCode{"nonsense"}}, registry.CodeBadUserInput, "areas[0]"},
		{registry.Filter{Or: []registry.Filter{{}, {Not: &registry.Filter{Areas: []registry.AreaCode{"99"}}}}}, registry.CodeNotFound, "or[1].not.areas[0]"},
		{registry.Filter{EnrolledIn: []string{"NO-SUCH"}}, registry.CodeNotFound, "enrolledIn"},
		{registry.Filter{And: []registry.Filter{{NotEnrolledIn: []string{"NO-SUCH"}}}}, registry.CodeNotFound, "and[0].notEnrolledIn"},
		{registry.Filter{EligibleFor: "NO-SUCH"}, registry.CodeNotFound, "eligibleFor"},
		{registry.Filter{Decile: intRange(4, 1)}, registry.CodeBadUserInput, "decile"},
		{registry.Filter{Stunted: atLeast(-1)}, registry.CodeBadUserInput, "stunted.min"},
		{registry.Filter{KnownIn: []registry.Deprivation{registry.DeprivationCount}}, registry.CodeBadUserInput, "knownIn[0]"},
		{registry.Filter{Score: &registry.Score{}}, registry.CodeBadUserInput, "score.of"},
		{registry.Filter{Not: &registry.Filter{Score: &registry.Score{Of: []registry.Deprivation{0, 1}, Weights: []int64{1}, AtLeast: 1}}}, registry.CodeBadUserInput, "not.score.weights"},
		{registry.Filter{Score: &registry.Score{Of: []registry.Deprivation{0, 1}, Weights: []int64{1, 1}, AtLeast: 3}}, registry.CodeBadUserInput, "score.atLeast"},
		{registry.Filter{InState: &registry.InState{}}, registry.CodeBadUserInput, "inState.state"},
		{registry.Filter{Not: &registry.Filter{InState: &registry.InState{State: "never looked up"}}}, registry.CodeInternal, "not.inState"},
		{registry.Filter{Where: &registry.Spatial{}}, registry.CodeBadUserInput, "where"},
		{registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{North: -1, South: 1}}}, registry.CodeInvalidGeometry, "where.bbox"},
		{registry.Filter{Where: &registry.Spatial{Near: &registry.Near{}}}, registry.CodeBadUserInput, "where.near.radiusMeters"},
		{registry.Filter{Where: &registry.Spatial{CoveredBy: orb.Point{}}}, registry.CodeInvalidGeometry, "where.coveredBy"},
		{registry.Filter{Not: &registry.Filter{Where: &registry.Spatial{CoveredBy: bowTie}}}, registry.CodeInvalidGeometry, "not.where.coveredBy"},
	}
}

// checkErrors asks what can't be answered of every method that takes a filter.
func checkErrors(ctx context.Context, s subject) error {
	for _, c := range refused() {
		_, err := s.engine.Summarise(ctx, []registry.SummaryQuery{{}, {Filter: c.filter}})
		if err := wantError(err, c.code, c.field); err != nil {
			return fmt.Errorf("Summarise with filter %s: %w", c.filter.JSON(), err)
		}
		_, err = s.engine.Rows(ctx, registry.RowsQuery{Filter: c.filter, First: 1})
		if err := wantError(err, c.code, c.field); err != nil {
			return fmt.Errorf("Rows with filter %s: %w", c.filter.JSON(), err)
		}
		_, err = s.engine.Points(ctx, registry.PointsQuery{Filter: c.filter})
		if err := wantError(err, c.code, c.field); err != nil {
			return fmt.Errorf("Points with filter %s: %w", c.filter.JSON(), err)
		}
	}
	known := s.dataset.Areas.Area(0).Code
	_, err := s.engine.Rows(ctx, registry.RowsQuery{Parents: []registry.AreaCode{known, "99.99"}, First: 1})
	if code := registry.CodeOf(err); code != registry.CodeNotFound {
		return fmt.Errorf("Rows of an unknown parent gives %q (%v), want NOT_FOUND", code, err)
	}
	_, err = s.engine.Rows(ctx, registry.RowsQuery{Near: &orb.Point{}, ByNeed: true, First: 1})
	if err := wantError(err, registry.CodeBadUserInput, "near"); err != nil {
		return fmt.Errorf("Rows nearest first and by need: %w", err)
	}
	return nil
}

func wantError(err error, code registry.Code, field string) error {
	var e *registry.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("error %v, want %s at %q", err, code, field)
	}
	if e.Code != code || e.Field != field {
		return fmt.Errorf("error %s at %q, want %s at %q: %v", e.Code, e.Field, code, field, err)
	}
	return nil
}
