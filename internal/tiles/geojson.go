package tiles

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Collection asks for areas as GeoJSON.
type Collection struct {
	Level  registry.AreaLevel
	Within registry.AreaCode // "" for all
	Zoom   int               // of the outlines; registry.MaxOutlineZoom for boundaries as imported
}

// properties are those of a feature; figures without a value are null.
type properties struct {
	Code             registry.AreaCode `json:"code"`
	Name             string            `json:"name"`
	Level            string            `json:"level"`
	Parent           registry.AreaCode `json:"parent,omitempty"`
	AreaKm2          float64           `json:"areaKm2"`
	Label            orb.Point         `json:"label"` // where to write the name
	Households       *int64            `json:"households"`
	HouseholdsStatus string            `json:"households_status"`
	Value            *float64          `json:"value,omitempty"`
	ValueStatus      string            `json:"value_status,omitempty"`
}

type areaFeature struct {
	Type       string          `json:"type"`
	ID         uint64          `json:"id"`
	BBox       []float64       `json:"bbox,omitempty"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties properties      `json:"properties"`
}

// GeoJSON writes areas with their figures as a FeatureCollection (RFC 7946), by code. Ids are those of GraphQL (featureId). NOT_FOUND
// with field within for an area that the edition does not have.
func (c *Collection) GeoJSON(ctx context.Context, v *registry.View, q Question) ([]byte, error) {
	if err := q.Check(v.Dataset); err != nil {
		return nil, err
	}
	positions := v.Areas.Level(c.Level)
	if c.Within != "" {
		if _, ok := v.Areas.Find(c.Within); !ok {
			return nil, registry.NotFound("within", "edition %s has no area %s", v.State.ID(), c.Within)
		}
		positions = v.Areas.Within(c.Within, c.Level)
	}
	figures, err := q.Figures(ctx, v, registry.AreasOf(c.Level))
	if err != nil {
		return nil, err
	}
	features := make([]areaFeature, len(positions))
	for i, at := range positions {
		features[i] = c.feature(v, at, figures, len(q.Measures) > 0)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err = e.Encode(map[string]any{"type": "FeatureCollection", "features": features, "edition": v.State.ID(), "asOf": v.State.Edition.AsOf,
		"source": v.State.Edition.Source, "boundaries": v.State.Edition.Boundaries, "schematic": v.State.Edition.Schematic})
	return b.Bytes(), err
}

func (c *Collection) feature(v *registry.View, at int, figures map[registry.Key]Figure, measured bool) areaFeature {
	area, outline := v.Areas.Area(at), v.Areas.Outline(at, c.Zoom)
	f := figures[registry.Key{Area: area.Code}]
	out := areaFeature{Type: "Feature", ID: uint64(area.Code.FeatureID()), Geometry: json.RawMessage("null"),
		Properties: properties{Code: area.Code, Name: area.Name, Level: area.Level().String(), Parent: area.Code.Parent(), AreaKm2: Rounded(area.AreaKm2), Label: area.Label,
			HouseholdsStatus: f.Households.Status.String()}}
	if len(outline) > 0 {
		b := outline.Bound()
		out.BBox = []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		out.Geometry = geo.MarshalGeometry(outline)
	}
	if f.Households.Status.HasValue() {
		out.Properties.Households = &f.Households.Households
	}
	if measured {
		if out.Properties.ValueStatus = f.Values[0].Status.String(); f.Values[0].Status.HasValue() {
			value := Rounded(f.Values[0].Value)
			out.Properties.Value = &value
		}
	}
	return out
}
