package model

import (
	"context"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/spatial"
)

// Bounds of permutations: fewer tell nothing, more take too long.
const (
	minPermutations = 99
	maxPermutations = 99_999
	maxShuffles     = 5_000_000 // permutations of all areas together
	lowPower        = 60        // areas below which not significant is the usual answer
)

// HotspotQuestion is the arguments of hotspots.
type HotspotQuestion struct {
	Measure               *MeasureInput
	Level                 *registry.AreaLevel
	Neighbours            *NeighbourRule
	K, Permutations, Seed *int
}

// FindHotspots computes global and local statistics of one measure.
func FindHotspots(ctx context.Context, v *registry.View, q HotspotQuestion) (*Hotspots, error) {
	rule, k, draws, seed := valueOr(q.Neighbours, NeighbourRuleQueen), valueOr(q.K, 4), valueOr(q.Permutations, spatial.DefaultDraws), valueOr(q.Seed, 1)
	switch {
	case draws < minPermutations || draws > maxPermutations:
		return nil, registry.Invalid("permutations", "%d is outside %d to %d", draws, minPermutations, maxPermutations)
	case rule == NeighbourRuleKnn && k < 1:
		return nil, registry.Invalid("k", "%d: an area has at least one nearest neighbour", k)
	}
	if n := len(v.Areas.Level(valueOr(q.Level, registry.LevelKelurahan))); n*draws > maxShuffles {
		return nil, registry.Errorf(registry.CodeComplexity, "permutations", "%d areas with %d permutations each are too many at once: at most %d here", n, draws, maxShuffles/n)
	}
	all, err := evaluate(ctx, v, []*MeasureInput{q.Measure}, []string{"measure"}, q.Level, nil)
	if err != nil {
		return nil, err
	}
	values := all[0]
	weights, err := weightsOf(v, values, rule, k)
	if err != nil {
		return nil, err
	}
	figures, known := make([]float64, len(values)), make([]bool, len(values))
	for i, x := range values {
		figures[i], known[i] = x.Rate.Value, x.Rate.Status.HasValue()
	}
	field, err := spatial.NewField(figures, known, weights)
	if err != nil {
		return nil, err
	}
	permutation := spatial.Permutation{Draws: draws, Seed: uint64(seed)}
	chances := field.Permute(permutation)
	spots, local, moran := field.HotSpots(chances), field.LocalMoran(chances), field.Moran(permutation)
	h := &Hotspots{Global: &GlobalMoran{}, Areas: make([]*AreaHotspot, len(values)), Notes: notesOf(v, values, field)}
	if moran.Status == spatial.Computed {
		h.Global.MoranI, h.Global.P = &moran.I, &moran.P
		if moran.Randomisation != nil {
			h.Global.Z = &moran.Randomisation.Z
		}
	}
	nodes := areasOf(v, codesOf(values))
	for i, x := range values {
		a := &AreaHotspot{Area: nodes.byCode(x.Area), Value: new(rate(x.Rate)), Neighbours: spots[i].Neighbours}
		if s := &spots[i]; s.Status == spatial.Computed {
			a.Z, a.PAdjusted, a.Classification = &s.Z, &s.Adjusted, &s.Class
			if s.Confidence > 0 {
				a.Confidence = &s.Confidence
			}
		}
		if l := &local[i]; l.Status == spatial.Computed {
			a.LocalMoran, a.Quadrant = &l.I, optional(string(l.Quadrant))
		}
		h.Areas[i] = a
	}
	h.Method = method("Getis–Ord Gi* and local Moran, conditional permutation, Benjamini–Hochberg", "Ord and Getis 1995; Anselin 1995; Benjamini and Hochberg 1995",
		"measure", q.Measure.name(), "neighbours", describe(rule, k), "permutations", draws, "seed", seed, "edition", v.State.ID())
	return h, nil
}

func describe(rule NeighbourRule, k int) string {
	if rule == NeighbourRuleKnn {
		return fmt.Sprintf("%d nearest", k)
	}
	return "shared edge or corner"
}

func weightsOf(v *registry.View, values []measure.Value, rule NeighbourRule, k int) (spatial.Weights, error) {
	positions, points := make([]int, len(values)), make([]orb.Point, len(values))
	for i, x := range values {
		positions[i], _ = v.Areas.Find(x.Area)
		points[i] = v.Areas.Area(positions[i]).Label
	}
	if rule == NeighbourRuleKnn {
		return spatial.Nearest(points, k, spatial.RowStandardised)
	}
	return spatial.Queen(v.Areas, positions, spatial.RowStandardised)
}

func notesOf(v *registry.View, values []measure.Value, f *spatial.Field) []string {
	notes := []string{}
	name := func(list []int) string {
		names := make([]string, len(list))
		for i, at := range list {
			p, _ := v.Areas.Find(values[at].Area)
			names[i] = v.Areas.Area(p).Name
		}
		return strings.Join(names, ", ")
	}
	if missing := f.WithoutValue(); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("%d areas have no figure (withheld or unknown) and are left out, not taken for zero: %s", len(missing), name(missing)))
	}
	if islands := f.Islands(); len(islands) > 0 {
		notes = append(notes, "no neighbour with a figure: "+name(islands))
	}
	if n := f.Count(); n < lowPower {
		notes = append(notes, fmt.Sprintf("%d areas: the power is low, and NOT_SIGNIFICANT does not say that there is nothing", n))
	}
	return notes
}
