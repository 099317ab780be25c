package columnar

import (
	"context"
	"math/bits"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Points marks the ranks of the households kept and then reads them in order, which needs no sorting.
func (e *Engine) Points(ctx context.Context, f registry.Filter) ([]registry.WeightedPoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	root, err := (&compiler{e: e}).compile(&f)
	if err != nil {
		return nil, err
	}
	s := e.newScan(ctx, root, nil)
	marked, n := newBitset(len(e.slots)), 0
	for b, m := range s.blocks() {
		if !e.blocks[b].located {
			continue
		}
		n += bits.OnesCount64(m)
		rank := e.rank[e.blocks[b].start:]
		for ; m != 0; m &= m - 1 {
			marked.set(int(rank[lowest(m)]))
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	points := make([]registry.WeightedPoint, 0, n)
	for r := range marked.all() {
		row := e.row(e.slots[r])
		points = append(points, registry.WeightedPoint{
			ID: e.ids[row], Point: geo.FromE7(e.lon[row], e.lat[row]), Households: 1, People: int64(e.members[row]),
		})
	}
	return points, nil
}

// Details asks the source of attributes once for all households that there are.
func (e *Engine) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]registry.Details, len(ids))
	var found []registry.HouseholdID
	for i, id := range ids {
		s, ok := e.find(id)
		if !ok {
			continue
		}
		out[i] = registry.Details{Found: true, Row: e.read(s)}
		if want&registry.DetailEnrolments != 0 {
			out[i].Enrolments = e.enrolmentsOf(s)
		}
		found = append(found, id)
	}
	if want&registry.DetailAttributes == 0 || len(found) == 0 {
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
