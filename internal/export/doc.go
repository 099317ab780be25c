// Package export writes what a viewer may see as files that other programs open: tables with typed columns and, where there
// is one, a geometry, as CSV, XLSX, GeoJSON and GeoPackage, each with what it rests on (About).
//
// Tables are made of a view (Areas, Hexes, Pockets, Unreached, Priorities), so that a file says what maps and GraphQL say. Figures without a
// number have an empty cell, and the column NAME_status says why, so that zero, withheld and unknown stay apart. Contents are
// an edition whole, in the form in which it is imported.
package export
