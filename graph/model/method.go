package model

import (
	"fmt"
	"strconv"

	"kantong/internal/measure"
	"kantong/internal/registry"
)

// method describes how a figure was made; parameters are names and values by turns.
func method(name, source string, parameters ...any) *Method {
	m := &Method{Name: name, Source: source, Parameters: []*MethodParameter{}}
	for i := 0; i+1 < len(parameters); i += 2 {
		m.Parameters = append(m.Parameters, &MethodParameter{Name: fmt.Sprint(parameters[i]), Value: fmt.Sprint(parameters[i+1])})
	}
	return m
}

// measure is what was asked for, in the words of package measure.
func (in *MeasureInput) measure() measure.Measure {
	switch {
	case in.Share != nil:
		share := &measure.Share{Meeting: registry.Join(in.Share.Meeting, nil), People: in.Share.People != nil && *in.Share.People}
		if in.Share.Among != nil {
			share.Among = *in.Share.Among
		}
		return measure.Measure{Share: share}
	case in.Deprivation != nil:
		return measure.Measure{Deprivation: in.Deprivation}
	case in.Exclusion != nil:
		return measure.Measure{Exclusion: *in.Exclusion}
	}
	indicator := &measure.Indicator{Code: in.Indicator.Code}
	if in.Indicator.Year != nil {
		indicator.Year = *in.Indicator.Year
	}
	return measure.Measure{Indicator: indicator}
}

// name says the measure in words that fit under a table.
func (in *MeasureInput) name() string {
	m := in.measure()
	switch {
	case m.Share != nil:
		what := "households"
		if m.Share.People {
			what = "people"
		}
		among := ""
		if !m.Share.Among.Everybody() {
			among = " among those " + m.Share.Among.String()
		}
		return "share of " + what + " " + m.Share.Meeting.String() + among
	case m.Deprivation != nil:
		return "households deprived in " + m.Deprivation.String()
	case m.Exclusion != "":
		return "exclusion error of " + m.Exclusion
	case m.Indicator.Year != 0:
		return m.Indicator.Code + " of " + strconv.Itoa(m.Indicator.Year)
	}
	return m.Indicator.Code
}

// checkMeasure refuses names that the edition does not have.
func checkMeasure(v *registry.View, in *MeasureInput, field string) error {
	m := in.measure()
	if m.Exclusion != "" {
		if _, ok := v.Program(m.Exclusion); !ok {
			return registry.NotFound(field+".exclusion", "edition %s has no programme %q", v.State.ID(), m.Exclusion)
		}
	}
	if m.Indicator != nil {
		for _, i := range v.Indicators {
			if i.Code == m.Indicator.Code && (m.Indicator.Year == 0 || i.Year == m.Indicator.Year) {
				return nil
			}
		}
		return registry.NotFound(field+".indicator", "edition %s has no such published figure", v.State.ID())
	}
	return nil
}

// checkWithin refuses areas that the edition does not have.
func checkWithin(v *registry.View, within []registry.AreaCode) error {
	for i, code := range within {
		if _, ok := v.Areas.Find(code); !ok {
			return registry.NotFound(fmt.Sprintf("within[%d]", i), "edition %s has no area %s", v.State.ID(), code)
		}
	}
	return nil
}

// areasOf makes a level of the areas of codes.
func areasOf(v *registry.View, codes []registry.AreaCode) *areas {
	var positions []int
	for _, c := range codes {
		if p, ok := v.Areas.Find(c); ok {
			positions = append(positions, p)
		}
	}
	return newAreas(v, positions)
}

// areasOr splits by the areas of a level, kelurahan when not given.
func areasOr(level *registry.AreaLevel) registry.Dimension {
	return registry.AreasOf(valueOr(level, registry.LevelKelurahan))
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func codesOf(values []measure.Value) []registry.AreaCode {
	codes := make([]registry.AreaCode, len(values))
	for i, v := range values {
		codes[i] = v.Area
	}
	return codes
}
