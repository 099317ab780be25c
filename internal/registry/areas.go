package registry

import (
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"kantong/internal/geo"
)

// Areas is every area of an edition, in memory, sorted by code. It is immutable and safe for concurrent use. Areas are
// named by their position in it, 0 to Len()-1.
type Areas struct {
	list       []Area
	byCode     map[AreaCode]int
	parent     []int // -1 at the top
	children   [][]int
	levels     [LevelKelurahan + 1][]int
	prepared   []*geo.Prepared // nil without a boundary
	tree       [LevelKelurahan + 1]rtree.RTreeG[int]
	bound      orb.Bound
	neighbours [LevelKelurahan + 1]func() map[int][]int
	outlines   *outlines
}

// neighbourToleranceMeters is how far apart two boundaries may run and still touch: below the width of a path, above
// the rounding of published coordinates.
const neighbourToleranceMeters = 1

// NewAreas indexes the areas. It fails on a code given twice, naming it.
func NewAreas(list []Area) (*Areas, error) {
	a := &Areas{list: slices.Clone(list), byCode: make(map[AreaCode]int, len(list))}
	slices.SortFunc(a.list, func(x, y Area) int { return strings.Compare(string(x.Code), string(y.Code)) })
	a.parent = make([]int, len(list))
	a.children = make([][]int, len(list))
	a.prepared = make([]*geo.Prepared, len(list))
	for i := range a.list {
		area := &a.list[i]
		if _, twice := a.byCode[area.Code]; twice {
			return nil, Conflict("code", "area %s is given twice", area.Code)
		}
		a.byCode[area.Code] = i
		level := area.Level()
		a.levels[level] = append(a.levels[level], i)
		a.parent[i] = -1
		if p, ok := a.byCode[area.Code.Parent()]; ok { // a parent's code sorts before its children's
			a.parent[i] = p
			a.children[p] = append(a.children[p], i)
		}
		if len(area.Boundary) > 0 {
			a.prepared[i] = geo.Prepare(area.Boundary)
			b := a.prepared[i].Bound()
			a.tree[level].Insert(b.Min, b.Max, i)
			if a.bound.IsZero() {
				a.bound = b
			} else {
				a.bound = a.bound.Union(b)
			}
		}
	}
	for level := range a.neighbours {
		a.neighbours[level] = sync.OnceValue(func() map[int][]int { return a.findNeighbours(AreaLevel(level)) })
	}
	a.outlines = newOutlines(a)
	return a, nil
}

// Len is the number of areas of all levels.
func (a *Areas) Len() int { return len(a.list) }

// Area gives the area at position i. Callers must not change it.
func (a *Areas) Area(i int) *Area { return &a.list[i] }

// Find gives the position of a code.
func (a *Areas) Find(code AreaCode) (i int, ok bool) {
	i, ok = a.byCode[code]
	return i, ok
}

// Parent gives the position of an area's parent; -1 where the edition has none.
func (a *Areas) Parent(i int) int { return a.parent[i] }

// Ancestors gives the areas above i, nearest first.
func (a *Areas) Ancestors(i int) (out []int) {
	for p := a.parent[i]; p >= 0; p = a.parent[p] {
		out = append(out, p)
	}
	return out
}

// Children gives the areas one level down that belong to i by code, sorted by code.
func (a *Areas) Children(i int) []int { return a.children[i] }

// Level gives the areas of a level, sorted by code.
func (a *Areas) Level(level AreaLevel) []int { return a.levels[level] }

// Within gives the areas of a level that are area or lie below it by code, sorted by code.
func (a *Areas) Within(area AreaCode, level AreaLevel) []int {
	all := a.levels[level]
	from, _ := slices.BinarySearchFunc(all, area, func(i int, c AreaCode) int { return strings.Compare(string(a.list[i].Code), string(c)) })
	to := from
	for to < len(all) && a.list[all[to]].Code.Within(area) {
		to++
	}
	return all[from:to]
}

// Bound is the box around all boundaries; the zero bound when there are none.
func (a *Areas) Bound() orb.Bound { return a.bound }

// At gives the area of a level that a point belongs to; edges belong, and on a shared edge the lowest code wins. A level
// above kelurahan is found by the code of the kelurahan at the point, since published polygons of the levels disagree;
// by its own polygon only where it has no areas below.
func (a *Areas) At(p orb.Point, level AreaLevel) (i int, ok bool) {
	for l := LevelKelurahan; l >= level; l-- {
		if i, ok = a.atLevel(p, l); !ok || a.mapped(a.children[i]) {
			continue
		}
		for i >= 0 && a.list[i].Level() > level {
			i = a.parent[i]
		}
		return i, i >= 0
	}
	return 0, false
}

// mapped tells whether any of the areas has a boundary.
func (a *Areas) mapped(list []int) bool {
	return slices.ContainsFunc(list, func(i int) bool { return a.prepared[i] != nil })
}

func (a *Areas) atLevel(p orb.Point, level AreaLevel) (best int, ok bool) {
	a.tree[level].Search(p, p, func(_, _ [2]float64, i int) bool {
		if (!ok || i < best) && a.prepared[i].Covers(p) {
			best, ok = i, true
		}
		return true
	})
	return best, ok
}

// Neighbours gives the areas of the same level that share an edge or a corner with i, sorted by code.
func (a *Areas) Neighbours(i int) []int { return a.neighbours[a.list[i].Level()]()[i] }

func (a *Areas) findNeighbours(level AreaLevel) map[int][]int {
	var at []int
	var shapes []orb.Geometry
	for _, i := range a.levels[level] {
		if a.prepared[i] != nil {
			at = append(at, i)
			shapes = append(shapes, a.list[i].Boundary)
		}
	}
	out := make(map[int][]int, len(at))
	for k, near := range geo.Neighbours(shapes, neighbourToleranceMeters) {
		for _, n := range near {
			out[at[k]] = append(out[at[k]], at[n])
		}
	}
	return out
}
