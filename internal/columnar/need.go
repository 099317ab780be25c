package columnar

import "kantong/internal/registry"

// neediest are the deciles in the order of registry.Need: the unranked come last.
var neediest = [...]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, registry.UnknownInt}

// everyDeprivation is what a household of the greatest need has.
var everyDeprivation = registry.DeprivationSet(1<<registry.DeprivationCount - 1).List()

// scanByNeed looks only at rows that may still be among the first, which soon are the most deprived of the poorest decile.
func (s *scan) scanByNeed(f *first) {
	for b := range s.candidates() {
		m := s.e.needy(b, f)
		if m == 0 {
			continue
		}
		m = s.narrow(s.root, b, m)
		rank := s.e.rank[s.e.blocks[b].start:]
		for _, decile := range neediest {
			for in := m & s.e.inDecile(b, decile); in != 0; in &= in - 1 {
				i := lowest(in)
				deprived, _ := s.e.deprivations(b, i)
				f.add(position{registry.Need(decile, deprived), int64(rank[i])})
			}
		}
	}
}

// needy are the block's rows that are not known to come before the list or after the first rows found. Need falls by one
// with each deprivation, so how many are needed to come no later than the last row is known, and all rows are tried at once.
func (e *Engine) needy(b int, f *first) (m uint64) {
	for _, decile := range neediest {
		rows, none := e.inDecile(b, decile), registry.Need(decile, 0)
		if none < f.after.order {
			continue
		}
		if f.full() {
			least := none - f.last().order
			if least > registry.DeprivationCount {
				break
			}
			if least > 0 && rows != 0 {
				rows = e.deprivedInAtLeast(everyDeprivation, int(least))(nil, b, rows)
			}
		}
		m |= rows
	}
	return m
}

// inDecile are the block's rows of a decile or, for registry.UnknownInt, without one.
func (e *Engine) inDecile(b, decile int) uint64 { return e.sets[b].decile[max(decile, 0)] }
