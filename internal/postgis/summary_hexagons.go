package postgis

import "kantong/internal/geo"

func readHexagon(r *reader) found {
	none := r.values[r.next] == nil
	return found{none: none, hex: geo.HexID{Q: int32(r.int()), R: int32(r.int())}}
}

// hexGrid is a geo.HexGrid for SQL: half a hexagon's width and half an edge in degrees.
type hexGrid struct{ stepLon, stepLat float64 }

// newHexGrid reads the steps off the corner that is one of each from the centre of the hexagon in the middle of the grid.
func newHexGrid(g geo.HexGrid) hexGrid {
	corner := g.Polygon(geo.HexID{})[0][5]
	return hexGrid{stepLon: corner[0], stepLat: corner[1]}
}

// join computes the columns q and r of hexagon operation by operation as geo.HexGrid.Cell does, all of them exactly rounded
// in both, so that no household on an edge falls to the other side. OFFSET 0 keeps the database from writing the
// expressions of the first step into the second many times over.
func (g hexGrid) join(s *statement) {
	lon, lat := s.bind(g.stepLon, "float8"), s.bind(g.stepLat, "float8")
	s.add(" CROSS JOIN LATERAL (SELECT (h.lon_e7 / 1e7::float8 / ", lon, " - h.lat_e7 / 1e7::float8 / ", lat, " / 3) / 2 AS q, h.lat_e7 / 1e7::float8 / ", lat, " / 3 AS r OFFSET 0) AS axial")
	s.add(" CROSS JOIN LATERAL (SELECT ", rounded("axial.q"), " AS q, ", rounded("axial.r"), " AS r, ", rounded("(-axial.q - axial.r)"), " AS s, (-axial.q - axial.r) AS exact OFFSET 0) AS cube")
	s.add(" CROSS JOIN LATERAL (SELECT abs(cube.q - axial.q) AS q, abs(cube.r - axial.r) AS r, abs(cube.s - cube.exact) AS s OFFSET 0) AS moved")
	s.add(" CROSS JOIN LATERAL (SELECT (CASE WHEN moved.q > moved.r AND moved.q > moved.s THEN -cube.r - cube.s ELSE cube.q END)::int4 AS q," +
		" (CASE WHEN (moved.q > moved.r AND moved.q > moved.s) IS NOT TRUE AND moved.r > moved.s THEN -cube.q - cube.s ELSE cube.r END)::int4 AS r) AS hexagon")
}

// rounded rounds halves away from zero as Go does; round() of a float8 would take them to the even number.
func rounded(x fragment) fragment {
	return "trunc(" + x + ") + CASE WHEN abs(" + x + " - trunc(" + x + ")) >= 0.5 THEN sign(" + x + ") ELSE 0 END"
}
