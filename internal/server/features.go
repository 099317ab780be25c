package server

import (
	"context"
	_ "embed" // openapi.json
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// OGC API - Features, Part 1: what QGIS, GDAL and other GIS programs connect to. Collections are the tables of exports.

// collection is a table that is listed as features.
type collection struct {
	id, title, description string
	role                   registry.Role // who finds it in the list; others are refused by the view
	parameters             []string      // beside those of every collection
	read                   func(*mapDoor, url.Values) (tabled, error)
}

var collections = []collection{
	{"kecamatan", "Kecamatan", "Kecamatan (districts) with figures. Without measures of your own: the poorest deciles, and every deprivation.", registry.RolePublic, []string{"filter", "measure*"}, areasOf("KECAMATAN")},
	{"kelurahan", "Kelurahan", "Kelurahan and desa (villages) with figures, likewise.", registry.RolePublic, []string{"filter", "measure*"}, areasOf("KELURAHAN")},
	{"hex", "Hexagons", "Hexagons with figures, for partners and planners.", registry.RolePartner, []string{"hex", "filter", "measure*"}, (*mapDoor).hexTable},
	{"pockets", "Pockets", "Where households of the filter live close together.", registry.RolePublic, []string{"filter", "radiusMeters", "minHouseholds"}, (*mapDoor).pocketTable},
}

func areasOf(level string) func(*mapDoor, url.Values) (tabled, error) {
	return func(m *mapDoor, values url.Values) (tabled, error) {
		values.Set("level", level)
		return m.areaTable(values)
	}
}

// featuresConformance are the classes that are kept to.
var featuresConformance = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core", "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
}

// openAPI describes every door of this server.
//
//go:embed openapi.json
var openAPI []byte

const openAPIType = "application/vnd.oai.openapi+json;version=3.0"

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// link leads from one document to another.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

func (m *mapDoor) features(r chi.Router) {
	r.Get("/ogc", m.landing)
	r.Get("/ogc/", m.landing)
	r.Get("/ogc/conformance", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{"conformsTo": featuresConformance})
	})
	r.Get("/ogc/api", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", openAPIType)
		_, _ = w.Write(openAPI)
	})
	r.Get("/ogc/collections", m.serve(m.collections))
	r.Get("/ogc/collections/{collection}", m.serve(m.oneCollection))
	r.Get("/ogc/collections/{collection}/items", m.serve(m.items))
	r.Get("/ogc/collections/{collection}/items/{feature}", m.serve(m.item))
}

func (m *mapDoor) landing(w http.ResponseWriter, r *http.Request) {
	base := m.addressOf(r) + "/ogc"
	writeJSON(w, map[string]any{"title": "kantong", "description": "Poor and vulnerable households of a city by area, hexagon and pocket. Who asks without a planner's key gets figures that deviate a little at random.",
		"links": []link{
			{base, "self", "application/json", "This document"}, {base + "/api", "service-desc", openAPIType, "The description of this API"},
			{base + "/conformance", "conformance", "application/json", "What it conforms to"}, {base + "/collections", "data", "application/json", "The collections"},
		}})
}

// inJSON is a picture of a document that names this server.
func (m *mapDoor) inJSON(r *http.Request, contentType string, make func(ctx context.Context, a *asked, base string) (any, error)) picture {
	base := m.addressOf(r) + "/ogc"
	return picture{contentType: contentType, address: base, draw: func(ctx context.Context, a *asked) ([]byte, error) {
		document, err := make(ctx, a, base)
		if err != nil {
			return nil, err
		}
		return json.Marshal(document)
	}}
}

func (m *mapDoor) collections(r *http.Request) (picture, error) {
	if _, err := parameters(r, "f"); err != nil {
		return picture{}, err
	}
	viewer := access.ViewerOf(r.Context())
	return m.inJSON(r, "application/json", func(_ context.Context, a *asked, base string) (any, error) {
		list := []any{}
		for i := range collections {
			if viewer.Role.Has(collections[i].role) {
				list = append(list, collections[i].describe(a.view, base))
			}
		}
		return map[string]any{"links": []link{{base + "/collections", "self", "application/json", ""}}, "collections": list}, nil
	}), nil
}

func (m *mapDoor) oneCollection(r *http.Request) (picture, error) {
	if _, err := parameters(r, "f"); err != nil {
		return picture{}, err
	}
	c, err := collectionOf(r)
	return m.inJSON(r, "application/json", func(_ context.Context, a *asked, base string) (any, error) { return c.describe(a.view, base), nil }), err
}

func collectionOf(r *http.Request) (*collection, error) {
	id := chi.URLParam(r, "collection")
	for i := range collections {
		if collections[i].id == id {
			return &collections[i], nil
		}
	}
	names := make([]string, len(collections))
	for i, c := range collections {
		names[i] = c.id
	}
	return nil, registry.NotFound("collection", "there is no collection %.40q; there are %s", id, strings.Join(names, ", "))
}

func (c *collection) describe(v *registry.View, base string) map[string]any {
	b, day := v.Areas.Bound(), string(v.State.Edition.AsOf)+"T00:00:00Z"
	self := base + "/collections/" + c.id
	return map[string]any{"id": c.id, "title": c.title + ", " + v.State.Edition.Label, "description": c.description, "itemType": "feature", "crs": []string{crs84},
		"extent": map[string]any{"spatial": map[string]any{"bbox": [][]float64{{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}, "crs": crs84}, "temporal": map[string]any{"interval": [][]string{{day, day}}}},
		"links":  []link{{self, "self", "application/json", ""}, {self + "/items", "items", "application/geo+json", c.title}}}
}
