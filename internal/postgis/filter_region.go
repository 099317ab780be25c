package postgis

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// region writes a region as a condition in parentheses: first what the index on geom answers, which is never too few
// since it keeps boxes rounded outwards, then what decides.
func region(s *statement, r *registry.Spatial) {
	switch {
	case r.BBox != nil:
		eachOr(s, r.BBox.Bounds(), boxCondition)
	case r.Near != nil:
		from := r.Near.Point.Orb()
		s.add("(")
		eachOr(s, geo.RadiusBound(from, r.Near.RadiusMeters), func(s *statement, b orb.Bound) {
			s.add("h.geom && ", s.envelope(b))
		})
		s.add(" AND ", meters(s, from), " <= ", s.bind(r.Near.RadiusMeters, "float8"), ")")
	default:
		coveredBy(s, r.CoveredBy)
	}
}

func eachOr(s *statement, bounds []orb.Bound, condition func(*statement, orb.Bound)) {
	s.add("(")
	for i, b := range bounds {
		if i > 0 {
			s.add(" OR ")
		}
		condition(s, b)
	}
	s.add(")")
}

// boxCondition compares whole units of 1e-7 degrees, as exactly as comparing degrees.
func boxCondition(s *statement, b orb.Bound) {
	west, east := leastE7(b.Min[0]), mostE7(b.Max[0])
	south, north := leastE7(b.Min[1]), mostE7(b.Max[1])
	s.add("h.geom && ", s.envelope(orb.Bound{Min: geo.FromE7(west, south), Max: geo.FromE7(east, north)}))
	s.add(" AND h.lon_e7 BETWEEN ", s.bind(west, "int4"), " AND ", s.bind(east, "int4"))
	s.add(" AND h.lat_e7 BETWEEN ", s.bind(south, "int4"), " AND ", s.bind(north, "int4"))
}

// leastE7 is the least number of units that is not below so many degrees once it is degrees again.
func leastE7(degrees float64) int32 {
	n := int64(math.Ceil(degrees*1e7)) - 2
	for float64(n)/1e7 < degrees {
		n++
	}
	return int32(n)
}

// mostE7 is the greatest number of units that is not above so many degrees.
func mostE7(degrees float64) int32 { return -leastE7(-degrees) }

// coveredBy sends the polygon in binary form. ST_Covers takes edges in.
func coveredBy(s *statement, g orb.Geometry) {
	bytes, err := wkb.Marshal(g)
	if err != nil || geo.Vertices(g) == 0 {
		s.add("FALSE") // an empty polygon covers nothing; of others, only a type that CheckRegion refuses can't be written
		return
	}
	s.add("ST_Covers(ST_GeomFromWKB(", s.bind(bytes, "bytea"), ", 4326), h.geom)")
}

// meters writes the distance from a place as geo.DistanceMeters computes it, operation by operation.
func meters(s *statement, from orb.Point) fragment {
	lon, lat := s.bind(from[0], "float8"), s.bind(from[1], "float8")
	cos := s.bind(math.Cos(from[1]*(math.Pi/180)), "float8")
	const half = " * 0.017453292519943295::float8 / 2)"
	sinLat := "sin((h.lat_e7 / 1e7::float8 - " + lat + ")" + half
	sinLon := "sin((h.lon_e7 / 1e7::float8 - " + lon + ")" + half
	return "2 * 6371008.8::float8 * asin(sqrt(least(1, " + sinLat + " * " + sinLat + " + " + cos +
		" * cos(h.lat_e7 / 1e7::float8 * 0.017453292519943295::float8) * " + sinLon + " * " + sinLon + ")))"
}
