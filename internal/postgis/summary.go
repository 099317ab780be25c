package postgis

import (
	"context"
	"fmt"

	"kantong/internal/registry"
)

// Summarise answers each query with one statement of one pass, one more for poverty lines and one for benefits; all go
// together in one round trip. Cells that the database has no row for are filled in here.
func (e *Engine) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := &batch{}
	summaries := make([]*summary, len(queries))
	for i := range queries {
		var err error
		if summaries[i], err = e.newSummary(&queries[i]); err != nil {
			return nil, err
		}
		summaries[i].addTo(b)
	}
	if err := e.run(ctx, b); err != nil {
		return nil, err
	}
	answers := make([][]registry.Cell, len(queries))
	for i, s := range summaries {
		answers[i] = s.cells()
	}
	return answers, nil
}

// maxLines keeps a statement below the 1664 columns that PostgreSQL selects at most.
const maxLines = 100

// summary is a query while it is being answered.
type summary struct {
	e      *Engine
	q      *registry.SummaryQuery
	dims   []dimension
	slices []slice
	groups []group
	at     map[[2]int]int // where the group of some values is: by the number of what was found, and one made of all others
}

// group is the households of one combination of values, given by their numbers in each dimension.
type group struct {
	values []int
	cell   registry.Cell
}

func (e *Engine) newSummary(q *registry.SummaryQuery) (*summary, error) {
	if err := e.check(&q.Filter); err != nil {
		return nil, err
	}
	if len(q.Lines) > maxLines {
		return nil, registry.Invalid("lines", "%d poverty lines; at most %d", len(q.Lines), maxLines)
	}
	s := &summary{e: e, q: q, dims: make([]dimension, len(q.By)), at: map[[2]int]int{}}
	for i, by := range q.By {
		dim, err := e.newDimension(by, &q.Filter)
		if err != nil {
			return nil, registry.Under(fmt.Sprintf("by[%d]", i), err)
		}
		s.dims[i] = dim
	}
	s.slices = s.newSlices()
	return s, nil
}

// addTo asks for the slices, in one pass with grouping sets; Citus, which does not take those over several nodes, gets a
// statement for each.
func (s *summary) addTo(b *batch) {
	if s.e.distributed {
		for i := range s.slices {
			s.addSlices(b, s.slices[i:i+1], i == 0)
		}
	} else {
		s.addSlices(b, s.slices, true)
	}
	if len(s.q.Lines) > 0 {
		s.addPoverty(b)
	}
	if s.q.Measures&registry.MeasureBenefits != 0 {
		s.addBenefits(b)
	}
}

// from writes the households of the query, with what its dimensions and joins need beside them.
func (s *summary) from(st *statement, joins ...fragment) {
	st.add(" FROM ", s.e.households, " h")
	st.add(joins...)
	// Which values are found depends on the filter alone, so a household stays though it is in no other value.
	join := fragment(" JOIN ")
	for i := range s.dims {
		if s.dims[i].FoundOnTheWay() {
			join = " LEFT JOIN "
		}
	}
	for i := range s.dims {
		s.dims[i].join(st, join)
	}
	st.add(" WHERE ")
	s.e.filter(st, &s.q.Filter)
}

// columns are what all groups are made by.
func (s *summary) columns() (list []fragment) {
	for i := range s.dims {
		list = append(list, s.dims[i].columns()...)
	}
	return list
}

// read takes the values of a row and gives the cell they belong to; nil for values that the answer does not have.
func (s *summary) read(r *reader) *registry.Cell {
	values := make([]int, 0, 4)
	key, listed := [2]int{}, true
	for i := range s.dims {
		v := s.dims[i].read(r)
		values = append(values, v)
		if s.dims[i].FoundOnTheWay() {
			key[0] = v
		} else {
			key[1] = key[1]*s.dims[i].size() + v
			listed = listed && v >= 0
		}
	}
	if !listed {
		return nil
	}
	at, met := s.at[key]
	if !met {
		at = len(s.groups)
		s.at[key] = at
		g := group{values, s.empty()}
		for i := range s.dims {
			if !s.dims[i].FoundOnTheWay() { // whose order is known at the end
				s.dims[i].setKey(&g.cell.Key, values[i])
			}
		}
		s.groups = append(s.groups, g)
	}
	return &s.groups[at].cell
}

// empty is a cell that nobody is in, with the lists that were asked for.
func (s *summary) empty() registry.Cell { return registry.EmptyCell(s.q, len(s.e.masks)) }

// cells gives every combination of the dimensions' values, the first dimension slowest.
func (s *summary) cells() []registry.Cell {
	n, at := 1, make([][]int, len(s.dims)) // by dimension and number of a value: its place in the order
	for i := range s.dims {
		at[i] = s.dims[i].places()
		n *= s.dims[i].size()
	}
	cells := make([]registry.Cell, n)
	filled := make([]bool, n)
	for i := range s.groups {
		c := s.place(s.groups[i].values, at)
		cells[c], filled[c] = s.groups[i].cell, true
	}
	value := make([]int, len(s.dims))
	for c := range cells {
		if !filled[c] {
			cells[c] = s.empty()
		}
		for i := range s.dims {
			s.dims[i].setKey(&cells[c].Key, value[i])
		}
		for i := len(s.dims) - 1; i >= 0; i-- { // the next combination
			if value[i]++; value[i] < s.dims[i].size() {
				break
			}
			value[i] = 0
		}
	}
	return cells
}

// place gives the cell of a group.
func (s *summary) place(values []int, at [][]int) (cell int) {
	for i, v := range values {
		cell = cell*s.dims[i].size() + at[i][v]
	}
	return cell
}
