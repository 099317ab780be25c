package pockets

import "kantong/internal/registry"

// Found is the pockets of an edition with the points they were found among.
type Found struct {
	Points  []Point
	Pockets []Pocket
}

// Pair says which earlier pocket a later one continues.
type Pair struct {
	Earlier int // position among the earlier pockets, -1 when they share no household
	Later   int
	// Households lie in both. A block counts with the smaller of its two numbers.
	Households int64
	// Share is Households of those in either pocket (Jaccard), a block with the larger of its numbers: 1 for the same
	// households, 0 when none is shared.
	Share float64
}

// Match gives, for every later pocket in turn, the earlier one with which it shares most households, known by their ids;
// of several that with the larger share, then the earlier position. Several later pockets may continue one earlier one
// that fell apart; an earlier one that no pair names is gone or has become part of a larger one.
func Match(earlier, later Found) []Pair {
	type membership struct {
		pocket     int32
		households int64
	}
	before := map[registry.HouseholdID]membership{}
	for pocket, p := range earlier.Pockets {
		for _, i := range p.Members {
			before[earlier.Points[i].ID] = membership{int32(pocket), earlier.Points[i].Households}
		}
	}
	pairs := make([]Pair, len(later.Pockets))
	shared := make([]int64, len(earlier.Pockets))
	for i, p := range later.Pockets {
		best := Pair{Earlier: -1, Later: i}
		var met []int32
		for _, k := range p.Members {
			m, was := before[later.Points[k].ID]
			if !was {
				continue
			}
			if both := min(m.households, later.Points[k].Households); both > 0 {
				if shared[m.pocket] == 0 {
					met = append(met, m.pocket)
				}
				shared[m.pocket] += both
			}
		}
		for _, pocket := range met {
			both := shared[pocket]
			shared[pocket] = 0
			// Sums of numbers that are smaller in one, larger in the other, are those of the pockets less what both have.
			share := float64(both) / float64(earlier.Pockets[pocket].Households+p.Households-both)
			pair := Pair{int(pocket), i, both, share}
			if pair.before(best) {
				best = pair
			}
		}
		pairs[i] = best
	}
	return pairs
}

// before tells which of two pairs of one later pocket is the better.
func (p Pair) before(q Pair) bool {
	if p.Households != q.Households {
		return p.Households > q.Households
	}
	if p.Share != q.Share {
		return p.Share > q.Share
	}
	return p.Earlier < q.Earlier
}
