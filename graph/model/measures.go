package model

import (
	"context"
	"fmt"
	"slices"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Bounds of classes: fewer are none, and more than nine colours nobody tells apart.
const (
	minClasses = 2
	maxClasses = 9
)

// MeasureDescription is a measure with the classes of its values.
type MeasureDescription struct {
	measure.Described
	values  []measure.Value
	areas   *areas
	classes int
	rule    ClassRule
}

// Measures lists what an edition can show, or those of the codes, with the figures of a level.
func Measures(ctx context.Context, v *registry.View, codes []string, level *registry.AreaLevel, classes *int, by *ClassRule) ([]*MeasureDescription, error) {
	if err := checkScope(v, level, nil); err != nil {
		return nil, err
	}
	number := valueOr(classes, 5)
	if number < minClasses || number > maxClasses {
		return nil, registry.Invalid("classes", "%d is outside %d to %d", number, minClasses, maxClasses)
	}
	wanted, err := described(v.Dataset, codes)
	if err != nil {
		return nil, err
	}
	list, values, err := answered(ctx, v, wanted, areasOr(level))
	if err != nil {
		return nil, err
	}
	out := make([]*MeasureDescription, len(list))
	for i := range list {
		out[i] = &MeasureDescription{list[i], values[i], areasOf(v, codesOf(values[i])), number, valueOr(by, ClassRuleQuantile)}
	}
	return out, nil
}

// described are the measures of the codes, each once and in the order of the list; nil codes are all.
func described(d *registry.Dataset, codes []string) (list []measure.Described, err error) {
	all := measure.List(d)
	for i, code := range codes {
		if !slices.ContainsFunc(all, func(m measure.Described) bool { return m.Code == code }) {
			return nil, registry.Invalid(fmt.Sprintf("codes[%d]", i), "the edition has no measure %.60q; measures without codes lists what there is", code)
		}
	}
	for _, m := range all {
		if codes == nil || slices.Contains(codes, m.Code) {
			list = append(list, m)
		}
	}
	return list, nil
}

// answered asks for all measures at once. Where a guard refuses that, because of a programme whose rule it doesn't answer, the
// list is left without such ones: a client should offer what can be shown.
func answered(ctx context.Context, v *registry.View, list []measure.Described, by registry.Dimension) ([]measure.Described, [][]measure.Value, error) {
	evaluate := func(list []measure.Described) ([][]measure.Value, error) {
		all := make([]measure.Measure, len(list))
		for i := range list {
			all[i] = list[i].Measure
		}
		return measure.Evaluate(ctx, v, all, by, nil)
	}
	values, err := evaluate(list)
	if registry.CodeOf(err) != registry.CodeDisclosureLimit {
		return list, values, err
	}
	var left []measure.Described
	for i := range list {
		if list[i].Measure.Exclusion != "" {
			if _, err := evaluate(list[i : i+1]); registry.CodeOf(err) == registry.CodeDisclosureLimit {
				continue
			}
		}
		left = append(left, list[i])
	}
	values, err = evaluate(left)
	return left, values, err
}

func (m *MeasureDescription) Code() string                     { return m.Described.Code }
func (m *MeasureDescription) Measure() string                  { return string(m.Described.Measure.JSON()) }
func (m *MeasureDescription) Unit() string                     { return m.Described.Unit }
func (m *MeasureDescription) Direction() targeting.Orientation { return m.Orientation }
func (m *MeasureDescription) Pillar() *registry.Pillar         { return m.Described.Pillar }
func (m *MeasureDescription) Areas() int                       { return len(m.values) }

// Label is Indonesian unless asked for otherwise.
func (m *MeasureDescription) Label(language *Language) string {
	if valueOr(language, LanguageID) == LanguageEn {
		return m.English
	}
	return m.Indonesian
}

// WithFigure counts areas that show a figure.
func (m *MeasureDescription) WithFigure() int { return len(m.shown()) }

// Breaks divide the figures that are shown.
func (m *MeasureDescription) Breaks() []float64 {
	if m.rule == ClassRuleJenks {
		return measure.JenksBreaks(m.shown(), m.classes)
	}
	return measure.QuantileBreaks(m.shown(), m.classes)
}

// Figures are those of all areas.
func (m *MeasureDescription) Figures() []*AreaFigure {
	list := make([]*AreaFigure, len(m.values))
	for i, x := range m.values {
		list[i] = &AreaFigure{Area: m.areas.byCode(x.Area), Value: new(rate(x.Rate))}
	}
	return list
}

func (m *MeasureDescription) shown() (list []float64) {
	for _, x := range m.values {
		if x.Rate.Status.HasValue() {
			list = append(list, x.Rate.Value)
		}
	}
	return list
}
