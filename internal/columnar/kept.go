package columnar

import (
	"kantong/internal/registry"
)

// keptMeasures are all but the one that walks enrolments, which few ask for.
const keptMeasures = registry.MeasureAll &^ registry.MeasureBenefits

// keep sums these measures over every kelurahan, so that questions about whole areas need no pass.
func (e *Engine) keep() {
	everything := registry.SummaryQuery{Measures: keptMeasures}
	s := summary{e: e, q: &everything, layout: newLayout(keptMeasures, len(e.d.Programs)), groups: len(e.codes)}
	s.grow()
	for b := range e.blocks {
		s.add(int(e.blocks[b].kelurahan), b, e.blocks[b].all())
	}
	e.kept, e.shown = s.tallies, make([]registry.Tally, len(s.tallies))
	for i := range s.tallies {
		e.shown[i] = s.tallies[i].registry()
	}
}

// fromKept tells whether the kept sums answer the query, if its filter asks for nothing but areas.
func (s *summary) fromKept() bool {
	return s.q.Measures&^keptMeasures == 0 && len(s.q.Lines) == 0 && (len(s.dims) == 0 || len(s.dims) == 1 && s.dims[0].Kind == registry.ByArea)
}

// takeKept answers from what is kept of the kelurahan in the areas, of all when areas is nil.
func (s *summary) takeKept(areas bitset) {
	full := newLayout(keptMeasures, len(s.e.d.Programs))
	if s.wholeKelurahan(areas) { // what is asked for is what is kept
		full.measures = s.q.Measures
		s.tallies, s.shown, s.layout = s.e.kept, s.e.shown, full
		s.dims[0].order = make([]int, s.dims[0].values)
		for k, g := range s.dims[0].groupOf {
			if g >= 0 {
				s.dims[0].order[g] = k
			}
		}
		return
	}
	s.grow()
	for k := range s.e.codes {
		group := 0
		if len(s.dims) == 1 {
			group = int(s.dims[0].groupOf[k])
		}
		if group < 0 || areas != nil && !areas.has(uint32(k)) {
			continue
		}
		from, to := s.e.kept[k*full.size:][:full.size], s.tallies[group*s.layout.size:][:s.layout.size]
		to[0].add(from[0])
		s.layout.addPart(to, from, registry.MeasureLocated, s.layout.located, full.located, full.deciles)
		s.layout.addPart(to, from, registry.MeasureDeciles, s.layout.deciles, full.deciles, full.deprived)
		s.layout.addPart(to, from, registry.MeasureDeprivations, s.layout.deprived, full.deprived, full.enrolled)
		s.layout.addPart(to, from, registry.MeasurePrograms, s.layout.enrolled, full.enrolled, full.persons)
		s.layout.addPart(to, from, registry.MeasurePersons, s.layout.persons, full.persons, full.size)
	}
}

// wholeKelurahan tells whether the cells are kelurahan that all lie in the areas. A filter that keeps nobody for a reason
// other than its lists of areas has cells outside.
func (s *summary) wholeKelurahan(areas bitset) bool {
	if len(s.dims) == 0 || s.dims[0].Level != registry.LevelKelurahan {
		return false
	}
	for k, g := range s.dims[0].groupOf {
		if g >= 0 && areas != nil && !areas.has(uint32(k)) {
			return false
		}
	}
	return true
}

// addPart adds the tallies start to end of a kelurahan to those at a place, if the measure was asked for.
func (l *layout) addPart(to, from []tally, m registry.Measures, at, start, end int) {
	if !l.has(m) {
		return
	}
	for i := start; i < end; i++ {
		to[at+i-start].add(from[i])
	}
}
