package registry

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// AreaFilter says which areas: every condition that is set must hold. A condition on a boundary does not hold without one.
type AreaFilter struct {
	Level        *AreaLevel
	Codes        []AreaCode
	Within       AreaCode
	NameContains string // upper and lower case alike
	Intersects   orb.Geometry
	Contains     *Position
	BBox         *BBox
}

// Check tells what is wrong with the filter by itself.
func (f *AreaFilter) Check() error {
	if f.Intersects != nil {
		if p, ok := f.Intersects.(orb.Point); ok {
			if fault := geo.ValidateLonLat(p); fault != nil {
				return &Error{Code: CodeInvalidGeometry, Field: "intersects", Message: fault.Error(), Cause: fault}
			}
		} else if err := CheckRegion(f.Intersects); err != nil {
			return Under("intersects", err)
		}
	}
	if f.Contains != nil {
		if err := f.Contains.Check(); err != nil {
			return Under("contains", err)
		}
	}
	if f.BBox != nil {
		return Under("bbox", f.BBox.Check())
	}
	return nil
}

// Select gives the areas that f keeps, by code. Unknown codes are NOT_FOUND.
func (a *Areas) Select(f *AreaFilter) ([]int, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	for i, c := range f.Codes {
		if _, ok := a.byCode[c]; !ok {
			return nil, NotFound(fmt.Sprintf("codes[%d]", i), "no area has the code %q", c)
		}
	}
	if _, ok := a.byCode[f.Within]; f.Within != "" && !ok {
		return nil, NotFound("within", "no area has the code %q", f.Within)
	}
	name := strings.ToLower(f.NameContains)
	var out []int
	for i := range a.list {
		area := &a.list[i]
		switch {
		case f.Level != nil && area.Level() != *f.Level,
			f.Codes != nil && !slices.Contains(f.Codes, area.Code),
			f.Within != "" && !area.Code.Within(f.Within),
			name != "" && !strings.Contains(strings.ToLower(area.Name), name),
			!a.meets(i, f):
		default:
			out = append(out, i)
		}
	}
	return out, nil
}

func (a *Areas) meets(i int, f *AreaFilter) bool {
	if f.Intersects == nil && f.Contains == nil && f.BBox == nil {
		return true
	}
	p := a.prepared[i]
	if p == nil || f.Contains != nil && !p.Covers(f.Contains.Orb()) ||
		f.Intersects != nil && !geo.Intersects(a.list[i].Boundary, f.Intersects) {
		return false
	}
	return f.BBox == nil || slices.ContainsFunc(f.BBox.Bounds(), func(b orb.Bound) bool {
		return p.Bound().Intersects(b) && geo.Intersects(a.list[i].Boundary, b.ToPolygon())
	})
}

// Ranked is an area with its distance.
type Ranked struct {
	Area                int   // position
	DistanceMillimeters int64 // 0 inside; NoDistance without a boundary
}

// Nearest orders areas by the distance of their boundaries from p, ties by code.
func (a *Areas) Nearest(list []int, p orb.Point) []Ranked {
	out := make([]Ranked, len(list))
	for k, i := range list {
		out[k] = Ranked{i, NoDistance}
		if a.prepared[i] != nil {
			out[k].DistanceMillimeters = int64(math.Round(geo.DistanceToMeters(a.list[i].Boundary, p) * 1000))
		}
	}
	slices.SortFunc(out, func(x, y Ranked) int {
		return cmp.Or(cmp.Compare(x.DistanceMillimeters, y.DistanceMillimeters), cmp.Compare(x.Area, y.Area))
	})
	return out
}
