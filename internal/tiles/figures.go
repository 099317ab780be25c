package tiles

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"kantong/internal/measure"
	"kantong/internal/registry"
)

// Question says what a map shows: households that a filter keeps, and a measure, each in every place.
type Question struct {
	Filter  registry.Filter
	Measure *measure.Measure // nil: none
}

// OtherStates gives the names of other states that the question mentions, each once.
func (q *Question) OtherStates() []string {
	asked := registry.Filter{And: []registry.Filter{q.Filter}}
	if q.Measure != nil && q.Measure.Share != nil {
		asked.And = append(asked.And, q.Measure.Share.Meeting, q.Measure.Share.Among)
	}
	return asked.OtherStates()
}

// tags are the attributes of a figure: a number only where there is one, and always what it is.
func (f *figure) tags(list []any, measured bool) []any {
	if f.households.Status.HasValue() {
		list = append(list, "households", f.households.Households)
	}
	list = append(list, "households_status", f.households.Status.String())
	if !measured {
		return list
	}
	if f.value.Status.HasValue() {
		list = append(list, "value", rounded(f.value.Value))
	}
	return append(list, "value_status", f.value.Status.String())
}

// rounded is a number as GraphQL writes it: to 12 significant digits, in which engines agree.
func rounded(value float64) float64 {
	n, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64) // it was just written
	return n
}

// Check refuses what the edition does not have; fields are filter and measure.
func (q *Question) Check(d *registry.Dataset) error {
	if err := d.CheckFilter(&q.Filter); err != nil {
		return registry.Under("filter", err)
	}
	if q.Measure == nil {
		return nil
	}
	return registry.Under("measure", q.Measure.Check(d))
}

// figure is what is shown of one place.
type figure struct {
	households registry.Tally
	value      registry.Rate
}

// figuresOf asks for every place of a dimension: the area or the hexagon of a key.
func (q *Question) figuresOf(ctx context.Context, v *registry.View, by registry.Dimension) (map[registry.Key]figure, error) {
	if q.Measure != nil && q.Measure.Indicator != nil && by.Kind == registry.ByHex {
		return nil, registry.Invalid("measure.indicator", "a published figure is one of areas: ask for kelurahan or kecamatan")
	}
	answers, err := v.Summarise(ctx, []registry.SummaryQuery{{Filter: q.Filter, By: []registry.Dimension{by}}})
	if err != nil {
		return nil, underName("filter", err)
	}
	figures := make(map[registry.Key]figure, len(answers[0]))
	if by.Kind == registry.ByArea { // of areas that the filter leaves out there is no answer: they have nobody, which everybody can tell
		for _, at := range v.Areas.Level(by.Level) {
			figures[registry.Key{Area: v.Areas.Area(at).Code}] = figure{value: registry.Rate{Status: registry.UnknownFigure}}
		}
	}
	for i := range answers[0] {
		c := &answers[0][i]
		if !c.Key.NoHex {
			figures[c.Key] = figure{c.Total, registry.Rate{Status: registry.UnknownFigure}}
		}
	}
	if q.Measure == nil {
		return figures, nil
	}
	values, err := measure.Evaluate(ctx, v, []measure.Measure{*q.Measure}, by, nil)
	if registry.CodeOf(err) == registry.CodeDisclosureLimit { // a guard names conditions that it was asked for, not what they came from
		return nil, registry.At("measure", err)
	}
	if err != nil {
		return nil, underName("measure", err)
	}
	for _, x := range values[0] {
		key := registry.Key{Area: x.Area, Hex: x.Hex}
		f, known := figures[key]
		if !known && v.Total.Status != registry.Exact { // a hexagon without anybody whom the filter keeps; that it is so is nobody's business
			f.households.Status = registry.Suppressed
		}
		f.value = x.Rate
		figures[key] = f
	}
	return figures, nil
}

// underName completes the field of an engine's error, which begins at the filter or measure; that of a dimension or a header is
// named by itself, and no field at all is of the whole request.
func underName(name string, err error) error {
	var e *registry.Error
	switch {
	case !errors.As(err, &e) || e.Field == "" || strings.HasPrefix(e.Field, "Kantong-"):
		return err
	case strings.HasPrefix(e.Field, "groupBy"):
		return registry.At("layer", err)
	}
	return registry.Under(name, err)
}
