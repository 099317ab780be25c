package geodata

import (
	"fmt"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// SchematicAreas gives all 50 areas with schematic boundaries, ready to be stored: the kelurahan as in Schematic, the
// kecamatan and the kota as unions of theirs. They are sorted by code.
func SchematicAreas() ([]registry.Area, error) {
	drawn, err := schematicByCode()
	if err != nil {
		return nil, err
	}
	known := Areas()
	areas := make([]registry.Area, len(known))
	for i, k := range known {
		boundary := drawn[k.Code]
		if boundary == nil {
			var parts []orb.Geometry
			for _, below := range known {
				if part, ok := drawn[below.Code]; ok && below.Code.Within(k.Code) {
					parts = append(parts, part)
				}
			}
			if boundary, err = geo.Union(parts); err != nil {
				return nil, fmt.Errorf("joining the kelurahan of %s: %w", k.Code, err)
			}
		}
		areas[i] = registry.Area{Code: k.Code, Name: k.Name, BPSCode: k.BPSCode, Boundary: boundary,
			AreaKm2: geo.AreaKm2(boundary), Label: geo.LabelPoint(boundary), Source: SchematicSource}
	}
	return areas, nil
}

func schematicByCode() (map[registry.AreaCode]orb.MultiPolygon, error) {
	features, err := geo.ParseFeatures(schematicGeoJSON)
	if err != nil {
		return nil, fmt.Errorf("schematic.geojson: %w", err)
	}
	drawn := make(map[registry.AreaCode]orb.MultiPolygon, len(features))
	for i, f := range features {
		code, _ := f.Properties["code"].(string)
		polygon, ok := f.Geometry.(orb.Polygon)
		if !ok || code == "" {
			return nil, fmt.Errorf("schematic.geojson: feature %d is no polygon with a code", i)
		}
		drawn[registry.AreaCode(code)] = orb.MultiPolygon{polygon}
	}
	return drawn, nil
}
