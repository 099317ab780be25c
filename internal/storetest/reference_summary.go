package storetest

import (
	"cmp"
	"context"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Summarise answers one query after the other, each cell with a loop of its own.
func (r *Reference) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	answers := make([][]registry.Cell, len(queries))
	for i, q := range queries {
		kept, err := r.kept(ctx, &q.Filter)
		if err != nil {
			return nil, err
		}
		for _, members := range r.product(q, kept) {
			cell := registry.Cell{}
			var in []*family
			for _, m := range members {
				m.set(&cell.Key)
			}
			for _, h := range kept {
				if !slices.ContainsFunc(members, func(m member) bool { return !m.holds(h) }) {
					in = append(in, h)
				}
			}
			r.measure(&cell, q, in)
			answers[i] = append(answers[i], cell)
		}
	}
	return answers, nil
}

// member is one value of a dimension: how a cell's key names it and which households have it.
type member struct {
	set   func(*registry.Key)
	holds func(*family) bool
}

// product gives the members of every cell, the first dimension slowest. Without dimensions it is one cell without members.
func (r *Reference) product(q registry.SummaryQuery, kept []*family) [][]member {
	cells := [][]member{{}}
	for _, dim := range q.By {
		values := r.values(dim, &q.Filter, kept)
		var finer [][]member
		for _, cell := range cells {
			for _, v := range values {
				finer = append(finer, append(slices.Clone(cell), v))
			}
		}
		cells = finer
	}
	return cells
}

// values gives a dimension's values in order.
func (r *Reference) values(dim registry.Dimension, f *registry.Filter, kept []*family) (out []member) {
	add := func(set func(*registry.Key), holds func(*family) bool) { out = append(out, member{set, holds}) }
	switch dim.Kind {
	case registry.ByArea:
		for i := range r.dataset.Areas.Len() { // sorted by code
			code := r.dataset.Areas.Area(i).Code
			if code.Level() == dim.Level && passesAreaLists(f, code) {
				add(func(k *registry.Key) { k.Area = code }, func(h *family) bool { return h.Area.Within(code) })
			}
		}
	case registry.ByDecile:
		for decile := 0; decile <= 10; decile++ {
			add(func(k *registry.Key) { k.Decile = decile }, func(h *family) bool { return decileOf(h) == decile })
		}
	case registry.ByProgram:
		for i, p := range r.dataset.Programs {
			add(func(k *registry.Key) { k.Program = i }, func(h *family) bool { return h.active[p.Code] })
		}
	case registry.BySex:
		for _, sex := range []registry.Sex{registry.SexUnknown, registry.SexMale, registry.SexFemale} {
			add(func(k *registry.Key) { k.Sex = sex }, func(h *family) bool { return h.HeadSex == sex })
		}
	case registry.ByDeprivation:
		for d := range registry.Deprivation(registry.DeprivationCount) {
			add(func(k *registry.Key) { k.Deprivation = d }, func(h *family) bool { return h.known.Has(d) && h.deprived.Has(d) })
		}
	case registry.ByPlace:
		type unit struct {
			area  registry.AreaCode
			place registry.Place
		}
		of := func(h *family) unit { return unit{h.Area, dim.Unit.Of(registry.Place{RW: h.RW, RT: h.RT})} }
		var units []unit
		for _, h := range kept {
			if u := of(h); !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
		slices.SortFunc(units, func(a, b unit) int {
			return cmp.Or(cmp.Compare(a.area, b.area), cmp.Compare(a.place.RW, b.place.RW), cmp.Compare(a.place.RT, b.place.RT))
		})
		for _, u := range units {
			add(func(k *registry.Key) { k.Area, k.Place = u.area, u.place }, func(h *family) bool { return of(h) == u })
		}
	case registry.ByHex:
		grid := r.dataset.HexGrid(dim.EdgeMeters)
		var cells []geo.HexID
		unlocated := false
		for _, h := range kept {
			if !h.Located {
				unlocated = true
			} else if id := grid.Cell(h.Point.Point()); !slices.Contains(cells, id) {
				cells = append(cells, id)
			}
		}
		slices.SortFunc(cells, func(a, b geo.HexID) int {
			if a.Q != b.Q {
				return int(a.Q) - int(b.Q)
			}
			return int(a.R) - int(b.R)
		})
		for _, id := range cells {
			add(func(k *registry.Key) { k.Hex = id }, func(h *family) bool { return h.Located && grid.Cell(h.Point.Point()) == id })
		}
		if unlocated {
			add(func(k *registry.Key) { k.NoHex = true }, func(h *family) bool { return !h.Located })
		}
	}
	return out
}

// passesAreaLists tells whether an area is inside or around one area of every list that binds the whole filter: its own
// and those of the filters that must all hold.
func passesAreaLists(f *registry.Filter, area registry.AreaCode) bool {
	if f.Areas != nil {
		passes := false
		for _, a := range f.Areas {
			passes = passes || area.Within(a) || a.Within(area)
		}
		if !passes {
			return false
		}
	}
	for i := range f.And {
		if !passesAreaLists(&f.And[i], area) {
			return false
		}
	}
	return true
}

func decileOf(h *family) int {
	if h.Decile == registry.UnknownInt {
		return 0
	}
	return h.Decile
}
