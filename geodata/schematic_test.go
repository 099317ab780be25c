package geodata_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"kantong/geodata"
	"kantong/geodata/internal/schematic"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

func TestSchematicIsCurrent(t *testing.T) {
	drawn, err := schematic.Draw()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(drawn, geodata.Schematic()) {
		t.Fatal("schematic.geojson is not what its generator draws: run `go generate ./geodata`")
	}
}

func TestSchematic(t *testing.T) {
	features, err := geo.ParseFeatures(geodata.Schematic())
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]geodata.Known{}
	for _, k := range geodata.Areas() {
		if k.Point != nil {
			known[string(k.Code)] = k
		}
	}
	if len(features) != len(known) {
		t.Fatalf("%d features for %d kelurahan", len(features), len(known))
	}
	var shapes []orb.Geometry
	total := 0.0
	for i, f := range features {
		code, _ := f.Properties["code"].(string)
		k, ok := known[code]
		if !ok || f.Properties["name"] != k.Name || f.Properties["schematic"] != true {
			t.Errorf("feature %d has the properties %v", i, f.Properties)
			continue
		}
		delete(known, code)
		if fault := geo.Validate(f.Geometry); fault != nil {
			t.Errorf("%s is not valid: %v", code, fault)
		}
		if fault := geo.ValidateLonLat(f.Geometry); fault != nil {
			t.Errorf("%s: %v", code, fault)
		}
		if _, turned := geo.Rewind(f.Geometry); turned != 0 {
			t.Errorf("%s breaks the right-hand rule", code)
		}
		if !geo.Covers(f.Geometry, *k.Point) {
			t.Errorf("%s does not cover its own point", code)
		}
		if n := geo.Vertices(f.Geometry); n < 12 || n > 250 {
			t.Errorf("%s has %d vertices", code, n)
		}
		shapes = append(shapes, f.Geometry)
		total += geo.AreaKm2(f.Geometry)
	}
	if math.Abs(total-104.238) > 0.5 {
		t.Errorf("%.3f km²; the city has 104.238", total)
	}
	if overlaps, err := geo.Overlaps(shapes, 0, nil); err != nil || len(overlaps) > 0 {
		t.Errorf("overlaps: %+v, %v", overlaps, err)
	}
	if gaps, err := geo.Gaps(shapes, 0); err != nil || len(gaps) > 0 {
		t.Errorf("gaps: %+v, %v", gaps, err)
	}
}

// Every edge is either run along by two kelurahan in opposite directions, or lies on the one outline.
func TestSchematicSharesItsEdges(t *testing.T) {
	areas, err := geodata.SchematicAreas()
	if err != nil {
		t.Fatal(err)
	}
	edges := map[[2]orb.Point]int{}
	var city orb.MultiPolygon
	for _, a := range areas {
		switch a.Level() {
		case registry.LevelKabupatenKota:
			city = a.Boundary
		case registry.LevelKelurahan:
			ring := a.Boundary[0][0]
			for i := range ring[1:] {
				edges[[2]orb.Point{ring[i], ring[i+1]}]++
			}
		}
	}
	border := 0
	for e, n := range edges {
		if n != 1 {
			t.Errorf("edge %v is drawn %d times in one direction", e, n)
		}
		if edges[[2]orb.Point{e[1], e[0]}] == 0 {
			border++
		}
	}
	if len(city) != 1 || len(city[0]) != 1 || border != len(city[0][0])-1 {
		t.Errorf("%d edges have one side only; the outline has %d vertices in %d parts", border, geo.Vertices(city), len(city))
	}
}

func TestSchematicAreas(t *testing.T) {
	list, err := geodata.SchematicAreas()
	if err != nil {
		t.Fatal(err)
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	if areas.Len() != 50 {
		t.Fatalf("%d areas", areas.Len())
	}
	for i := range areas.Len() {
		a := areas.Area(i)
		if !geo.Covers(a.Boundary, a.Label) || a.AreaKm2 <= 0 || a.Source != geodata.SchematicSource {
			t.Errorf("%s: label %v, area %g, source %q", a.Code, a.Label, a.AreaKm2, a.Source)
		}
		below := 0.0
		for _, c := range areas.Children(i) {
			below += areas.Area(c).AreaKm2
		}
		if below > 0 && math.Abs(below-a.AreaKm2) > 1e-6 {
			t.Errorf("%s has %.6f km², its parts %.6f", a.Code, a.AreaKm2, below)
		}
	}
	at, ok := areas.Find("19.71.04.1002")
	if !ok || len(areas.Neighbours(at)) < 3 {
		t.Errorf("Bintang in the middle of the city has the neighbours %v", areas.Neighbours(at))
	}
}
