package model

import (
	"context"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Quadrants places areas by two measures beside a reference.
func Quadrants(ctx context.Context, v *registry.View, main, supporting OrientedMeasure, level *registry.AreaLevel, reference *registry.AreaCode) ([]*AreaQuadrant, error) {
	inputs, fields := []*MeasureInput{main.Measure, supporting.Measure}, []string{"main.measure", "supporting.measure"}
	if err := checkScope(v, level, nil); err != nil {
		return nil, err
	}
	values, err := evaluate(ctx, v, inputs, fields, areasOr(level), nil)
	if err != nil {
		return nil, err
	}
	beside := []registry.Rate{mean(values[0]), mean(values[1])}
	against := "mean of the areas"
	if reference != nil {
		if _, ok := v.Areas.Find(*reference); !ok {
			return nil, registry.NotFound("reference", "edition %s has no area %s", v.State.ID(), *reference)
		}
		of, err := evaluate(ctx, v, inputs, fields, registry.AreasOf(reference.Level()), []registry.AreaCode{*reference})
		if err != nil {
			return nil, err
		}
		beside, against = []registry.Rate{of[0][0].Rate, of[1][0].Rate}, string(*reference)
	}
	how := method("quadrant", "TNP2K, handbook of regional poverty analysis", "main", main.Measure.measure().String(), "supporting", supporting.Measure.measure(), "reference", against, "edition", v.State.ID())
	nodes, out := areasOf(v, codesOf(values[0])), make([]*AreaQuadrant, len(values[0]))
	for i := range values[0] {
		a, b := values[0][i].Rate, values[1][i].Rate
		q := targeting.QuadrantOf(targeting.Standing{Own: a, Reference: beside[0], Orientation: valueOr(main.Direction, targeting.MoreIsWorse)},
			targeting.Standing{Own: b, Reference: beside[1], Orientation: valueOr(supporting.Direction, targeting.MoreIsWorse)})
		out[i] = &AreaQuadrant{Area: nodes.byCode(values[0][i].Area), Main: new(rate(a)), Supporting: new(rate(b)), Method: how}
		if n := int(q); q != targeting.NoQuadrant {
			out[i].Quadrant = &n
		}
	}
	return out, nil
}

// mean is that of the areas that have a figure, each alike.
func mean(values []measure.Value) registry.Rate {
	var sum float64
	n, status := 0, registry.Exact
	for _, x := range values {
		if x.Rate.Status.HasValue() {
			sum += x.Rate.Value
			status = max(status, x.Rate.Status)
			n++
		}
	}
	if n == 0 {
		return registry.Rate{Status: registry.UnknownFigure}
	}
	return registry.Rate{Value: sum / float64(n), Status: status}
}
