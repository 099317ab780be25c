package model

import (
	"fmt"

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

// checkScope refuses a level that the edition does not have, areas that it does not have, and areas below the level.
func checkScope(v *registry.View, level *registry.AreaLevel, within []registry.AreaCode) error {
	by := valueOr(level, registry.LevelKelurahan)
	if len(v.Areas.Level(by)) == 0 {
		return registry.Invalid("level", "edition %s has no areas of level %s", v.State.ID(), by)
	}
	if within != nil && len(within) == 0 {
		return registry.Invalid("within", "an empty list keeps no area: leave it out for all")
	}
	for i, code := range within {
		if err := checkWithin(v, by, i, code); err != nil {
			return err
		}
	}
	return nil
}

func checkWithin(v *registry.View, by registry.AreaLevel, i int, code registry.AreaCode) error {
	if _, ok := v.Areas.Find(code); !ok {
		return registry.NotFound(fmt.Sprintf("within[%d]", i), "edition %s has no area %s", v.State.ID(), code)
	}
	return checkFiner(by, i, code)
}

func checkFiner(by registry.AreaLevel, i int, code registry.AreaCode) error {
	if by < code.Level() {
		return registry.Invalid(fmt.Sprintf("within[%d]", i), "%s is coarser than the area %s: its figures would be those of a part", by, code)
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
