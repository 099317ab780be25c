package model

import (
	"context"
	"errors"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/spatial"
)

// Rates gives a share in every area, raw and smoothed.
func Rates(ctx context.Context, v *registry.View, in *MeasureInput, level *registry.AreaLevel, within []registry.AreaCode) ([]*AreaRate, error) {
	if err := checkScope(v, level, within); err != nil {
		return nil, err
	}
	values, err := evaluate(ctx, v, []*MeasureInput{in}, []string{"measure"}, areasOr(level), within)
	if err != nil {
		return nil, err
	}
	if in.Indicator != nil {
		return nil, registry.Invalid("measure.indicator", "a published figure has no households to steady it by: ask for a share, a deprivation or an exclusion")
	}
	list := values[0]
	events, base, known := make([]int64, len(list)), make([]int64, len(list)), make([]bool, len(list))
	for i, x := range list {
		events[i], base[i] = x.Sample()
		known[i] = x.Rate.Status.HasValue() && x.Of > 0
	}
	smoothed, _, err := spatial.SmoothBinomial(events, base, known)
	if err != nil {
		return nil, err
	}
	how := method("binomial empirical Bayes", "Martuzzi and Elliott 1996; 90 % interval from the beta distribution of the same mean and variance",
		"measure", in.measure(), "level", valueOr(level, registry.LevelKelurahan), "edition", v.State.ID())
	nodes, out := areasOf(v, codesOf(list)), make([]*AreaRate, len(list))
	for i, x := range list {
		status := x.Rate.Status
		r := &AreaRate{Area: nodes.byCode(x.Area), Raw: new(rate(x.Rate)), N: new(count(x.Of, status)), Method: how}
		figure := func(value float64) *Rate {
			f := rate(registry.Rate{Value: value, Status: status})
			if !known[i] {
				f = Rate{Status: max(status, registry.Suppressed)}
				if status.HasValue() {
					f.Status = registry.UnknownFigure
				}
			}
			return &f
		}
		r.Smoothed, r.Lower, r.Upper = figure(smoothed[i].Rate), figure(smoothed[i].Lower), figure(smoothed[i].Upper)
		out[i] = r
	}
	return out, nil
}

// evaluate checks measures and asks for all of them at once.
func evaluate(ctx context.Context, v *registry.View, inputs []*MeasureInput, fields []string, by registry.Dimension, within []registry.AreaCode) ([][]measure.Value, error) {
	measures := make([]measure.Measure, len(inputs))
	for i, in := range inputs {
		measures[i] = in.measure()
		if err := measures[i].Check(v.Dataset); err != nil {
			return nil, registry.Under(fields[i], err)
		}
	}
	values, err := measure.Evaluate(ctx, v, measures, by, within)
	switch {
	case registry.CodeOf(err) != registry.CodeDisclosureLimit:
		return values, under("measure", err)
	case by.Kind == registry.ByHex:
		return nil, registry.At("hex", err)
	}
	return nil, atFault(ctx, v, measures, fields, by, within, err)
}

// atFault names the measure that a guard refuses: it speaks of conditions that it was asked for, not of what they came from. A
// refusal that is about no condition, as of a budget, stays as it is.
func atFault(ctx context.Context, v *registry.View, measures []measure.Measure, fields []string, by registry.Dimension, within []registry.AreaCode, refusal error) error {
	var e *registry.Error
	if !errors.As(refusal, &e) || e.Field == "" {
		return refusal
	}
	for i := range measures[:len(measures)-1] {
		if _, err := measure.Evaluate(ctx, v, measures[i:i+1], by, within); registry.CodeOf(err) == registry.CodeDisclosureLimit {
			return registry.At(fields[i], err)
		}
	}
	return registry.At(fields[len(fields)-1], refusal)
}
