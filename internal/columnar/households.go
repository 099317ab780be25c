package columnar

import (
	"context"
	"math"
	"math/bits"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// households is what an edition says, shared by the engines of all its releases.
type households struct {
	codes      []registry.AreaCode // of the kelurahan; elsewhere a kelurahan is its position here
	firstBlock []uint32            // of each kelurahan, and one past the last block
	blocks     []block
	sets       []sets // by block
	tree       tree

	// By row. All are blockRows longer than there are rows, so that any block can be read as a whole one.
	ids         []registry.HouseholdID
	rank        []uint32 // the household's place in the order of ids
	lon, lat    []int32  // 1e-7 degrees; 0 without a location
	keys        []uint64 // record key, the second word in the upper half
	members     []uint8  // 0 is unknown
	headAge     []uint8  // unknownByte
	persons     [registry.PersonKindCount][]uint8
	expenditure []uint32 // unknownExpenditure; nil when no household has any
	place       []uint16 // position in places, its upper half in placeHigh
	placeHigh   []uint16 // nil while all positions fit place

	marks keptMarks

	slots      []slot  // by rank
	places     []place // distinct pairs of RW and RT
	attributes func(context.Context, []registry.HouseholdID) ([]*registry.Household, error)
}

const (
	blockRows          = 64
	unknownByte        = math.MaxUint8
	unknownExpenditure = math.MaxUint32
)

// block is a run of rows of one kelurahan, all located or none.
type block struct {
	start     uint32 // first row
	kelurahan uint32
	box       box // of the locations
	keys      [2]uint32
	people    uint16 // with keys, the sums over the whole block
	rows      uint8
	located   bool
}

// all is the bit set of the block's rows.
func (b *block) all() uint64 { return math.MaxUint64 >> (blockRows - b.rows) }

// sets are the rows of a block, a bit each, that have a value.
type sets struct {
	decile          [11]uint64 // 0 is unranked
	sex             [registry.SexFemale + 1]uint64
	deprived, known [attributeDeprivations]uint64
}

// attributeDeprivations follow from attributes; the last one, UNSERVED, from the release.
const attributeDeprivations = registry.Unserved

var _ [0]struct{} = [registry.DeprivationCount - 1 - registry.Unserved]struct{}{}

// place is a neighbourhood as recorded.
type place struct{ rw, rt string }

// slot says where a household is: its block and, in the last six bits, its place in the block.
type slot uint32

// maxBlocks is how many blocks a slot can tell apart: over four thousand million households.
const maxBlocks = 1 << 26

func slotOf(b, i int) slot    { return slot(b<<6 | i) }
func (s slot) at() (b, i int) { return int(s >> 6), int(s & 63) }
func (h *households) row(s slot) int {
	b, i := s.at()
	return int(h.blocks[b].start) + i
}

// rankAfter is the number of ids up to and including id.
func (h *households) rankAfter(id registry.HouseholdID) uint32 {
	from, to := 0, len(h.slots)
	for from < to {
		middle := int(uint(from+to) / 2)
		if compareIDs(&h.ids[h.row(h.slots[middle])], &id) <= 0 {
			from = middle + 1
		} else {
			to = middle
		}
	}
	return uint32(from)
}

// find gives the slot of an id.
func (h *households) find(id registry.HouseholdID) (slot, bool) {
	r := h.rankAfter(id)
	if r == 0 || h.ids[h.row(h.slots[r-1])] != id {
		return 0, false
	}
	return h.slots[r-1], true
}

func (h *households) placeOf(row int) uint32 {
	p := uint32(h.place[row])
	if h.placeHigh != nil {
		p |= uint32(h.placeHigh[row]) << 16
	}
	return p
}

// read gives the household at a slot as it is listed.
func (e *Engine) read(s slot) (r registry.Row) {
	e.readTo(&r, s, e.deprivations)
	return r
}

// readTo is read to where the row is to stay: a large page is megabytes, which need not be copied.
func (e *Engine) readTo(r *registry.Row, s slot, deprivationsOf func(b, i int) (deprived, known registry.DeprivationSet)) {
	b, i := s.at()
	blk, w := &e.blocks[b], &e.sets[b]
	row := int(blk.start) + i
	p := e.places[e.placeOf(row)]
	*r = registry.Row{
		ID: e.ids[row], Area: e.codes[blk.kelurahan], RW: p.rw, RT: p.rt, Located: blk.located,
		Members: registry.UnknownInt, HeadAge: registry.UnknownInt, Decile: registry.UnknownInt, Expenditure: registry.UnknownInt,
	}
	if blk.located {
		r.Point = geo.PointE7{Lon: e.lon[row], Lat: e.lat[row]}
	}
	if n := e.members[row]; n != 0 {
		r.Members = int(n)
	}
	if n := e.headAge[row]; n != unknownByte {
		r.HeadAge = int(n)
	}
	if e.expenditure != nil && e.expenditure[row] != unknownExpenditure {
		r.Expenditure = int64(e.expenditure[row])
	}
	for d, rows := range &w.decile {
		if d > 0 && rows>>i&1 == 1 {
			r.Decile = d
		}
	}
	for sex, rows := range &w.sex {
		if rows>>i&1 == 1 {
			r.HeadSex = registry.Sex(sex)
		}
	}
	r.Deprived, r.Known = deprivationsOf(b, i)
	for p, rows := range e.enrolled[b*e.words():][:len(e.d.Programs)] {
		r.Enrolled |= (rows >> i & 1) << p
	}
}

// deprived are the block's rows that are known to have a deprivation.
func (e *Engine) deprived(b int, d registry.Deprivation) uint64 {
	if d == registry.Unserved {
		return e.unserved(b)
	}
	return e.sets[b].deprived[d]
}

// known are the block's rows of which it is known whether they have a deprivation.
func (e *Engine) known(b int, d registry.Deprivation) uint64 {
	if d == registry.Unserved {
		return e.blocks[b].all() &^ e.sets[b].decile[0]
	}
	return e.sets[b].known[d]
}

// tally sums over the rows m of a block.
func (h *households) tally(b int, m uint64) tally {
	blk := &h.blocks[b]
	if m == blk.all() {
		return tally{int64(blk.rows), int64(blk.people), blk.keys}
	}
	members := (*[blockRows]uint8)(h.members[blk.start:])
	keys := (*[blockRows]uint64)(h.keys[blk.start:])
	t := tally{households: int64(bits.OnesCount64(m))}
	var first, second uint64
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m) & 63
		t.people += int64(members[i])
		first += keys[i]
		second += keys[i] >> 32
	}
	t.keys = [2]uint32{uint32(first), uint32(second)}
	return t
}

// tally is registry.Tally while it is being summed.
type tally struct {
	households, people int64
	keys               [2]uint32
}

func (t *tally) add(u tally) {
	t.households += u.households
	t.people += u.people
	t.keys[0] += u.keys[0]
	t.keys[1] += u.keys[1]
}

func (t *tally) subtract(u tally) {
	t.households -= u.households
	t.people -= u.people
	t.keys[0] -= u.keys[0]
	t.keys[1] -= u.keys[1]
}

func (t tally) registry() registry.Tally {
	return registry.Tally{Households: t.households, People: t.people, Keys: t.keys}
}
