package columnar

import (
	"cmp"
	"slices"

	"kantong/internal/registry"
)

// addSets adds the conditions that are operations on words of bits.
func (c *compiler) addSets(n *node, f *registry.Filter) {
	e := c.e
	add := func(holds condition) { n.words = append(n.words, holds) }
	if f.Geocoded != nil {
		located := *f.Geocoded
		add(func(_ *scan, b int, m uint64) uint64 {
			if e.blocks[b].located != located {
				return 0
			}
			return m
		})
	}
	if sex := f.HeadSex; sex != registry.SexUnknown {
		add(func(_ *scan, b int, m uint64) uint64 { return m & e.sets[b].sex[sex] })
	}
	if f.Decile != nil {
		add(e.inDeciles(f.Decile))
	}
	if f.DeprivedIn != nil {
		add(e.deprivedInAny(distinct(f.DeprivedIn)))
	}
	if len(f.NotDeprivedIn) > 0 {
		add(e.deprivedInNone(distinct(f.NotDeprivedIn)))
	}
	if len(f.KnownIn) > 0 {
		add(e.knownInAll(distinct(f.KnownIn)))
	}
	if f.Score != nil {
		add(e.knownInAll(f.Score.Of))
		add(e.reaches(f.Score))
	}
	if p, ok := e.d.Program(f.EligibleFor); ok {
		programs := len(e.d.Programs)
		add(func(_ *scan, b int, m uint64) uint64 { return m & e.eligible[b*programs+p] })
	}
	if f.EnrolledIn != nil {
		programs := e.positions(f.EnrolledIn)
		add(func(_ *scan, b int, m uint64) uint64 { return m & e.enrolledInAny(b, programs) })
	}
	if len(f.NotEnrolledIn) > 0 {
		programs := e.positions(f.NotEnrolledIn)
		add(func(_ *scan, b int, m uint64) uint64 { return m &^ e.enrolledInAny(b, programs) })
	}
}

func (e *Engine) inDeciles(r *registry.IntRange) condition {
	var deciles []int
	for d := 1; d <= 10; d++ {
		if r.Contains(d) {
			deciles = append(deciles, d)
		}
	}
	return func(_ *scan, b int, m uint64) uint64 {
		var any uint64
		for _, d := range deciles {
			any |= e.sets[b].decile[d]
		}
		return m & any
	}
}

func (e *Engine) deprivedInAny(list []registry.Deprivation) condition {
	return func(_ *scan, b int, m uint64) uint64 {
		var any uint64
		for _, d := range list {
			any |= e.deprived(b, d)
		}
		return m & any
	}
}

func (e *Engine) deprivedInNone(list []registry.Deprivation) condition {
	return func(_ *scan, b int, m uint64) uint64 {
		for _, d := range list {
			m &= e.known(b, d) &^ e.deprived(b, d)
		}
		return m
	}
}

func (e *Engine) knownInAll(list []registry.Deprivation) condition {
	return func(_ *scan, b int, m uint64) uint64 {
		for _, d := range list {
			m &= e.known(b, d)
		}
		return m
	}
}

func (e *Engine) enrolledInAny(b int, programs []int) (any uint64) {
	for _, p := range programs {
		any |= e.enrolledIn(b, p)
	}
	return any
}

// positions gives those of the programmes that there are, each once.
func (e *Engine) positions(codes []string) (list []int) {
	for _, code := range distinct(codes) {
		if p, ok := e.d.Program(code); ok {
			list = append(list, p)
		}
	}
	return list
}

// addNumbers adds the conditions on members and persons.
func (c *compiler) addNumbers(n *node, f *registry.Filter) {
	if f.Members != nil {
		c.addRange(n, c.e.members, f.Members, 1)
	}
	for kind, r := range f.Persons() {
		if r != nil {
			c.addRange(n, c.e.persons[kind], r, 0)
		}
	}
}

// addRange adds a condition on a column whose known numbers run from least to registry.MaxMembers.
func (c *compiler) addRange(n *node, column []uint8, r *registry.IntRange, least int) {
	low, high := least, registry.MaxMembers
	if r.Min != nil {
		low = max(low, *r.Min)
	}
	if r.Max != nil {
		high = min(high, *r.Max)
	}
	if low > high {
		n.restrict(newBitset(len(c.e.codes)))
		return
	}
	blocks := c.e.blocks
	n.rows = append(n.rows, func(_ *scan, b int, m uint64) uint64 {
		return m & within((*[blockRows]uint8)(column[blocks[b].start:]), uint8(low), uint8(high))
	})
}

// inPlaces is the condition on RW and RT, either of which may be nil.
func (e *Engine) inPlaces(rw, rt *string) condition {
	in := newBitset(len(e.places))
	for i, p := range e.places {
		if (rw == nil || p.rw == *rw) && (rt == nil || p.rt == *rt) {
			in.set(i)
		}
	}
	return func(_ *scan, b int, m uint64) uint64 {
		kept := m
		for ; m != 0; m &= m - 1 {
			if i := lowest(m); !in.has(e.placeOf(int(e.blocks[b].start) + i)) {
				kept &^= 1 << i
			}
		}
		return kept
	}
}

// distinct is the list in order without repetitions, of which a question may have thousands.
func distinct[T cmp.Ordered](list []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
