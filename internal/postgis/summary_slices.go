package postgis

import (
	"math/bits"

	"kantong/internal/registry"
)

// slice is one way in which a pass divides every group further, so that measures come from few sums: 4 columns added up a
// row, where a FILTER for each number would add up hundreds. add puts the households of some values where they count.
type slice struct {
	columns []fragment
	add     func(c *registry.Cell, values []int64, t registry.Tally)
}

// decileCount counts unranked and the ten deciles.
const decileCount = 11

// Sets are cut into parts of this many bits, so that a slice has 2⁶ or 3⁴ values at most, whatever is in the sets.
const (
	programsASlice     = 6
	deprivationsASlice = 4
)

// newSlices gives what the measures need; one that divides nothing when they need nothing.
func (s *summary) newSlices() (list []slice) {
	has := func(m registry.Measures) bool { return s.q.Measures&m != 0 }
	if has(registry.MeasureDeciles) {
		list = append(list, s.decileSlice())
	}
	if has(registry.MeasurePrograms) {
		for from := 0; from < len(s.e.masks); from += programsASlice {
			list = append(list, programSlice(from, s.e.masks[from:min(from+programsASlice, len(s.e.masks))]))
		}
	}
	if has(registry.MeasureDeprivations) {
		for from := 0; from < registry.DeprivationCount; from += deprivationsASlice {
			list = append(list, deprivationSlice(from, min(from+deprivationsASlice, registry.DeprivationCount)))
		}
	}
	if has(registry.MeasurePersons) {
		for kind := range registry.PersonKind(registry.PersonKindCount) {
			list = append(list, personSlice(kind))
		}
	}
	if has(registry.MeasureLocated) {
		list = append(list, slice{[]fragment{"(h.geom IS NOT NULL)::int4"}, func(c *registry.Cell, values []int64, t registry.Tally) {
			if values[0] == 1 {
				add(&c.Located, t)
			}
		}})
	}
	if len(list) == 0 {
		list = []slice{{add: func(*registry.Cell, []int64, registry.Tally) {}}}
	}
	return list
}

// decileSlice divides by decile, which may be a dimension already.
func (s *summary) decileSlice() slice {
	for i := range s.dims {
		if s.dims[i].Kind == registry.ByDecile {
			return slice{nil, func(c *registry.Cell, _ []int64, t registry.Tally) { add(&c.Deciles[c.Key.Decile], t) }}
		}
	}
	return slice{[]fragment{"h.decile"}, func(c *registry.Cell, values []int64, t registry.Tally) { add(&c.Deciles[values[0]], t) }}
}

func programSlice(from int, masks []int64) slice {
	var all uint64
	for _, m := range masks {
		all |= uint64(m)
	}
	column := "h.enrolled & " + number64(all)
	return slice{[]fragment{column}, func(c *registry.Cell, values []int64, t registry.Tally) {
		for i, m := range masks {
			if values[0]&m != 0 {
				add(&c.Enrolled[from+i], t)
			}
		}
	}}
}

// number64 writes a set of 64 bits, which as a whole number may be below zero.
func number64(set uint64) fragment { return "('" + number(int64(set)) + "'::int8)" }

func deprivationSlice(from, to int) slice {
	mask := number(1<<to - 1<<from)
	known, deprived := "h.known & "+mask, "h.deprived & h.known & "+mask
	return slice{[]fragment{known, deprived}, func(c *registry.Cell, values []int64, t registry.Tally) {
		for set := uint64(values[0]); set != 0; set &= set - 1 {
			add(&c.Known[bits.TrailingZeros64(set)], t)
		}
		for set := uint64(values[1]); set != 0; set &= set - 1 {
			add(&c.Deprived[bits.TrailingZeros64(set)], t)
		}
	}}
}

// personSlice divides by how many such persons a household has, so that people are households times persons.
func personSlice(kind registry.PersonKind) slice {
	return slice{[]fragment{personColumn(kind)}, func(c *registry.Cell, values []int64, t registry.Tally) {
		if values[0] > 0 {
			t.People = t.Households * values[0]
			add(&c.Persons[kind], t)
		}
	}}
}

func add(to *registry.Tally, t registry.Tally) {
	to.Households += t.Households
	to.People += t.People
	to.Keys[0] += t.Keys[0]
	to.Keys[1] += t.Keys[1]
}

// addSlices asks for some slices in one pass. The first slice of a query also gives the totals, for it holds everybody.
func (s *summary) addSlices(b *batch, slices []slice, total bool) {
	st := &statement{}
	st.add("SELECT ")
	var all []fragment
	first := make([]int, len(slices)) // by slice: which of all columns its own begin with
	for i, sl := range slices {
		first[i] = len(all)
		all = append(all, sl.columns...)
	}
	dims := s.columns()
	for _, c := range dims {
		st.add(c, ", ")
	}
	writeWhich(st, slices)
	for _, c := range all {
		st.add(", ", c)
	}
	st.add(", ")
	st.tally("", "h.members")
	s.from(st)
	writeGroups(st, dims, slices)
	values, which := make([]int64, len(all)), numbers(slices)
	b.add(st, func(r *reader) {
		c := s.read(r)
		i := which[r.int()]
		for k := range values {
			values[k] = r.int()
		}
		if c == nil {
			return
		}
		t := r.tally()
		if total && i == 0 {
			add(&c.Total, t)
		}
		slices[i].add(c, values[first[i]:], t)
	})
}

// numbers gives the place of a slice by the number that writeWhich writes.
func numbers(slices []slice) map[int64]int {
	columned := 0
	for _, sl := range slices {
		columned += min(1, len(sl.columns))
	}
	all := int64(1)<<columned - 1
	if len(slices) == 1 {
		return map[int64]int{0: 0}
	}
	out := map[int64]int{}
	for i, sl := range slices {
		if len(sl.columns) == 0 {
			out[all] = i
			continue
		}
		columned--
		out[all&^(1<<columned)] = i
	}
	return out
}

// writeWhich writes the number that tells slices apart: GROUPING has a bit for each argument, the last one lowest, that is
// clear in the rows which are grouped by it.
func writeWhich(st *statement, slices []slice) {
	if len(slices) == 1 {
		st.add("0")
		return
	}
	separator := fragment("GROUPING(")
	for _, sl := range slices {
		if len(sl.columns) > 0 {
			st.add(separator, sl.columns[0])
			separator = ", "
		}
	}
	st.add(")")
}

func writeGroups(st *statement, dims []fragment, slices []slice) {
	if len(slices) == 1 {
		separator := fragment(" GROUP BY ")
		for _, c := range append(dims[:len(dims):len(dims)], slices[0].columns...) {
			st.add(separator, c)
			separator = ", "
		}
		return
	}
	st.add(" GROUP BY GROUPING SETS ")
	open := fragment("((")
	for _, sl := range slices {
		st.add(open)
		for i, c := range append(dims[:len(dims):len(dims)], sl.columns...) {
			if i > 0 {
				st.add(", ")
			}
			st.add(c)
		}
		open = "), ("
	}
	st.add("))")
}
