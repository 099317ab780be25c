package postgis

import (
	"context"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Points reads places and deprivations alone.
func (e *Engine) Points(ctx context.Context, f registry.Filter) ([]registry.WeightedPoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := e.d.CheckFilter(&f); err != nil {
		return nil, err
	}
	var points []registry.WeightedPoint
	err := e.query(ctx, e.places(&f), func(r *reader) {
		id, lon, lat := r.id(), int32(r.int()), int32(r.int())
		points = append(points, registry.WeightedPoint{ID: id, Point: geo.FromE7(lon, lat), Households: 1, People: r.int(),
			Area: registry.AreaCode(r.text()), Deprived: registry.DeprivationSet(r.int()), Known: registry.DeprivationSet(r.int())})
	})
	return points, err
}

func (e *Engine) places(f *registry.Filter) *statement {
	s := &statement{}
	s.add("SELECT h.id, h.lon_e7, h.lat_e7, h.members, h.area_code, h.deprived, h.known")
	e.from(s, f)
	s.add(" AND h.geom IS NOT NULL ORDER BY h.id")
	return s
}
