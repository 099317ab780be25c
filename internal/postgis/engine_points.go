package postgis

import (
	"context"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Points reads places and deprivations alone.
func (e *Engine) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := e.check(&q.Filter); err != nil {
		return nil, err
	}
	var points []registry.WeightedPoint
	err := e.query(ctx, e.places(&q), func(r *reader) {
		p := registry.WeightedPoint{ID: r.id(), Located: r.bool(), Households: 1}
		if lon, lat := int32(r.int()), int32(r.int()); p.Located {
			p.Point = geo.FromE7(lon, lat)
		}
		p.People, p.Area, p.Place = r.int(), registry.AreaCode(r.text()), registry.Place{RW: r.text(), RT: r.text()}
		p.Deprived, p.Known = registry.DeprivationSet(r.int()), registry.DeprivationSet(r.int())
		points = append(points, p)
	})
	return points, err
}

func (e *Engine) places(q *registry.PointsQuery) *statement {
	s := &statement{}
	s.add("SELECT h.id, h.geom IS NOT NULL, h.lon_e7, h.lat_e7, h.members, h.area_code, h.rw, h.rt, h.deprived, h.known")
	e.from(s, &q.Filter)
	if !q.Unlocated {
		s.add(" AND h.geom IS NOT NULL")
	}
	s.add(" ORDER BY h.id")
	return s
}
