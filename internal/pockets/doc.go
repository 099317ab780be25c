// Package pockets finds where poor households live close together: clusters by density (DBSCAN, Ester et al. 1996), on
// the ground and without a map of areas. Find knows points with weights, no engine and no role; TakeSurvey asks
// a view for them, which gives blocks to those who may not see households, and tells what people read of each pocket.
//
// # Definition
//
// Two points are neighbours when geo.DistanceMeters of them is at most the radius, and a point is its own neighbour. A
// point is a core when its neighbours together weigh the minimum or more, so a single heavy point can be one. Core points
// that are neighbours belong to one pocket, and so does whatever a chain of them reaches. A point that is no core but
// has one for a neighbour is at the border: it joins the pocket of its nearest core, in whole millimetres, of equally
// near ones that with the smallest id. All others are in no pocket.
//
// So every answer follows from the set of points alone, never from their order. The exact distance decides at the edge,
// around the poles and across the antimeridian too.
//
// # How
//
// Points at one position become one place. Places lie in cells so small that any two in one cell are neighbours
// (after Gunawan, "A faster algorithm for DBSCAN", 2013), so the core points of a cell need no comparing, and two cells
// are joined by the first pair found. Rows of cells have a height in latitude, and each row a width of its own in
// longitude, both in whole 1e-7 degrees.
package pockets
