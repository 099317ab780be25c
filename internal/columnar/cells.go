package columnar

import (
	"kantong/internal/registry"
)

// cells gives the answer: every combination of the dimensions' values, the first dimension of the query slowest.
func (s *summary) cells() []registry.Cell {
	dims := make([]*dimension, len(s.q.By))
	n := 1
	for i := range s.dims {
		dim := &s.dims[i]
		if dim.FoundOnTheWay() {
			dim.order = s.ordered()
			dim.values = len(dim.order)
		}
		dims[dim.at] = dim
		n *= dim.values
	}
	cells := make([]registry.Cell, n)
	parts := s.newParts(n)
	value := make([]int, len(dims))
	for c := range cells {
		group := 0
		for i, dim := range dims {
			number := value[i]
			if dim.order != nil {
				number = dim.order[number]
			}
			s.setKey(&cells[c].Key, dim, value[i], number)
			group += number * dim.stride
		}
		parts.fill(&cells[c], group)
		for i := len(dims) - 1; i >= 0; i-- { // the next combination
			if value[i]++; value[i] < dims[i].values {
				break
			}
			value[i] = 0
		}
	}
	return cells
}

// setKey names a value of a dimension, whose groups go by a number.
func (s *summary) setKey(k *registry.Key, dim *dimension, v, number int) {
	switch dim.Kind {
	case registry.ByArea:
		k.Area = s.e.d.Areas.Area(dim.areas[v]).Code
	case registry.ByDecile:
		k.Decile = v
	case registry.ByProgram:
		k.Program = v
	case registry.BySex:
		k.Sex = registry.Sex(v)
	case registry.ByDeprivation:
		k.Deprivation = registry.Deprivation(v)
	case registry.ByHex, registry.ByPlace:
		s.setFound(k, dim, number)
	}
}

// parts cuts the slices of all cells from three arrays.
type parts struct {
	s        *summary
	tallies  []registry.Tally
	benefits []registry.Benefit
	poverty  []registry.Poverty
}

func (s *summary) newParts(cells int) *parts {
	p := &parts{s: s}
	if s.shown != nil {
		return p
	}
	if asked := newLayout(s.layout.measures&^registry.MeasureLocated, len(s.e.d.Programs)); asked.measures != 0 {
		p.tallies = make([]registry.Tally, 0, cells*(asked.size-1))
	}
	if s.layout.has(registry.MeasureBenefits) {
		p.benefits = make([]registry.Benefit, 0, cells*len(s.e.d.Programs))
	}
	if len(s.q.Lines) > 0 {
		p.poverty = make([]registry.Poverty, 0, cells*len(s.q.Lines))
	}
	return p
}

func (p *parts) fill(c *registry.Cell, group int) {
	l := &p.s.layout
	at := group * l.size
	c.Total = p.s.tallies[at].registry()
	if l.has(registry.MeasureLocated) {
		c.Located = p.s.tallies[at+l.located].registry()
	}
	if l.has(registry.MeasureDeciles) {
		c.Deciles = p.cut(at+l.deciles, at+l.deprived)
	}
	if l.has(registry.MeasureDeprivations) {
		c.Deprived = p.cut(at+l.deprived, at+l.known)
		c.Known = p.cut(at+l.known, at+l.enrolled)
	}
	if l.has(registry.MeasurePrograms) {
		c.Enrolled = p.cut(at+l.enrolled, at+l.persons)
	}
	if l.has(registry.MeasurePersons) {
		c.Persons = p.cut(at+l.persons, at+l.size)
	}
	p.fillBenefits(c, group)
	p.fillPoverty(c, group)
}

// cut gives a run of the sums as the contract writes them: those that are kept are kept so, and shared.
func (p *parts) cut(start, end int) []registry.Tally {
	if p.s.shown != nil {
		return p.s.shown[start:end:end]
	}
	from := len(p.tallies)
	for i := range p.s.tallies[start:end] {
		p.tallies = append(p.tallies, p.s.tallies[start+i].registry())
	}
	return p.tallies[from:len(p.tallies):len(p.tallies)]
}

func (p *parts) fillBenefits(c *registry.Cell, group int) {
	if !p.s.layout.has(registry.MeasureBenefits) {
		return
	}
	from, programs := len(p.benefits), len(p.s.e.d.Programs)
	for _, sum := range p.s.benefits[group*programs:][:programs] {
		p.benefits = append(p.benefits, registry.Benefit{Recorded: sum.recorded.registry(), Rupiah: sum.rupiah})
	}
	c.Benefits = p.benefits[from:len(p.benefits):len(p.benefits)]
}

func (p *parts) fillPoverty(c *registry.Cell, group int) {
	lines := p.s.q.Lines
	if len(lines) == 0 {
		return
	}
	from := len(p.poverty)
	for k, line := range lines {
		sum := &p.s.poverty[group*len(lines)+k]
		p.poverty = append(p.poverty, registry.Poverty{
			LineRupiah: line, Base: sum.base.registry(), Poor: sum.poor.registry(), Gap: sum.gap, GapSquared: sum.gapSquared,
			MembersSquared: sum.membersSquared, GapFourth: sum.gapFourth,
		})
	}
	c.Poverty = p.poverty[from:len(p.poverty):len(p.poverty)]
}
