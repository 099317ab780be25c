package spatial

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Style says what a neighbour weighs.
type Style uint8

// The styles. No statistic of this package that is a z value or a p depends on the style, except that of global Moran.
const (
	RowStandardised Style = iota // 1 / number of neighbours
	Binary                       // 1
)

// Weights are the neighbours of each area and what they weigh: the same for all neighbours of an area. An area is never
// its own neighbour here; Gi* counts it in by itself. They need not be symmetric. The zero value has no area.
type Weights struct {
	neighbours [][]int
	style      Style
}

// NewWeights takes for each area the positions of its neighbours, in any order. It refuses a position that is out of
// range, the area's own, or given twice.
func NewWeights(neighbours [][]int, style Style) (Weights, error) {
	if style > Binary {
		return Weights{}, registry.Invalid("style", "%d is no style of weights", style)
	}
	sorted := make([][]int, len(neighbours))
	for i, list := range neighbours {
		list = slices.Sorted(slices.Values(list))
		for k, j := range list {
			switch {
			case j < 0 || j >= len(neighbours):
				return Weights{}, registry.Invalid("neighbours", "area %d has the neighbour %d, but areas are 0 to %d", i, j, len(neighbours)-1)
			case j == i:
				return Weights{}, registry.Invalid("neighbours", "area %d is given as its own neighbour; Gi* counts it in by itself", i)
			case k > 0 && list[k-1] == j:
				return Weights{}, registry.Invalid("neighbours", "area %d has the neighbour %d twice", i, j)
			}
		}
		sorted[i] = list
	}
	return Weights{sorted, style}, nil
}

// Queen is contiguity by edge or corner (registry.Areas.Neighbours says within which tolerance) among the areas at the
// positions of, each given once; position k of the weights is of[k]. Neighbours outside of are left out.
func Queen(areas *registry.Areas, of []int, style Style) (Weights, error) {
	position := make(map[int]int, len(of))
	for k, at := range of {
		if at < 0 || at >= areas.Len() {
			return Weights{}, registry.Invalid("areas", "there is no area at position %d", at)
		}
		if _, twice := position[at]; twice {
			return Weights{}, registry.Invalid("areas", "area %s is given twice", areas.Area(at).Code)
		}
		position[at] = k
	}
	neighbours := make([][]int, len(of))
	for k, at := range of {
		for _, near := range areas.Neighbours(at) {
			if j, among := position[near]; among {
				neighbours[k] = append(neighbours[k], j)
			}
		}
	}
	return NewWeights(neighbours, style)
}

// Hexagons is contiguity by edge among hexagons of one grid, each given once.
func Hexagons(cells []geo.HexID, style Style) (Weights, error) {
	position := make(map[geo.HexID]int, len(cells))
	for k, id := range cells {
		if _, twice := position[id]; twice {
			return Weights{}, registry.Invalid("hexagons", "hexagon %d, %d is given twice", id.Q, id.R)
		}
		position[id] = k
	}
	neighbours := make([][]int, len(cells))
	for k, id := range cells {
		for _, near := range id.Neighbours() {
			if j, among := position[near]; among {
				neighbours[k] = append(neighbours[k], j)
			}
		}
	}
	return NewWeights(neighbours, style)
}

// Nearest makes the count nearest others the neighbours of each point: by great-circle distance in whole millimetres,
// ties by position. Where there are fewer others, all of them are.
func Nearest(points []orb.Point, count int, style Style) (Weights, error) {
	if count < 0 {
		return Weights{}, registry.Invalid("count", "the number of neighbours is %d, but can't be negative", count)
	}
	for i, p := range points {
		if !finite(p[0]) || !finite(p[1]) {
			return Weights{}, registry.Invalid("points", "point %d has a coordinate that is no number", i)
		}
	}
	type other struct {
		millimeters int64
		position    int
	}
	neighbours := make([][]int, len(points))
	for i, p := range points {
		var others []other
		for j, q := range points {
			if j != i {
				others = append(others, other{int64(math.Round(geo.DistanceMeters(p, q) * 1000)), j})
			}
		}
		slices.SortFunc(others, func(a, b other) int {
			return cmp.Or(cmp.Compare(a.millimeters, b.millimeters), cmp.Compare(a.position, b.position))
		})
		for _, o := range others[:min(count, len(others))] {
			neighbours[i] = append(neighbours[i], o.position)
		}
	}
	return NewWeights(neighbours, style)
}

// Len is the number of areas.
func (w Weights) Len() int { return len(w.neighbours) }

// Neighbours gives the positions of an area's neighbours, ascending. Callers must not change it.
func (w Weights) Neighbours(i int) []int { return w.neighbours[i] }

// Weight is what each neighbour of an area weighs, 0 when it has none.
func (w Weights) Weight(i int) float64 {
	switch {
	case len(w.neighbours[i]) == 0:
		return 0
	case w.style == Binary:
		return 1
	}
	return 1 / float64(len(w.neighbours[i]))
}

// Islands gives the areas that have no neighbour, ascending.
func (w Weights) Islands() (islands []int) {
	for i, list := range w.neighbours {
		if len(list) == 0 {
			islands = append(islands, i)
		}
	}
	return islands
}

// among takes the areas that aren't kept out of all lists; positions stay.
func (w Weights) among(keep []bool) Weights {
	neighbours := make([][]int, len(w.neighbours))
	for i, list := range w.neighbours {
		if keep[i] {
			neighbours[i] = slices.DeleteFunc(slices.Clone(list), func(j int) bool { return !keep[j] })
		}
	}
	return Weights{neighbours, w.style}
}

// between is what j weighs for i.
func (w Weights) between(i, j int) float64 {
	if _, found := slices.BinarySearch(w.neighbours[i], j); !found {
		return 0
	}
	return w.Weight(i)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
