package tiles

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"kantong/internal/measure"
	"kantong/internal/registry"
)

// Question says what a map or a table shows: households that a filter keeps, and measures, each in every place.
type Question struct {
	Filter   registry.Filter
	Measures []measure.Measure // a map shows one at most
}

// OtherStates gives the names of other states that the question mentions, each once.
func (q *Question) OtherStates() []string {
	asked := registry.Filter{And: []registry.Filter{q.Filter}}
	for i := range q.Measures {
		if share := q.Measures[i].Share; share != nil {
			asked.And = append(asked.And, share.Meeting, share.Among)
		}
	}
	return asked.OtherStates()
}

// tags are the attributes of a figure: a number only where there is one, and always what it is.
func (f *Figure) tags(list []any, measured bool) []any {
	if f.Households.Status.HasValue() {
		list = append(list, "households", f.Households.Households)
	}
	list = append(list, "households_status", f.Households.Status.String())
	if !measured {
		return list
	}
	if f.Values[0].Status.HasValue() {
		list = append(list, "value", Rounded(f.Values[0].Value))
	}
	return append(list, "value_status", f.Values[0].Status.String())
}

// Rounded is a number as GraphQL writes it: to 12 significant digits, in which engines agree.
func Rounded(value float64) float64 {
	n, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64) // it was just written
	return n
}

// Check refuses what the edition does not have; fields are filter and measure, or measure[i] of several.
func (q *Question) Check(d *registry.Dataset) error {
	if err := d.CheckFilter(&q.Filter); err != nil {
		return registry.Under("filter", err)
	}
	for i := range q.Measures {
		if err := q.Measures[i].Check(d); err != nil {
			return registry.Under(q.measureField(i), err)
		}
	}
	return nil
}

func (q *Question) measureField(i int) string {
	if len(q.Measures) == 1 {
		return "measure"
	}
	return "measure[" + strconv.Itoa(i) + "]"
}

// Figure is what is shown of one place: how many households, and each measure in the order of the question.
type Figure struct {
	Households registry.Tally
	Values     []registry.Rate
}

// Figures asks for every place of a dimension: the area or the hexagon of a key. Of areas each is there, of hexagons those that
// hold anybody whom the filter keeps or a measure is about. The question was checked.
func (q *Question) Figures(ctx context.Context, v *registry.View, by registry.Dimension) (map[registry.Key]Figure, error) {
	for i := range q.Measures {
		if q.Measures[i].Indicator != nil && by.Kind == registry.ByHex {
			return nil, registry.Invalid(q.measureField(i)+".indicator", "a published figure is one of areas: ask for kelurahan or kecamatan")
		}
	}
	answers, err := v.Summarise(ctx, []registry.SummaryQuery{{Filter: q.Filter, By: []registry.Dimension{by}}})
	if err != nil {
		return nil, underName("filter", err)
	}
	unknown := func() []registry.Rate {
		values := make([]registry.Rate, len(q.Measures))
		for i := range values {
			values[i].Status = registry.UnknownFigure
		}
		return values
	}
	figures := make(map[registry.Key]Figure, len(answers[0]))
	if by.Kind == registry.ByArea { // of areas that the filter leaves out there is no answer: they have nobody, which everybody can tell
		for _, at := range v.Areas.Level(by.Level) {
			figures[registry.Key{Area: v.Areas.Area(at).Code}] = Figure{Values: unknown()}
		}
	}
	for i := range answers[0] {
		c := &answers[0][i]
		if !c.Key.NoHex {
			figures[c.Key] = Figure{c.Total, unknown()}
		}
	}
	if len(q.Measures) == 0 {
		return figures, nil
	}
	values, err := measure.Evaluate(ctx, v, q.Measures, by, nil)
	if err != nil {
		return nil, q.whichMeasure(ctx, v, by, err)
	}
	for i := range values {
		for _, x := range values[i] {
			key := registry.Key{Area: x.Area, Hex: x.Hex}
			f, known := figures[key]
			if !known {
				f.Values = unknown()
				if v.Total.Status != registry.Exact { // a hexagon without anybody whom the filter keeps; that it is so is nobody's business
					f.Households.Status = registry.Suppressed
				}
			}
			f.Values[i] = x.Rate
			figures[key] = f
		}
	}
	return figures, nil
}

// whichMeasure names the measure that an error is about. All are asked for at once; only then one by one.
func (q *Question) whichMeasure(ctx context.Context, v *registry.View, by registry.Dimension, err error) error {
	field := q.measureField(0)
	for i := 0; len(q.Measures) > 1 && i < len(q.Measures); i++ {
		if _, single := measure.Evaluate(ctx, v, q.Measures[i:i+1], by, nil); single != nil {
			field, err = q.measureField(i), single
			break
		}
	}
	if registry.CodeOf(err) == registry.CodeDisclosureLimit { // a guard names conditions that it was asked for, not what they came from
		return registry.At(field, err)
	}
	return underName(field, err)
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
