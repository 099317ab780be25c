// Package geodata carries what is publicly known of Kota Pangkalpinang inside the program: its area codes, published
// statistics and a schematic map. SOURCES.md says where each value comes from, on what terms, and what is uncertain.
//
// The functions parse embedded files anew on each call and panic if such a file is broken; the tests read every row.
package geodata

import (
	_ "embed" // of the files
)

//go:generate go run ./internal/schematic/write schematic.geojson

var (
	//go:embed codes.csv
	codesCSV []byte
	//go:embed statistics.csv
	statisticsCSV []byte
	//go:embed schematic.geojson
	schematicGeoJSON []byte
)

// CodesSource names the origin of Areas in one line.
const CodesSource = "Kepmendagri 300.2.2-2430/2025 and BPS codes, points of geografis 1.3.2, areas of the city map of 2023"

// SchematicSource names the origin of Schematic in one line. It says that the lines are not surveyed.
const SchematicSource = "SCHEMATIC: Thiessen polygons of one known point a kelurahan, drawn by kantong; no surveyed boundary"

// Schematic gives the schematic kelurahan boundaries as a GeoJSON FeatureCollection: 42 polygons by code, each with the
// properties code, name and schematic (always true). Neighbours share their vertices exactly; rings follow the
// right-hand rule. The caller may change the slice.
func Schematic() []byte { return append([]byte(nil), schematicGeoJSON...) }
