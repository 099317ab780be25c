package pockets

import (
	"context"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Unit says what a pocket is made of.
type Unit uint8

// The units.
const (
	UnitHousehold Unit = iota // households with a location
	UnitBlock                 // blocks with a location, which stands for all of a block
	UnitRT                    // households of a neighbourhood unit, without a location
	UnitKelurahan             // households of a kelurahan without a location and a unit, or its blocks without a location
)

func (u Unit) String() string { return [...]string{"HOUSEHOLD", "BLOCK", "RT", "KELURAHAN"}[u] }

// named tells whether the pockets of a unit are units of the administration, without a location.
func (u Unit) named() bool { return u == UnitRT || u == UnitKelurahan }

// SurveyPocket is a pocket with what people read of it.
type SurveyPocket struct {
	ID     string // 16 hexadecimal digits that follow from the ids of its members alone: the same members, the same id
	Unit   Unit
	Total  registry.Tally // PERTURBED for blocks
	Core   registry.Rate  // share of core points among its households; UNKNOWN but for unit HOUSEHOLD
	Center orb.Point      // mean place of the households; the label of Area for RT and KELURAHAN

	// Where the members of unit RT and KELURAHAN are registered: the kelurahan; of RT the neighbourhood as recorded.
	Area   registry.AreaCode
	RW, RT string

	Areas []PocketArea // that hold a member, most households first, then by code

	profile    []Mark // nil where blocks were seen
	hull       orb.Polygon
	hullKm2    float64
	boundaryOf *registry.Area    // of KELURAHAN
	blocks     []*registry.Block // of BLOCK; of KELURAHAN too where blocks were seen, without ground
}

// PocketArea is the part of a pocket in one kelurahan.
type PocketArea struct {
	Area  registry.AreaCode
	Total registry.Tally
}

// Mark is how a pocket stands out by one deprivation.
type Mark struct {
	Deprivation registry.Deprivation
	// Share is deprived households among those of which it is known; of blocks, among all who live in them.
	Share registry.Rate
	// Lift is Share divided by that of everybody the filter keeps, in a pocket or not: 2 is twice as common here. Of
	// blocks both are of all who live in them. UNKNOWN where nobody at all is known to be deprived.
	Lift registry.Rate
}

// Geometry is what to draw: the convex hull of households, a Polygon; the ground of blocks or the boundary of the kelurahan,
// a MultiPolygon. It is nil where there is none, as for RT. The ground of blocks is dissolved at each call.
func (p *SurveyPocket) Geometry(ctx context.Context) (orb.Geometry, error) {
	switch {
	case p.hull != nil:
		return p.hull, nil
	case p.boundaryOf != nil && p.boundaryOf.Boundary != nil:
		return p.boundaryOf.Boundary, nil
	}
	grounds, err := p.grounds(ctx)
	if err != nil {
		return nil, err
	}
	union, err := geo.Union(grounds)
	if err != nil || len(union) == 0 {
		return nil, err
	}
	return union, nil
}

// AreaKm2 is the ground of the geometry in square kilometres, 0 without one.
func (p *SurveyPocket) AreaKm2(ctx context.Context) (float64, error) {
	if p.boundaryOf != nil {
		return p.boundaryOf.AreaKm2, nil
	}
	km2 := p.hullKm2
	grounds, err := p.grounds(ctx) // which share no ground
	for _, ground := range grounds {
		km2 += geo.AreaKm2(ground)
	}
	return km2, err
}

// grounds are those of the blocks.
func (p *SurveyPocket) grounds(ctx context.Context) (grounds []orb.Geometry, err error) {
	for _, b := range p.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ground, err := b.Geometry(ctx)
		if err != nil {
			return nil, err
		}
		if len(ground) > 0 {
			grounds = append(grounds, ground)
		}
	}
	return grounds, nil
}
