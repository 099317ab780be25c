// Package geo is the geometry kantong needs, on the types of github.com/paulmach/orb:
// distance on a sphere, containment, area, validity, GeoJSON, neighbours, dissolving,
// simplification and hexagons.
//
// Positions are WGS 84 longitude and latitude in degrees, in that order. Distances are
// metres on a sphere of EarthRadiusMeters (what PostGIS calls ST_DistanceSphere); areas
// are square kilometres on the WGS 84 ellipsoid. Containment and validity are planar in
// degrees, as in PostGIS geometry and in OGC Simple Features: an edge is straight in
// longitude and latitude.
//
// Which side of an edge a point lies on is decided exactly (see orient), so two areas
// that share an edge never leave a crack between them, and a point on an edge belongs.
package geo
