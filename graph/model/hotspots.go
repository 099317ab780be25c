package model

import (
	"context"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/spatial"
)

// Bounds of permutations: fewer tell nothing, more take too long.
const (
	minPermutations = 99
	maxPermutations = 99_999
	maxShuffles     = 30_000_000 // permutations of all areas together
	lowPower        = 60         // areas below which not significant is the usual answer
)

// HotspotQuestion is the arguments of hotspots.
type HotspotQuestion struct {
	Measure               *MeasureInput
	Level                 *registry.AreaLevel
	Hex                   *HexSize
	Neighbours            *NeighbourRule
	K, Permutations, Seed *int
}

// hotspots is one question with what it was resolved to.
type hotspots struct {
	view        *registry.View
	grid        geo.HexGrid
	hex         bool
	rule        NeighbourRule
	k           int
	permutation spatial.Permutation
	values      []measure.Value
}

// FindHotspots computes global and local statistics of one measure.
func FindHotspots(ctx context.Context, v *registry.View, q HotspotQuestion) (*Hotspots, error) {
	s := hotspots{view: v, hex: q.Hex != nil, rule: valueOr(q.Neighbours, NeighbourRuleQueen), k: valueOr(q.K, 4),
		permutation: spatial.Permutation{Draws: valueOr(q.Permutations, spatial.DefaultDraws), Seed: uint64(valueOr(q.Seed, 1))}}
	by := areasOr(q.Level)
	if !s.hex {
		if err := checkScope(v, q.Level, nil); err != nil {
			return nil, err
		}
	} else {
		by = registry.HexesOf(q.Hex.edgeMeters())
		s.grid = v.HexGrid(by.EdgeMeters)
	}
	if err := s.check(&q); err != nil {
		return nil, err
	}
	all, err := evaluate(ctx, v, []*MeasureInput{q.Measure}, []string{"measure"}, by, nil)
	if err != nil {
		return nil, err
	}
	s.values = all[0]
	if n := len(s.values); s.rule == NeighbourRuleKnn && s.k > (n-1)/2 {
		return nil, registry.Invalid("k", "%d nearest of %d areas are no neighbourhood: at most %d", s.k, n, (n-1)/2)
	}
	if n, draws := len(s.values), s.permutation.Draws; n*draws > maxShuffles {
		return nil, registry.Errorf(registry.CodeComplexity, "permutations", "%d places with %d permutations each are too many at once: at most %d here", n, draws, maxShuffles/n)
	}
	h, err := s.answer()
	if err != nil {
		return nil, err
	}
	h.Method = method("Getis–Ord Gi* and local Moran, conditional permutation, Benjamini–Hochberg", "Ord and Getis 1995; Anselin 1995; Benjamini and Hochberg 1995",
		"measure", q.Measure.measure(), "neighbours", s.neighbourhood(), "permutations", s.permutation.Draws, "seed", int64(s.permutation.Seed), "edition", v.State.ID())
	return h, nil
}

func (s *hotspots) check(q *HotspotQuestion) error {
	switch draws := s.permutation.Draws; {
	case draws < minPermutations || draws > maxPermutations:
		return registry.Invalid("permutations", "%d is outside %d to %d", draws, minPermutations, maxPermutations)
	case s.rule == NeighbourRuleKnn && s.k < 1:
		return registry.Invalid("k", "%d: a place has at least one nearest neighbour", s.k)
	case s.hex && s.rule == NeighbourRuleKnn:
		return registry.Invalid("neighbours", "hexagons are neighbours by a shared edge: six are equally near, and KNN would choose among them by chance")
	case s.hex && q.Measure.Indicator != nil:
		return registry.Invalid("hex", "a published figure is one of areas: ask for a level")
	}
	return nil
}

func (s *hotspots) answer() (*Hotspots, error) {
	weights, err := s.weights()
	if err != nil {
		return nil, err
	}
	figures, known := make([]float64, len(s.values)), make([]bool, len(s.values))
	for i, x := range s.values {
		figures[i], known[i] = x.Rate.Value, x.Rate.Status.HasValue()
	}
	field, err := spatial.NewField(figures, known, weights)
	if err != nil {
		return nil, err
	}
	chances := field.Permute(s.permutation)
	spots, local, moran := field.HotSpots(chances), field.LocalMoran(chances), field.Moran(s.permutation)
	h := &Hotspots{Global: &GlobalMoran{}, Areas: make([]*AreaHotspot, len(s.values)), Notes: s.notes(field)}
	if moran.Status == spatial.Computed {
		h.Global.MoranI, h.Global.P = &moran.I, &moran.P
		if moran.Randomisation != nil {
			h.Global.Z = &moran.Randomisation.Z
		}
	}
	nodes := areasOf(s.view, codesOf(s.values))
	for i, x := range s.values {
		h.Areas[i] = hotspot(x, &spots[i], &local[i])
		if s.hex {
			h.Areas[i].Hex = hexagon(s.grid, x.Hex)
		} else {
			h.Areas[i].Area = nodes.byCode(x.Area)
		}
	}
	return h, nil
}

func hotspot(x measure.Value, spot *spatial.HotSpot, local *spatial.LocalMoran) *AreaHotspot {
	a := &AreaHotspot{Value: new(rate(x.Rate)), Neighbours: spot.Neighbours}
	if spot.Status == spatial.Computed {
		a.Z, a.PAdjusted, a.Classification = &spot.Z, &spot.Adjusted, &spot.Class
		if spot.Confidence > 0 {
			a.Confidence = &spot.Confidence
		}
	}
	if local.Status == spatial.Computed {
		a.LocalMoran, a.Quadrant = &local.I, optional(string(local.Quadrant))
	}
	return a
}

func (s *hotspots) neighbourhood() string {
	switch {
	case s.rule == NeighbourRuleKnn:
		return fmt.Sprintf("%d nearest", s.k)
	case s.hex:
		return "shared edge"
	}
	return "shared edge or corner"
}

func (s *hotspots) weights() (spatial.Weights, error) {
	positions, points, cells := make([]int, len(s.values)), make([]orb.Point, len(s.values)), make([]geo.HexID, len(s.values))
	for i, x := range s.values {
		if s.hex {
			cells[i], points[i] = x.Hex, s.grid.Center(x.Hex)
			continue
		}
		positions[i], _ = s.view.Areas.Find(x.Area)
		points[i] = s.view.Areas.Area(positions[i]).Label
	}
	switch {
	case s.rule == NeighbourRuleKnn:
		return spatial.Nearest(points, s.k, spatial.RowStandardised)
	case s.hex:
		return spatial.Hexagons(cells, spatial.RowStandardised)
	}
	return spatial.Queen(s.view.Areas, positions, spatial.RowStandardised)
}

// mostNames is how many places a note names.
const mostNames = 50

func (s *hotspots) notes(f *spatial.Field) []string {
	notes := []string{}
	name := func(list []int) string {
		var names []string
		for _, at := range list[:min(len(list), mostNames)] {
			if s.hex {
				names = append(names, geo.FormatHexID(s.grid.EdgeMeters(), s.values[at].Hex))
				continue
			}
			p, _ := s.view.Areas.Find(s.values[at].Area)
			names = append(names, s.view.Areas.Area(p).Name)
		}
		if more := len(list) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("and %d more", more))
		}
		return strings.Join(names, ", ")
	}
	places := "areas"
	if s.hex {
		places = "hexagons"
		notes = append(notes, "households without a location are in no hexagon")
	}
	if missing := f.WithoutValue(); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("%d %s have no figure (withheld or unknown) and are left out, not taken for zero: %s", len(missing), places, name(missing)))
	}
	if islands := f.Islands(); len(islands) > 0 {
		notes = append(notes, "no neighbour with a figure: "+name(islands))
	}
	if n := f.Count(); n < lowPower {
		notes = append(notes, fmt.Sprintf("%d %s: the power is low, and NOT_SIGNIFICANT does not say that there is nothing", n, places))
	}
	return notes
}
