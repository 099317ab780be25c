package model

import (
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Readings compares published figures of areas with those of a reference.
func Readings(v *registry.View, indicator string, codes []registry.AreaCode, reference registry.AreaCode, direction *targeting.Orientation) ([]*IndicatorReading, error) {
	if err := (&measure.Measure{Indicator: &measure.Indicator{Code: indicator}}).Check(v.Dataset); err != nil {
		return nil, registry.NotFound("indicator", "edition %s has no published figure %q", v.State.ID(), indicator)
	}
	if err := checkAreas(v, codes); err != nil {
		return nil, err
	}
	if !hasArea(v, reference) {
		return nil, registry.NotFound("reference", "edition %s has neither an area %s nor a figure of it", v.State.ID(), reference)
	}
	bad := valueOr(direction, targeting.MoreIsWorse)
	beside := seriesOf(v, indicator, reference)
	how := method("relevance and effectiveness", "TNP2K, handbook of regional poverty analysis", "indicator", indicator, "reference", reference, "direction", bad, "edition", v.State.ID())
	nodes, out := areasOf(v, codes), make([]*IndicatorReading, len(codes))
	for i, code := range codes {
		own := seriesOf(v, indicator, code)
		relevance, err := targeting.RelevanceOf(own, beside, bad)
		if err != nil {
			return nil, err
		}
		effectiveness, err := targeting.EffectivenessOf(own, beside, bad)
		if err != nil {
			return nil, err
		}
		r := &IndicatorReading{Code: code, Area: nodes.byCode(code), Reference: reference, Years: relevance.Years, Position: relevance.Position, Gap: relevance.Gap,
			Own: figure(relevance.Own), Beside: figure(relevance.Reference), OwnSlopePerYear: figure(effectiveness.Own.SlopePerYear),
			ReferenceSlopePerYear: figure(effectiveness.Reference.SlopePerYear), Effectiveness: effectiveness.Reading, Method: how}
		if relevance.Years > 0 {
			r.FirstYear, r.LastYear = &relevance.FirstYear, &relevance.LastYear
		}
		out[i] = r
	}
	return out, nil
}

// figure is nil where there is none.
func figure(r registry.Rate) *float64 { return new(rate(r)).Value() }
