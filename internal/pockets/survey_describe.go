package pockets

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"kantong/internal/registry"
)

// described is a pocket with its members, positions among the located or the unlocated residents in the order of ids.
type described struct {
	*SurveyPocket
	among   *residents
	members []int
}

// describe fills in the pockets: those found among the located, and the groups of the others.
func (s *Survey) describe(ctx context.Context, seen *seen, found []Pocket, groups []*group) error {
	list := make([]described, 0, len(found)+len(groups))
	for i := range found {
		list = append(list, described{fromDensity(&found[i], &seen.located), &seen.located, found[i].Members})
	}
	for _, g := range groups {
		list = append(list, described{fromUnit(g, s.view.Areas.Area(int(g.area))), &seen.unlocated, g.members})
	}
	d := describing{ctx: ctx, everybody: seen.everybody.rates(), areas: s.view.Areas, inArea: make([]sum, s.view.Areas.Len())}
	for i := range list {
		if err := d.describe(&list[i]); err != nil {
			return err
		}
	}
	slices.SortFunc(list, func(a, b described) int {
		return cmp.Or(cmp.Compare(b.Total.Households, a.Total.Households), cmp.Compare(a.ID, b.ID))
	})
	var inPockets sum
	s.Pockets = make([]*SurveyPocket, len(list))
	for i, p := range list {
		s.Pockets[i] = p.SurveyPocket
		inPockets.add(p.Total.Households, p.Total.People, p.Total.Status)
	}
	s.InPockets = inPockets.tally()
	s.members = membersOf(seen, list)
	return ctx.Err()
}

func fromDensity(p *Pocket, among *residents) *SurveyPocket {
	out := &SurveyPocket{Center: p.Center}
	if among.blocks != nil { // a hull of centres is no ground, and a core of blocks says little
		out.Unit, out.Core.Status = UnitBlock, registry.UnknownFigure
		return out
	}
	out.Core = registry.Ratio(registry.Tally{Households: int64(p.Core)}, registry.Tally{Households: int64(len(p.Members))})
	out.hull, out.hullKm2 = p.Hull, p.AreaKm2
	return out
}

func fromUnit(g *group, area *registry.Area) *SurveyPocket {
	out := &SurveyPocket{Unit: g.unit, Center: area.Label, Area: area.Code, RW: g.place.RW, RT: g.place.RT}
	out.Core.Status = registry.UnknownFigure
	if g.unit == UnitKelurahan {
		out.boundaryOf = area
	}
	return out
}

// describing sums up one pocket after the other.
type describing struct {
	ctx       context.Context
	everybody rates
	areas     *registry.Areas
	inArea    []sum // by position in areas; empty between pockets
	met       []int32
	rows      int
}

func (d *describing) describe(p *described) error {
	var total sum
	var of shares
	hash := sha256.New()
	r := p.among
	for _, m := range p.members {
		d.rows++
		if err := lookEvery(d.ctx, d.rows); err != nil {
			return err
		}
		at, status := &r.points[m], r.status(m)
		hash.Write(at.ID[:])
		total.add(at.Households, at.People, status)
		in := &d.inArea[r.areas[m]]
		if !in.any {
			d.met = append(d.met, r.areas[m])
		}
		in.add(at.Households, at.People, status)
		if r.blocks != nil {
			p.blocks = append(p.blocks, r.blocks[m])
		} else {
			of.add(r.deprived[m], r.known[m])
		}
	}
	p.ID = hex.EncodeToString(hash.Sum(nil)[:8])
	p.Total = total.tally()
	if r.blocks == nil {
		in := of.rates()
		p.profile = in.profile(&d.everybody)
	}
	for _, area := range d.met {
		p.Areas = append(p.Areas, PocketArea{d.areas.Area(int(area)).Code, d.inArea[area].tally()})
		d.inArea[area] = sum{}
	}
	d.met = d.met[:0]
	slices.SortFunc(p.Areas, func(a, b PocketArea) int {
		return cmp.Or(cmp.Compare(b.Total.Households, a.Total.Households), cmp.Compare(a.Area, b.Area))
	})
	return nil
}

// membersOf lists the members of all pockets by id: both kinds of residents are in that order.
func membersOf(seen *seen, list []described) []member {
	pocketOf := map[*residents][]int32{}
	n := 0
	for _, r := range []*residents{&seen.located, &seen.unlocated} {
		pocketOf[r] = make([]int32, len(r.points)) // and 1 more, 0 for none
	}
	for i, p := range list {
		n += len(p.members)
		for _, m := range p.members {
			pocketOf[p.among][m] = int32(i + 1)
		}
	}
	members := make([]member, 0, n)
	located, unlocated := pocketOf[&seen.located], pocketOf[&seen.unlocated]
	for i, k := 0, 0; i < len(located) || k < len(unlocated); {
		r, at, pocket := &seen.located, i, int32(0)
		if i == len(located) || k < len(unlocated) && bytes.Compare(seen.unlocated.points[k].ID[:], seen.located.points[i].ID[:]) < 0 {
			r, at, pocket = &seen.unlocated, k, unlocated[k]
			k++
		} else {
			pocket = located[i]
			i++
		}
		if pocket > 0 {
			members = append(members, member{r.points[at].ID, r.points[at].Households, int(pocket - 1)})
		}
	}
	return members
}
