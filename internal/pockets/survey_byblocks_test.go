package pockets

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// blockDegrees is the edge of the blocks that byBlocks counts on.
const blockDegrees = 1.0 / 512

// byBlocks is a view as a guard gives it: of each kelurahan the households in a square, or without a location, are one block.
func (c *city) byBlocks() *registry.View {
	type block struct {
		at      orb.Bound
		located bool
		members []registry.Record
	}
	blocks := map[string]*block{}
	for _, h := range c.households {
		name, b := string(h.Area), block{located: h.Located}
		if h.Located {
			x, y := math.Floor(h.Point.Point()[0]/blockDegrees), math.Floor(h.Point.Point()[1]/blockDegrees)
			name += fmt.Sprint(x, y)
			b.at = orb.Bound{Min: orb.Point{x * blockDegrees, y * blockDegrees}, Max: orb.Point{(x + 1) * blockDegrees, (y + 1) * blockDegrees}}
		}
		if blocks[name] == nil {
			blocks[name] = &b
		}
		blocks[name].members = append(blocks[name].members, h)
	}
	return otherwise(c.View, func(ctx context.Context, q registry.PointsQuery) (out []registry.WeightedPoint, err error) {
		membersOf := map[*registry.Block][]registry.Record{}
		for name, b := range blocks {
			total := c.protected(b.members, func(h registry.Record) bool { return c.keeps(q.Filter, h) })
			p := registry.WeightedPoint{Located: b.located, Households: total.Households, People: total.People, Area: b.members[0].Area,
				Block: &registry.Block{Status: total.Status, Geometry: func(context.Context) (orb.MultiPolygon, error) {
					if !b.located {
						return nil, nil
					}
					return orb.MultiPolygon{b.at.ToPolygon()}, nil
				}}}
			hash := sha256.Sum256([]byte(name))
			copy(p.ID[:], hash[:])
			if b.located {
				p.Point = b.at.Center()
			}
			membersOf[p.Block] = b.members
			p.Block.Together = func(_ context.Context, f registry.Filter, m registry.Measures, groups [][]*registry.Block) ([]registry.Cell, error) {
				cells := make([]registry.Cell, len(groups))
				for i, group := range groups {
					var members []registry.Record
					for _, b := range group {
						members = append(members, membersOf[b]...)
					}
					var err error
					if cells[i], err = c.together(f, m, members); err != nil {
						return nil, err
					}
				}
				return cells, nil
			}
			out = append(out, p)
		}
		slices.SortFunc(out, func(a, b registry.WeightedPoint) int {
			return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Point[1], b.Point[1]), cmp.Compare(a.Point[0], b.Point[0]))
		})
		return out, nil
	})
}

// together is what a guard says of households in several blocks: of groups of even numbers it is not told of how many it is
// known whether they have savings, and of programme Z9 nothing at all.
func (c *city) together(f registry.Filter, m registry.Measures, members []registry.Record) (registry.Cell, error) {
	if f.EligibleFor == "Z9" {
		return registry.Cell{}, registry.Errorf(registry.CodeDisclosureLimit, "eligibleFor", "too many")
	}
	cell := registry.Cell{Total: c.protected(members, func(h registry.Record) bool { return c.keeps(f, h) })}
	if m&registry.MeasureDeprivations == 0 {
		return cell, nil
	}
	for d := range registry.Deprivation(registry.DeprivationCount) {
		cell.Deprived = append(cell.Deprived, c.protected(members, func(h registry.Record) bool { is, _ := c.deprivations(h); return is.Has(d) }))
		cell.Known = append(cell.Known, c.protected(members, func(h registry.Record) bool { _, judged := c.deprivations(h); return judged.Has(d) }))
	}
	if len(members)%2 == 0 {
		cell.Known[registry.NoSavings] = registry.Tally{Status: registry.Suppressed}
	}
	return cell, nil
}

// protected counts some households: 1 is withheld, greater numbers are 1 too many.
func (c *city) protected(of []registry.Record, keep func(registry.Record) bool) registry.Tally {
	t := tallyOf(slices.DeleteFunc(slices.Clone(of), func(h registry.Record) bool { return !keep(h) }))
	switch t.Households {
	case 0:
		return registry.Tally{Status: registry.Perturbed}
	case 1:
		return registry.Tally{Status: registry.Suppressed}
	}
	return registry.Tally{Households: t.Households + 1, People: t.People + 1, Status: registry.Perturbed}
}

// plainSum adds up what is shown.
func plainSum(of []registry.WeightedPoint) (t registry.Tally) {
	t.Status = registry.Perturbed
	for _, p := range of {
		t.Households += p.Households
		t.People += p.People
	}
	return t
}

// plainTogether is what the guard says of the blocks as one.
func plainTogether(t *testing.T, f registry.Filter, m registry.Measures, of []registry.WeightedPoint) registry.Cell {
	t.Helper()
	var group []*registry.Block
	for _, p := range of {
		group = append(group, p.Block)
	}
	cells, err := group[0].Together(t.Context(), f, m, [][]*registry.Block{group})
	if err != nil {
		t.Fatal(err)
	}
	return cells[0]
}

// plainBlocks gives the members of the pockets.
func plainBlocks(points []registry.WeightedPoint, q Question) (pockets [][]registry.WeightedPoint) {
	var located []registry.WeightedPoint
	var at []Point
	areas := map[registry.AreaCode][]registry.WeightedPoint{}
	for _, p := range points {
		switch {
		case p.Households == 0: // or withheld
		case p.Located:
			located = append(located, p)
			lon, lat := geo.ToE7(p.Point)
			at = append(at, Point{ID: p.ID, At: geo.PointE7{Lon: lon, Lat: lat}, Households: p.Households})
		default:
			areas[p.Area] = append(areas[p.Area], p)
		}
	}
	_, found := brute(at, Options{RadiusMeters: q.RadiusMeters, MinWeight: int64(q.MinHouseholds)})
	for _, p := range found {
		var members []registry.WeightedPoint
		for _, m := range p.Members {
			members = append(members, located[m])
		}
		pockets = append(pockets, members)
	}
	for _, members := range areas {
		if plainSum(members).Households >= int64(q.MinHouseholds) {
			pockets = append(pockets, members)
		}
	}
	return pockets
}
