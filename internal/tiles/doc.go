// Package tiles draws maps: areas, hexagons and pockets with their figures, and households one by one, as vector tiles
// (Mapbox Vector Tile specification 2.1); areas as GeoJSON, too. It asks a view, so protected roles get the same protected
// numbers as everywhere else.
//
// Outlines of a zoom are projected and rounded to the units of its tiles once, for all areas together, so that neighbours
// share their borders in every tile. What is left for a tile is to cut them at its frame, and to ask for the figures.
package tiles
