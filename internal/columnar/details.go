package columnar

import (
	"context"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Points reads the households kept in the order of their ranks.
func (e *Engine) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	root, err := (&compiler{e: e}).compile(&q.Filter)
	if err != nil {
		return nil, err
	}
	s := e.newScan(ctx, root, nil)
	var ranks []uint32
	for b, m := range s.blocks() {
		if !e.blocks[b].located && !q.Unlocated {
			continue
		}
		rank := e.rank[e.blocks[b].start:]
		for ; m != 0; m &= m - 1 {
			ranks = append(ranks, rank[lowest(m)])
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	e.sortRanks(ranks)
	deprivationsOf := e.deprivations
	if e.many(len(ranks)) {
		deprivationsOf = e.allDeprivations()
	}
	points := make([]registry.WeightedPoint, len(ranks))
	for i, r := range ranks {
		b, at := e.slots[r].at()
		row := int(e.blocks[b].start) + at
		where := &e.places[e.placeOf(row)]
		points[i] = registry.WeightedPoint{ID: e.ids[row], Households: 1, People: int64(e.members[row]),
			Area: e.codes[e.blocks[b].kelurahan], Place: registry.Place{RW: where.rw, RT: where.rt}}
		if e.blocks[b].located {
			points[i].Located, points[i].Point = true, geo.FromE7(e.lon[row], e.lat[row])
		}
		points[i].Deprived, points[i].Known = deprivationsOf(b, at)
	}
	return points, nil
}

// many tells whether so many households are wanted that going over all of them costs less than some work for each.
func (h *households) many(n int) bool { return n >= len(h.slots)/64 }

// sortRanks sorts distinct ranks: where they are many, by marking them among all, which is some ten times as fast.
func (e *Engine) sortRanks(ranks []uint32) {
	if !e.many(len(ranks)) {
		slices.Sort(ranks)
		return
	}
	marked := newBitset(len(e.slots))
	for _, r := range ranks {
		marked.set(int(r))
	}
	ranks = ranks[:0]
	for r := range marked.all() {
		ranks = append(ranks, uint32(r))
	}
}

// Details asks the source of attributes once for all households that there are.
func (e *Engine) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]registry.Details, len(ids))
	var found []registry.HouseholdID
	enrolments := []registry.Enrolment{} // of all, in one piece: a household has one or two
	if want&registry.DetailEnrolments != 0 {
		enrolments = make([]registry.Enrolment, 0, len(ids)*3/2)
	}
	for i, id := range ids {
		s, ok := e.find(id)
		if !ok {
			continue
		}
		out[i] = registry.Details{Found: true, Row: e.read(s)}
		if want&registry.DetailEnrolments != 0 {
			from := len(enrolments)
			enrolments = e.enrolmentsOf(s, enrolments)
			out[i].Enrolments = enrolments[from:len(enrolments):len(enrolments)]
		}
		if want&registry.DetailAttributes != 0 {
			found = append(found, id)
		}
	}
	if len(found) == 0 {
		return out, nil
	}
	attributes, err := e.attributes(ctx, found)
	if err != nil {
		return nil, err
	}
	next := 0
	for i := range out {
		if out[i].Found {
			out[i].Attributes = attributes[next]
			next++
		}
	}
	return out, nil
}
