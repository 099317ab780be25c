package tiles

import (
	"testing"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// BenchmarkTile draws kelurahan with a measure: the real boundaries, 24 000 families, figures asked for each time and outlines
// kept.
func BenchmarkTile(b *testing.B) {
	areas := realAreas(b)
	d, households, enrolments := storetest.City(7, 24_000)
	d.Areas = areas
	kelurahan := areas.Level(registry.LevelKelurahan)
	for i := range households {
		households[i].Area = areas.Area(kelurahan[i%len(kelurahan)]).Code
	}
	v, water, poorest := &registry.View{Dataset: d, Engine: built(b, d, households, enrolments)}, registry.UnsafeWater, 2
	tile := At(areas.Bound().Center(), 12)
	for name, q := range map[string]Question{
		"Deprivation":    {Measures: []measure.Measure{{Deprivation: &water}}},
		"FilterAndShare": {Filter: registry.Filter{HeadSex: registry.SexFemale}, Measures: []measure.Measure{{Share: &measure.Share{Meeting: registry.Filter{Decile: &registry.IntRange{Max: &poorest}}}}}},
	} {
		b.Run(name, func(b *testing.B) {
			atlas, size := NewAtlas(), 0
			b.ReportAllocs()
			for b.Loop() {
				data, err := atlas.Areas(b.Context(), v, registry.LevelKelurahan, tile, q)
				if err != nil || data == nil {
					b.Fatal(err)
				}
				size = len(data)
			}
			b.ReportMetric(float64(size), "bytes/tile")
		})
	}
}

// BenchmarkCut cuts a tile out of outlines that are kept in units, which is done once a tile.
func BenchmarkCut(b *testing.B) {
	areas, atlas := realAreas(b), NewAtlas()
	tile := At(areas.Bound().Center(), 12)
	units := atlas.units(areas, tile.Z)
	b.ReportAllocs()
	for b.Loop() {
		if len(tile.cut(units)) == 0 {
			b.Fatal("nothing is cut out")
		}
	}
}

// BenchmarkUnits projects and rounds the outlines of a zoom, which is done once an edition and zoom.
func BenchmarkUnits(b *testing.B) {
	areas := realAreas(b)
	outlines := areas.Outlines(12)
	for b.Loop() {
		if len(unitsOf(outlines, 12)) == 0 {
			b.Fatal("no outlines")
		}
	}
}
