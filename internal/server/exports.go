package server

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/export"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// Bounds of files: how long making one may take, how many are made at the same time, and how long a client may take for one
// part of it.
const (
	exportTime    = 2 * time.Minute
	exportsAtOnce = 4
	partTime      = 30 * time.Second
	partBytes     = 256 << 10
)

func newMapDoor(c Config, kept answers) *mapDoor {
	return &mapDoor{Config: c, atlas: tiles.NewAtlas(), kept: kept, surveys: newSurveys(),
		exec: graph.NewExecutor(c.Resolver, graph.Options{Log: c.Log, RequestID: RequestID}), room: make(chan struct{}, exportsAtOnce)}
}

func (m *mapDoor) timeFor(p *picture) time.Duration {
	if p.save != nil {
		return exportTime
	}
	return m.Resolver.Limits.Time
}

// actionOf is what the audit log calls a request to a door of maps.
func actionOf(r *http.Request) string {
	switch route := routeOf(r); {
	case strings.HasPrefix(route, "/export/"):
		return "export"
	case strings.HasPrefix(route, "/ogc/"):
		return "features"
	}
	return "map"
}

// tabled is how a table is made: for a file, or to be listed as features.
type tabled struct {
	make   func(ctx context.Context, a *asked) (export.Table, export.About, error)
	others []string // names of other states that the question mentions
}

// exported are the tables that can be taken away, with the parameters of each beside edition; a star may be given several times.
var exported = map[string]struct {
	role       registry.Role
	parameters []string
	read       func(*mapDoor, url.Values) (tabled, error)
}{
	"areas":      {registry.RolePublic, []string{"level", "within", "filter", "measure*"}, (*mapDoor).areaTable},
	"hex":        {registry.RolePublic, []string{"hex", "filter", "measure*"}, (*mapDoor).hexTable},
	"pockets":    {registry.RolePublic, []string{"radiusMeters", "minHouseholds", "filter"}, (*mapDoor).pocketTable},
	"unreached":  {registry.RolePlanner, []string{"program", "filter"}, (*mapDoor).unreachedTable},
	"priorities": {registry.RolePublic, []string{"input"}, (*mapDoor).priorityTable},
}

// export reads a request for a file, or for the metadata of a CSV file.
func (m *mapDoor) export(r *http.Request) (picture, error) {
	file, isMetadata := strings.CutSuffix(chi.URLParam(r, "file"), "."+string(export.CSV)+export.CSVMetadataEnding)
	format := export.CSV
	if !isMetadata {
		var err error
		if format, err = export.ParseFormat("file", file); err != nil {
			return picture{}, registry.NotFound("file", "there is no file %.60q; there are areas, hex, pockets, unreached and priorities, each as .csv, .xlsx, .geojson and .gpkg", file)
		}
		file = strings.TrimSuffix(file, filepath.Ext(file))
	}
	x, ok := exported[file]
	if !ok {
		return picture{}, registry.NotFound("file", "there is no table %.60q; there are areas, hex, pockets, unreached and priorities", file)
	}
	viewer := access.ViewerOf(r.Context())
	if err := viewer.Require(x.role); err != nil {
		return picture{}, err
	}
	values, err := parameters(r, append([]string{"edition"}, x.parameters...)...)
	if err != nil {
		return picture{}, err
	}
	table, err := x.read(m, values)
	if err != nil {
		return picture{}, err
	}
	// Exact figures are kept by nobody on the way, and each download of them is in the audit log.
	p := picture{contentType: format.MediaType(), rows: viewer.Role.SeesHouseholds(), dated: true, others: table.others}
	if isMetadata {
		p.contentType = "application/csvm+json"
		p.draw = func(ctx context.Context, a *asked) ([]byte, error) {
			return metadata(ctx, a, file+".csv?"+values.Encode(), table)
		}
		return p, nil
	}
	p.save = func(ctx context.Context, a *asked) (*saved, error) { return save(ctx, a, file, format, values, table) }
	return p, nil
}

func metadata(ctx context.Context, a *asked, address string, table tabled) ([]byte, error) {
	t, about, err := table.make(ctx, a)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = export.WriteCSVMetadata(&b, address, t, about)
	return []byte(b.String()), err
}
