package postgis

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"kantong/internal/registry"
)

// check tells what is wrong with a filter that was asked.
func (e *Engine) check(f *registry.Filter) error {
	return cmp.Or(e.d.CheckFilter(f), f.CheckFound())
}

// filter writes the conditions of a filter that has passed check, in parentheses. A condition on something unknown
// is NULL, which the database keeps out like false; only under NOT it would stay NULL, so that is written IS NOT TRUE.
func (e *Engine) filter(s *statement, f *registry.Filter) {
	s.add("(TRUE")
	e.conditions(s, f)
	s.add(")")
}

// conditions writes each condition with AND before it. Those of And and of an eligibility rule are as good as the
// filter's own.
func (e *Engine) conditions(s *statement, f *registry.Filter) {
	if f.Areas != nil {
		areaCondition(s, f.Areas)
	}
	if f.Where != nil {
		s.add(" AND ")
		region(s, f.Where)
	}
	rangeCondition(s, "h.decile", f.Decile)
	rangeCondition(s, "h.members", f.Members)
	for kind, r := range f.Persons() {
		rangeCondition(s, personColumn(registry.PersonKind(kind)), r)
	}
	if f.DeprivedIn != nil {
		s.add(" AND h.deprived & h.known & ", s.bind(deprivationMask(f.DeprivedIn), "int4"), " <> 0")
	}
	if len(f.NotDeprivedIn) > 0 {
		mask := s.bind(deprivationMask(f.NotDeprivedIn), "int4")
		s.add(" AND h.known & ~h.deprived & ", mask, " = ", mask)
	}
	knownCondition(s, f.KnownIn)
	if f.Score != nil {
		scoreCondition(s, f.Score)
	}
	if f.EnrolledIn != nil {
		s.add(" AND h.enrolled & ", s.bind(e.programMask(f.EnrolledIn), "int8"), " <> 0")
	}
	if len(f.NotEnrolledIn) > 0 {
		s.add(" AND h.enrolled & ", s.bind(e.programMask(f.NotEnrolledIn), "int8"), " = 0")
	}
	if f.HeadSex != registry.SexUnknown {
		s.add(" AND h.head_sex = ", s.bind(int16(f.HeadSex), "int2"))
	}
	if f.Geocoded != nil {
		if *f.Geocoded {
			s.add(" AND h.geom IS NOT NULL")
		} else {
			s.add(" AND h.geom IS NULL")
		}
	}
	if f.InState != nil { // the database looks the ids up in a hash table of them
		s.add(" AND h.id = ANY (", s.bind(uuids(f.InState.Set.IDs()), "uuid[]"), ")")
	}
	textCondition(s, "h.rt", f.RT)
	textCondition(s, "h.rw", f.RW)
	for i := range f.And {
		e.conditions(s, &f.And[i])
	}
	if p, ok := e.d.Program(f.EligibleFor); ok {
		e.conditions(s, &e.d.Programs[p].Eligibility)
	}
	if f.Or != nil {
		s.add(" AND (FALSE")
		for i := range f.Or {
			s.add(" OR ")
			e.filter(s, &f.Or[i])
		}
		s.add(")")
	}
	if f.Not != nil {
		s.add(" AND ")
		e.filter(s, f.Not)
		s.add(" IS NOT TRUE")
	}
}

// fewAreas is up to how many areas above kelurahan are written as ranges of codes, which an index serves.
const fewAreas = 8

// areaCondition compares codes as text: whatever lies in an area starts with its code.
func areaCondition(s *statement, areas []registry.AreaCode) {
	byLevel := map[registry.AreaLevel][]string{}
	above := 0
	for _, code := range outermost(areas) {
		byLevel[code.Level()] = append(byLevel[code.Level()], string(code))
		if code.Level() < registry.LevelKelurahan {
			above++
		}
	}
	s.add(" AND (FALSE")
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		list := byLevel[level]
		switch {
		case len(list) == 0:
		case level == registry.LevelKelurahan:
			s.add(" OR h.area_code = ANY (", s.bind(list, "text[]"), ")")
		case above > fewAreas:
			s.add(" OR ", codeAt(level), " = ANY (", s.bind(list, "text[]"), ")")
		default:
			for _, code := range list {
				s.add(" OR h.area_code >= ", s.bind(code, "text"), " AND h.area_code < ", s.bind(code+afterDot, "text"))
			}
		}
	}
	s.add(")")
}

// afterDot is the character that follows the dot, so that the codes in an area sort from its own to this.
const afterDot = "/"

// outermost gives the areas sorted without those that lie in another of them.
func outermost(areas []registry.AreaCode) (kept []registry.AreaCode) {
	for _, code := range slices.Sorted(slices.Values(areas)) {
		if len(kept) == 0 || !code.Within(kept[len(kept)-1]) {
			kept = append(kept, code)
		}
	}
	return kept
}

// codeAt is the code of the area of a level that a household lies in.
func codeAt(level registry.AreaLevel) fragment {
	switch level {
	case registry.LevelProvinsi:
		return "substr(h.area_code, 1, 2)"
	case registry.LevelKabupatenKota:
		return "substr(h.area_code, 1, 5)"
	case registry.LevelKecamatan:
		return "substr(h.area_code, 1, 8)"
	}
	return "h.area_code"
}

// rangeCondition bounds a column; the ends are cut to what the column could hold.
func rangeCondition(s *statement, column fragment, r *registry.IntRange) {
	if r == nil {
		return
	}
	if r.Min == nil && r.Max == nil {
		s.add(" AND ", column, " IS NOT NULL")
	}
	if r.Min != nil {
		s.add(" AND ", column, " >= ", s.bind(int16(min(*r.Min, math.MaxInt16)), "int2"))
	}
	if r.Max != nil {
		s.add(" AND ", column, " <= ", s.bind(int16(min(*r.Max, math.MaxInt16)), "int2"))
	}
}

// knownCondition wants all of the deprivations known; it is none for an empty list.
func knownCondition(s *statement, list []registry.Deprivation) {
	if len(list) > 0 {
		mask := s.bind(deprivationMask(list), "int4")
		s.add(" AND h.known & ", mask, " = ", mask)
	}
}

// scoreCondition adds the weights up in 64 bits, which hold the sum of all.
func scoreCondition(s *statement, score *registry.Score) {
	knownCondition(s, score.Of)
	s.add(" AND 0")
	for i, d := range score.Of {
		s.add(" + CASE WHEN h.deprived & ", s.bind(int32(1)<<d, "int4"), " <> 0 THEN ", s.bind(score.Weights[i], "int8"), " ELSE 0 END")
	}
	s.add(" >= ", s.bind(score.AtLeast, "int8"))
}

// textCondition wants exactly this text; empty is unknown. What the database could not even hold is nobody's.
func textCondition(s *statement, column fragment, text *string) {
	switch {
	case text == nil:
	case *text == "":
		s.add(" AND ", column, " IS NULL")
	case !utf8.ValidString(*text) || strings.ContainsRune(*text, 0):
		s.add(" AND FALSE")
	default:
		s.add(" AND ", column, " = ", s.bind(*text, "text"))
	}
}

// personColumn counts the persons of a kind.
func personColumn(k registry.PersonKind) fragment { return "h." + fragment(k.Column()) }

func deprivationMask(list []registry.Deprivation) int32 {
	var set registry.DeprivationSet
	for _, d := range list {
		set = set.With(d)
	}
	return int32(set)
}
