package columnar

import (
	"context"
	"fmt"
	"reflect"

	"kantong/internal/registry"
)

// Summarise answers each query from the sums kept by kelurahan where they suffice, else by one pass over the blocks; queries
// that follow one another with an equal filter share a pass.
func (e *Engine) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	answers := make([][]registry.Cell, len(queries))
	c := compiler{e: e}
	for from := 0; from < len(queries); {
		to := from + 1
		for to < len(queries) && reflect.DeepEqual(&queries[to].Filter, &queries[from].Filter) {
			to++
		}
		if err := e.summarise(ctx, &c, queries[from:to], answers[from:to]); err != nil {
			return nil, err
		}
		from = to
	}
	return answers, nil
}

// summarise answers queries of one filter.
func (e *Engine) summarise(ctx context.Context, c *compiler, queries []registry.SummaryQuery, answers [][]registry.Cell) error {
	root, err := c.compile(&queries[0].Filter)
	if err != nil {
		return err
	}
	all := make([]*summary, len(queries))
	var scanned []*summary
	for i := range queries {
		if all[i], err = e.newSummary(&queries[i]); err != nil {
			return err
		}
		if root.onlyAreas() && all[i].fromKept() {
			all[i].takeKept(root.areas)
			continue
		}
		if all[i].found == nil {
			all[i].grow()
		}
		scanned = append(scanned, all[i])
	}
	if len(scanned) > 0 {
		s := e.newScan(ctx, root, nil)
		for b, m := range s.blocks() {
			for _, sum := range scanned {
				sum.split(0, 0, b, m)
			}
		}
		if s.err != nil {
			return s.err
		}
	}
	for i := range all {
		answers[i] = all[i].cells()
	}
	return nil
}

// onlyAreas tells whether the node asks for nothing but areas.
func (n *node) onlyAreas() bool { return len(n.words)+len(n.regions)+len(n.rows) == 0 }

// summary is a query while it is being answered.
type summary struct {
	e      *Engine
	q      *registry.SummaryQuery
	layout layout
	dims   []dimension // in the order they are split by
	found  *found      // nil unless a dimension
	groups int         // cells, or cells of one value of found
	// By group: layout.size tallies, a benefit sum for every programme if asked for, and a poverty sum for every line.
	tallies  []tally
	shown    []registry.Tally // the same where they are kept sums, else nil
	benefits []benefit
	poverty  []poverty
}

// dimension is one of the query's with where its values go.
type dimension struct {
	registry.Dimension
	at      int     // position in the query
	values  int     // of all but those found on the way
	stride  int     // between the groups of two values that follow one another
	areas   []int   // positions of the listed areas
	groupOf []int32 // by kelurahan: the value it belongs to; -1 for none
	order   []int   // by value: what its groups are numbered by, where that is something else
}

// layout says where the tallies of a group are: the total, then those of each measure that was asked for.
type layout struct {
	measures                                             registry.Measures
	located, deciles, deprived, known, enrolled, persons int
	size                                                 int
}

func newLayout(m registry.Measures, programs int) layout {
	l := layout{measures: m, size: 1}
	place := func(at *int, measure registry.Measures, n int) {
		*at = l.size
		if l.has(measure) {
			l.size += n
		}
	}
	place(&l.located, registry.MeasureLocated, 1)
	place(&l.deciles, registry.MeasureDeciles, 11)
	place(&l.deprived, registry.MeasureDeprivations, registry.DeprivationCount)
	place(&l.known, registry.MeasureDeprivations, registry.DeprivationCount)
	place(&l.enrolled, registry.MeasurePrograms, programs)
	place(&l.persons, registry.MeasurePersons, registry.PersonKindCount)
	return l
}

func (l *layout) has(m registry.Measures) bool { return l.measures&m != 0 }

func (e *Engine) newSummary(q *registry.SummaryQuery) (*summary, error) {
	s := &summary{e: e, q: q, layout: newLayout(q.Measures, len(e.d.Programs)), groups: 1}
	s.dims = make([]dimension, len(q.By))
	for i := len(q.By) - 1; i >= 0; i-- {
		dim := &s.dims[i]
		*dim = dimension{Dimension: q.By[i], at: i, stride: s.groups}
		switch dim.Kind {
		case registry.ByArea:
			if dim.Level < registry.LevelProvinsi || dim.Level > registry.LevelKelurahan {
				return nil, registry.Invalid(fmt.Sprintf("by[%d].level", i), "%d is no level of areas", dim.Level)
			}
			dim.areas = e.listed(&q.Filter, dim.Level)
			dim.values, dim.groupOf = len(dim.areas), e.groupByArea(dim.areas, dim.Level)
		case registry.ByDecile:
			dim.values = 11
		case registry.ByProgram:
			dim.values = len(e.d.Programs)
		case registry.BySex:
			dim.values = int(registry.SexFemale) + 1
		case registry.ByDeprivation:
			dim.values = registry.DeprivationCount
		case registry.ByHex:
			if s.found != nil || dim.EdgeMeters < 1 {
				return nil, registry.Invalid(fmt.Sprintf("by[%d].edgeMeters", i), "one grid of hexagons with edges of at least 1 m")
			}
			s.found = newHexes(e.d.HexGrid(dim.EdgeMeters))
			continue // its values are found on the way, so they go farthest apart
		case registry.ByPlace:
			if s.found != nil || dim.Unit != registry.UnitRW && dim.Unit != registry.UnitRT {
				return nil, registry.Invalid(fmt.Sprintf("by[%d].unit", i), "neighbourhoods are by RW or RT, once")
			}
			s.found = e.newUnits(dim.Unit)
			continue // its values are found on the way, so they go farthest apart
		default:
			return nil, registry.Invalid(fmt.Sprintf("by[%d]", i), "no such dimension")
		}
		s.groups *= dim.values
	}
	for i := range s.dims {
		if s.dims[i].FoundOnTheWay() {
			s.dims[i].stride = s.groups
			// They are split by first: which there are depends on the filter alone, not on the other dimensions.
			first := s.dims[i]
			copy(s.dims[1:i+1], s.dims[:i])
			s.dims[0] = first
		}
	}
	return s, nil
}

// grow makes room for the groups of one more value that was found, or for all when there are none.
func (s *summary) grow() {
	s.tallies = append(s.tallies, make([]tally, s.groups*s.layout.size)...)
	if s.layout.has(registry.MeasureBenefits) {
		s.benefits = append(s.benefits, make([]benefit, s.groups*len(s.e.d.Programs))...)
	}
	s.poverty = append(s.poverty, make([]poverty, s.groups*len(s.q.Lines))...)
}

// listed gives the areas of a level that are inside or around one area of every list that binds the whole filter.
func (e *Engine) listed(f *registry.Filter, level registry.AreaLevel) []int {
	all := e.d.Areas.Level(level)
	pass := make([]int32, e.d.Areas.Len()) // by position: how many lists it has passed
	lists := int32(0)
	e.passLists(f, level, pass, &lists)
	if lists == 0 {
		return all
	}
	var out []int
	for _, i := range all {
		if pass[i] == lists {
			out = append(out, i)
		}
	}
	return out
}

func (e *Engine) passLists(f *registry.Filter, level registry.AreaLevel, pass []int32, lists *int32) {
	if f.Areas != nil {
		for _, code := range distinct(f.Areas) {
			around := code.At(min(level, code.Level()))
			for _, i := range e.d.Areas.Within(around, level) {
				if pass[i] == *lists {
					pass[i]++
				}
			}
		}
		*lists++
	}
	for i := range f.And {
		e.passLists(&f.And[i], level, pass, lists)
	}
}

// groupByArea gives, by kelurahan, which of the areas of a level it lies in; -1 for none of them.
func (e *Engine) groupByArea(areas []int, level registry.AreaLevel) []int32 {
	group := make([]int32, e.d.Areas.Len()+1) // 0 for none, so that nothing needs setting, at the end for no area
	for g, i := range areas {
		group[i] = int32(g + 1)
	}
	groupOf := make([]int32, len(e.codes))
	for k, i := range e.above[level] {
		if i < 0 {
			i = int32(e.d.Areas.Len())
		}
		groupOf[k] = group[i] - 1
	}
	return groupOf
}
