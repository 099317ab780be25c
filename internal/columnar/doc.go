// Package columnar answers questions about households from flat arrays in memory; its Engine is a registry.Engine.
//
// Rows are ordered by kelurahan, located ones first, then along a Hilbert curve, then by id. They are cut into blocks of
// up to 64 rows that lie wholly in one kelurahan and are either all located or all not. What a household is or is not
// (its decile, sex, deprivations, programmes) is kept as one 64-bit word a block and value, so a condition on it is an
// AND for 64 households, and a filter is a tree of such operations. What is counted or measured (members, persons,
// coordinates, record keys) is kept as arrays by row.
//
// A packed tree of boxes over the located blocks leads to the few that a region or a nearest-first list touches. An
// Engine is immutable and safe for concurrent use.
package columnar

import (
	"unsafe"

	"kantong/internal/registry"
)

// Engine holds the households of an edition and what one release says of them.
type Engine struct {
	*households
	*release
}

var _ registry.Engine = (*Engine)(nil)

// Households is the number of households.
func (e *Engine) Households() int { return len(e.slots) }

// MemoryBytes is what the arrays take, those shared with other engines of the edition included.
func (e *Engine) MemoryBytes() int64 { return e.households.bytes() + e.release.bytes() }

func (h *households) bytes() int64 {
	n := sizeOf(h.ids) + sizeOf(h.rank) + sizeOf(h.slots) + sizeOf(h.lon) + sizeOf(h.lat) + sizeOf(h.keys) + sizeOf(h.members) +
		sizeOf(h.headAge) + sizeOf(h.place) + sizeOf(h.placeHigh) + sizeOf(h.places) + sizeOf(h.expenditure) +
		sizeOf(h.codes) + sizeOf(h.firstBlock) + sizeOf(h.blocks) + sizeOf(h.sets) + sizeOf(h.tree.leaves)
	for _, column := range h.persons {
		n += sizeOf(column)
	}
	for _, level := range h.tree.levels {
		n += sizeOf(level)
	}
	for _, p := range h.places {
		n += int64(len(p.rw) + len(p.rt))
	}
	return n
}

func (r *release) bytes() int64 {
	n := sizeOf(r.enrolled) + sizeOf(r.eligible) + sizeOf(r.kept) + sizeOf(r.shown) + sizeOf(r.terms) + sizeOf(r.stream) + sizeOf(r.firstTerm) +
		sizeOf(r.withTerms) + sizeOf(r.texts) + sizeOf(r.amounts)
	for _, level := range r.above {
		n += sizeOf(level)
	}
	for _, t := range r.texts {
		n += int64(len(t))
	}
	return n
}

func sizeOf[T any](s []T) int64 {
	var one T
	return int64(cap(s)) * int64(unsafe.Sizeof(one))
}
