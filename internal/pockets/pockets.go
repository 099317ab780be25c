package pockets

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// Pocket is points that live close together.
type Pocket struct {
	Members    []int // positions in the points asked about, ascending by id
	Core       int   // how many of the members are core points
	Households int64
	People     int64

	// Hull is the convex hull of the members, straight in longitude and latitude, counter-clockwise, from its
	// southernmost corner. Its longitudes run on beyond 180 where the pocket lies across the antimeridian. It is nil when
	// the members lie on one line or in fewer than three positions, and when they spread over more than half of the
	// longitudes, as around a pole.
	Hull    orb.Polygon
	AreaKm2 float64 // of the hull, 0 without
	// Center is the mean position of the households, on the sphere and in whole 1e-7 degrees; where the first member lies
	// when there is no household.
	Center orb.Point
}

// Find gives the pockets of points: those with more households first, then those with a smaller smallest id. The order
// of the points makes no difference but to the positions in Members. Points are not changed. Options that say nothing,
// and points that are not on the globe or share an id, are a registry.Error; a context that ends, its error.
func Find(ctx context.Context, points []Point, o Options) ([]Pocket, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := checkPoints(points); err != nil {
		return nil, err
	}
	byID, err := orderByID(points)
	if err != nil {
		return nil, err
	}
	c, err := newClusters(ctx, points, o)
	if err != nil {
		return nil, err
	}
	found, err := c.gather(byID)
	if err != nil {
		return nil, err
	}
	if err := c.watch.finished(); err != nil {
		return nil, err
	}
	return found, nil
}

func newClusters(ctx context.Context, points []Point, o Options) (*clusters, error) {
	r := newReach(o.RadiusMeters)
	g, err := newGrid(ctx, points, o.By, newShape(r.angle))
	if err != nil {
		return nil, err
	}
	c := &clusters{
		grid:      g,
		reach:     r,
		minWeight: o.MinWeight,
		watch:     &watch{ctx: ctx, progress: o.Progress},
	}
	return c, c.run()
}

// orderByID lists the positions of the points by id, and refuses two with the same.
func orderByID(points []Point) ([]int32, error) {
	if rising(points) {
		byID := make([]int32, len(points))
		for i := range byID {
			byID[i] = int32(i)
		}
		return byID, nil
	}
	list := make([]keyed, len(points))
	for i := range points {
		list[i] = keyed{binary.BigEndian.Uint64(points[i].ID[:]), int32(i)}
	}
	list = sortByKey(list)
	byID := make([]int32, 0, len(points))
	for same := range sameKey(list) {
		slices.SortFunc(same, func(a, b keyed) int {
			return bytes.Compare(points[a.point].ID[:], points[b.point].ID[:])
		})
		for i, k := range same {
			if i > 0 && points[k.point].ID == points[same[i-1].point].ID {
				return nil, registry.Invalid("points", "%s is there twice", points[k.point].ID)
			}
			byID = append(byID, k.point)
		}
	}
	return byID, nil
}

// rising tells whether points come by id already, each once: those of an engine do, and sorting takes memory.
func rising(points []Point) bool {
	for i := 1; i < len(points); i++ {
		if bytes.Compare(points[i-1].ID[:], points[i].ID[:]) >= 0 {
			return false
		}
	}
	return true
}
