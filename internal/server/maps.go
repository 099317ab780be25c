package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	stdmaps "maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// maps serves what maps draw: areas as GeoJSON, and vector tiles. Every answer follows from the data version, the role and
// the request, so its name is known before it is made.
type maps struct {
	Config
	atlas *tiles.Atlas
	kept  *answers
}

// picture is a request for something to draw: how to make it, once it is known that it has to be made.
type picture struct {
	contentType string
	draw        func(ctx context.Context, v *registry.View) ([]byte, error)
	address     string // of this server, where the answer holds it: clients choose what they call it
}

func (m *maps) routes(r chi.Router) {
	r.Get("/areas.geojson", m.serve(m.areas))
	r.Get(`/areas/{file:[^/]+\.geojson}`, m.serve(m.area)) // a code has dots of its own
	r.Get("/tiles/{layer}.json", m.serve(m.tileJSON))
	r.Get("/tiles/{layer}/{z}/{x}/{y}.mvt", m.serve(m.tile))
}

// serve answers with a picture: 304 when the client has it, 204 when nothing is to be seen.
func (m *maps) serve(read func(*http.Request) (picture, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), m.Resolver.Limits.Time)
		defer cancel()
		viewer := access.ViewerOf(ctx)
		viewer.Shown = new(registry.Shown)
		refuse := func(err error, states ...string) { // what was asked with a key is known, answered or not
			_ = m.audit(ctx, r, viewer, states, registry.CodeOf(err))
			m.refuse(w, r, err)
		}
		p, err := read(r)
		if err != nil {
			refuse(err)
			return
		}
		moment := m.Resolver.Gate.Now()
		v, err := moment.View(ctx, viewer, r.URL.Query().Get("edition"))
		if err != nil {
			refuse(err)
			return
		}
		name := nameOf(r, p, v, viewer, moment.Method([]string{v.State.ID()}))
		h := w.Header()
		h.Set("ETag", `"`+name+`"`)
		if viewer.Role == registry.RolePublic {
			h.Set("Cache-Control", "public, no-cache") // may be kept by everybody, and asked about again: a publication shows at once
		} else {
			h.Set("Cache-Control", "private, no-cache")
		}
		h.Set("Kantong-State", v.State.ID())
		h.Add("Vary", "Accept-Encoding")
		if tag := held(strings.Join(r.Header.Values("If-None-Match"), ","), name); tag != "" {
			h.Set("ETag", tag)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		made, err := m.kept.get(ctx, m.keyOf(viewer, name), func(ctx context.Context) ([]byte, error) { return p.draw(ctx, v) })
		if err != nil {
			h.Del("ETag")
			refuse(err, v.State.ID())
			return
		}
		if err := m.audit(ctx, r, viewer, []string{v.State.ID()}, ""); err != nil {
			h.Del("ETag")
			m.refuse(w, r, err)
			return
		}
		made.write(w, r, p.contentType)
	}
}

// keyOf is what an answer is kept under; "" for planners, whose answers are exact, and whose groups of few families are shown
// for a purpose that has to be stated each time.
func (m *maps) keyOf(viewer registry.Viewer, name string) string {
	switch viewer.Role {
	case registry.RolePublic, registry.RoleAuditor:
		return name
	case registry.RolePartner: // each organisation has a budget of its own
		return viewer.Organisation + " " + name
	}
	return ""
}

// nameOf is the strong ETag of an answer, computed from what it follows from and not from its bytes.
func nameOf(r *http.Request, p picture, v *registry.View, viewer registry.Viewer, method string) string {
	hash := sha256.New()
	// Encode sorts the parameters, so their order does not matter.
	fmt.Fprintf(hash, "kantong maps 1\n%s\n%s\n%s\n%s\n%q\n%s\n%s\n%q\n", v.State.ID(), v.Version, method, viewer.Role, viewer.Areas, r.URL.Path, r.URL.Query().Encode(), p.address)
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// held gives the entity tag of a list that stands for a name, in whichever encoding; "" for none. Comparison is weak, since a
// proxy that compressed the answer says W/.
func held(list, name string) string {
	for tag := range strings.SplitSeq(list, ",") {
		switch tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag {
		case `"` + name + `"`, `"` + name + `-gzip"`, `"` + name + `-zstd"`:
			return tag
		case "*":
			return `"` + name + `"`
		}
	}
	return ""
}

// audit writes down what a key was shown, before it is, or why it was not.
func (m *maps) audit(ctx context.Context, r *http.Request, viewer registry.Viewer, states []string, outcome registry.Code) error {
	if m.Resolver.Audit == nil || viewer.Role == registry.RolePublic {
		return nil
	}
	err := m.Resolver.Audit.Write(context.WithoutCancel(ctx), registry.AuditEntry{At: time.Now(), KeyID: viewer.KeyID, Role: viewer.Role, Organisation: viewer.Organisation,
		Purpose: strings.TrimSpace(viewer.Purpose), Action: "map", Operation: routeOf(r), RequestID: RequestID(ctx), States: states, Rows: viewer.Shown.Count(), Outcome: outcome})
	if err != nil {
		return registry.Errorf(registry.CodeUnavailable, "", "the audit log can't be written, and nothing is answered without it: %w", err)
	}
	return nil
}

// statuses are those of errors; others are 500.
var statuses = map[registry.Code]int{
	registry.CodeBadUserInput: http.StatusBadRequest, registry.CodeInvalidGeometry: http.StatusBadRequest, registry.CodeNotFound: http.StatusNotFound,
	registry.CodeUnauthenticated: http.StatusUnauthorized, registry.CodeForbidden: http.StatusForbidden, registry.CodeDisclosureLimit: http.StatusForbidden,
	registry.CodeComplexity: http.StatusBadRequest, registry.CodeUnavailable: http.StatusServiceUnavailable,
}

// refuse answers with an error, which nobody keeps.
func (m *maps) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := statuses[registry.CodeOf(err)]
	switch {
	case context.Cause(r.Context()) != nil:
		return // nobody is waiting any more
	case errors.Is(err, context.DeadlineExceeded):
		status, err = http.StatusServiceUnavailable, registry.Errorf(registry.CodeUnavailable, "", "this took longer than %s: ask for less", m.Resolver.Limits.Time)
	case registry.CodeOf(err) == registry.CodeUnavailable:
		m.Log.Error("a map can't be made", "request", RequestID(r.Context()), "route", routeOf(r), "error", err)
	case status == 0:
		m.Log.Error("a map failed", "request", RequestID(r.Context()), "route", routeOf(r), "error", err)
		status, err = http.StatusInternalServerError, registry.Errorf(registry.CodeInternal, "", "something failed on our side; the request is %s", RequestID(r.Context()))
	}
	w.Header().Set("Cache-Control", "no-store")
	graph.Refuse(w, status, err)
}

// parameters reads those of a request. It refuses others than are named, and what can't be read, so that a misspelt filter does
// not show everybody.
func parameters(r *http.Request, names ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, registry.Invalid("", "the parameters can't be read: write every character that is neither letter nor digit as %%XX: %w", err)
	}
	for _, name := range slices.Sorted(stdmaps.Keys(values)) {
		switch {
		case !slices.Contains(names, name):
			return nil, registry.Invalid(name, "there is no such parameter; there are %s", strings.Join(names, ", "))
		case len(values[name]) > 1:
			return nil, registry.Invalid(name, "give it once")
		}
	}
	return values, nil
}

// question reads filter and measure: JSON, as in the variables of a GraphQL query.
func question(values url.Values) (q tiles.Question, err error) {
	if text := values.Get("filter"); text != "" {
		if q.Filter, err = registry.ParseFilter([]byte(text)); err != nil {
			return q, registry.Under("filter", err)
		}
	}
	if text := values.Get("measure"); text != "" {
		m, err := measure.Parse([]byte(text))
		if err != nil {
			return q, registry.Under("measure", err)
		}
		q.Measure = &m
	}
	return q, nil
}

func (m *maps) areas(r *http.Request) (picture, error) {
	values, err := parameters(r, "edition", "level", "within", "simplify", "filter", "measure")
	if err != nil {
		return picture{}, err
	}
	c := tiles.Collection{Within: registry.AreaCode(values.Get("within"))}
	if c.Level, err = registry.ParseAreaLevel(strings.ToUpper(cmp.Or(values.Get("level"), "KELURAHAN"))); err != nil {
		return picture{}, err
	}
	return m.collection(c, values)
}

func (m *maps) area(r *http.Request) (picture, error) {
	values, err := parameters(r, "edition", "simplify", "filter", "measure")
	if err != nil {
		return picture{}, err
	}
	code, err := registry.ParseAreaCode(strings.TrimSuffix(chi.URLParam(r, "file"), ".geojson"))
	if err != nil {
		return picture{}, err
	}
	return m.collection(tiles.Collection{Level: code.Level(), Within: code}, values)
}

func (m *maps) collection(c tiles.Collection, values url.Values) (picture, error) {
	q, err := question(values)
	if err != nil {
		return picture{}, err
	}
	tolerance := 0.0
	if text := values.Get("simplify"); text != "" {
		if tolerance, err = strconv.ParseFloat(text, 64); err != nil || !(tolerance >= 0) {
			return picture{}, registry.Invalid("simplify", "%q: give metres, 0 or more: corners smaller than a square of that edge are left out", text)
		}
	}
	c.Zoom = registry.OutlineZoom(tolerance)
	return picture{"application/geo+json", func(ctx context.Context, v *registry.View) ([]byte, error) { return c.GeoJSON(ctx, v, q) }, ""}, nil
}

// hexEdges are the sizes of hexagons in metres.
var hexEdges = map[string]int{"M250": 250, "M500": 500, "M1000": 1000}

func (m *maps) tile(r *http.Request) (picture, error) {
	layer, ok := tiles.FindLayer(chi.URLParam(r, "layer"))
	if !ok {
		return picture{}, noLayer(r)
	}
	values, err := parameters(r, "edition", "filter", "measure", "hex")
	if err != nil {
		return picture{}, err
	}
	t, err := tileOf(r)
	if err != nil {
		return picture{}, err
	}
	q, err := question(values)
	if err != nil {
		return picture{}, err
	}
	edge, err := hexEdge(values)
	if err != nil {
		return picture{}, err
	}
	return picture{"application/vnd.mapbox-vector-tile", func(ctx context.Context, v *registry.View) ([]byte, error) {
		switch layer.Name {
		case "hex":
			return tiles.Hexes(ctx, v, edge, t, q)
		case "kecamatan":
			return m.atlas.Areas(ctx, v, registry.LevelKecamatan, t, q)
		}
		return m.atlas.Areas(ctx, v, registry.LevelKelurahan, t, q)
	}, ""}, nil
}

func hexEdge(values url.Values) (meters int, err error) {
	size := cmp.Or(values.Get("hex"), "M500")
	if meters = hexEdges[size]; meters == 0 {
		return 0, registry.Invalid("hex", "%.40q is no size of hexagons: M250, M500 or M1000", size)
	}
	return meters, nil
}

func noLayer(r *http.Request) error {
	var names []string
	for _, l := range tiles.Layers() {
		names = append(names, l.Name)
	}
	return registry.NotFound("layer", "there is no layer %.40q; there are %s", chi.URLParam(r, "layer"), strings.Join(names, ", "))
}

func tileOf(r *http.Request) (t tiles.Tile, err error) {
	var numbers [3]uint64
	for i, name := range []string{"z", "x", "y"} {
		if numbers[i], err = strconv.ParseUint(chi.URLParam(r, name), 10, 32); err != nil {
			return t, registry.NotFound(name, "%.40q is no number of a tile", chi.URLParam(r, name))
		}
	}
	t = tiles.Tile{Z: int(min(numbers[0], 99)), X: uint32(numbers[1]), Y: uint32(numbers[2])}
	if !t.Valid() {
		return t, registry.NotFound("z", "there is no tile %d/%d/%d: zooms are 0 to %d, and a zoom has as many columns and rows as two to its power", numbers[0], numbers[1], numbers[2], tiles.MaxZoom)
	}
	return t, nil
}

func (m *maps) tileJSON(r *http.Request) (picture, error) {
	layer, ok := tiles.FindLayer(chi.URLParam(r, "layer"))
	if !ok {
		return picture{}, noLayer(r)
	}
	values, err := parameters(r, "edition", "filter", "measure", "hex")
	if err != nil {
		return picture{}, err
	}
	if _, err := question(values); err != nil {
		return picture{}, err
	}
	if _, err := hexEdge(values); err != nil { // found out here rather than by every tile
		return picture{}, err
	}
	address := "/tiles/" + layer.Name + "/{z}/{x}/{y}.mvt"
	if len(values) > 0 {
		address += "?" + values.Encode()
	}
	base := "http://" + r.Host
	if r.TLS != nil {
		base = "https://" + r.Host
	}
	return picture{"application/json", func(_ context.Context, v *registry.View) ([]byte, error) {
		return json.Marshal(layer.TileJSON(v, base+address))
	}, base}, nil
}
