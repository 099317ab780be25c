package disclosure

import (
	"sync"

	"kantong/internal/registry"
)

// kept holds the answers about all households that were asked for before, for one role: what everybody asks first. There
// are few of them, since nothing in them is the asker's own: levels, attributes and measures, but no filter and no line.
type kept struct{ answers sync.Map }

// keptAnswer is what is shown, and its cells' names for the budget. Nobody changes either.
type keptAnswer struct {
	cells []registry.Cell
	names []uint64
}

// keptKey is a query about all households.
type keptKey struct {
	measures registry.Measures
	by       [registry.MaxDimensions]registry.Dimension
}

func keyOf(q *registry.SummaryQuery) (key keptKey, ok bool) {
	if !q.Filter.Everybody() || len(q.Lines) > 0 || len(q.By) > len(key.by) {
		return key, false
	}
	key.measures = q.Measures
	copy(key.by[:], q.By)
	return key, true
}

func (k *kept) find(q *registry.SummaryQuery) (keptAnswer, bool) {
	if key, ok := keyOf(q); ok {
		if a, found := k.answers.Load(key); found {
			return a.(keptAnswer), true
		}
	}
	return keptAnswer{}, false
}

func (k *kept) keep(q *registry.SummaryQuery, a keptAnswer) {
	if key, ok := keyOf(q); ok {
		k.answers.Store(key, a)
	}
}
