package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
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
type tabled func(ctx context.Context, a *asked) (export.Table, export.About, error)

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
	p := picture{contentType: format.MediaType(), rows: viewer.Role.SeesHouseholds(), dated: true}
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
	t, about, err := table(ctx, a)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = export.WriteCSVMetadata(&b, address, t, about)
	return []byte(b.String()), err
}

func about(a *asked, t *export.Table) export.About {
	return export.NewAbout(a.view, a.viewer, t.Title, time.Now())
}

func (m *mapDoor) areaTable(values url.Values) (tabled, error) {
	level, err := registry.ParseAreaLevel(strings.ToUpper(cmp.Or(values.Get("level"), "KELURAHAN")))
	if err != nil {
		return nil, err
	}
	q, err := question(values)
	q = export.OrDefault(q)
	return func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		t, err := export.Areas(ctx, a.view, level, registry.AreaCode(values.Get("within")), q)
		list := about(a, &t)
		list.Asked(q.Filter, q.Measures)
		return t, list, err
	}, err
}

func (m *mapDoor) hexTable(values url.Values) (tabled, error) {
	edge, err := hexEdge(values)
	if err != nil {
		return nil, err
	}
	q, err := question(values)
	q = export.OrDefault(q)
	return func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		t, err := export.Hexes(ctx, a.view, edge, q)
		list := about(a, &t)
		list.Asked(q.Filter, q.Measures)
		return t, list, err
	}, err
}

func (m *mapDoor) pocketTable(values url.Values) (tabled, error) {
	q, err := question(values)
	if err != nil {
		return nil, err
	}
	wanted, err := pocketQuestion(values, q.Filter)
	return func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		found, err := m.survey(ctx, a, wanted)
		if err != nil {
			return export.Table{}, nil, err
		}
		t := export.Pockets(found.Pockets)
		list := about(a, &t)
		list.Asked(q.Filter, nil)
		list.Method(fmt.Sprintf("density clusters (DBSCAN): at least %d households within %g m", wanted.MinHouseholds, wanted.RadiusMeters))
		return t, list, nil
	}, err
}

func (m *mapDoor) unreachedTable(values url.Values) (tabled, error) {
	program := values.Get("program")
	if program == "" {
		return nil, registry.Invalid("program", "say whom which programme does not reach: program=CODE")
	}
	q, err := question(values)
	return func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		t, err := export.Unreached(ctx, a.view, program, q.Filter)
		list := about(a, &t)
		list.Asked(q.Filter, nil)
		return t, list, err
	}, err
}

// priorityTable asks for a ranking as anybody could ask.
func (m *mapDoor) priorityTable(values url.Values) (tabled, error) {
	input := map[string]any{}
	if text := values.Get("input"); text != "" {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&input); err != nil || d.More() || input == nil {
			return nil, registry.Invalid("input", "not a JSON object such as {\"pillar\": \"HOUSING\"}, as in priorities(input: …)")
		}
	}
	return func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		answer := m.exec.Run(ctx, export.PrioritiesQuery, map[string]any{"input": input, "edition": a.view.State.ID()}, false)
		if err := graph.Fault(answer); err != nil {
			return export.Table{}, nil, err
		}
		ranking, err := export.ParseRanking(answer.Data)
		if err != nil {
			return export.Table{}, nil, err
		}
		if ranking.Edition.DataVersion != a.view.Version {
			return export.Table{}, nil, registry.Errorf(registry.CodeUnavailable, "", "something was published just now: ask again")
		}
		t, err := export.Priorities(a.view, ranking)
		list := about(a, &t)
		list.Method(ranking.Method())
		return t, list, err
	}, nil
}

// saved is a file that is made, on disk without a name: it is gone when it is closed.
type saved struct {
	*os.File
	size        int64
	name        string
	describedBy string // address of its metadata; "" when it holds them itself
}

// save makes the whole file before any of it leaves. So an error is answered as one, what was shown is counted and logged
// first, and the client knows the length: an interrupted download can't look complete.
func save(ctx context.Context, a *asked, name string, f export.Format, values url.Values, table tabled) (*saved, error) {
	t, about, err := table(ctx, a)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kantong-export-*")
	if err != nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "", "there is no room for the file: %w", err)
	}
	defer os.RemoveAll(dir) // an open file stays readable
	path := filepath.Join(dir, "table."+string(f))
	if _, err := export.Create(ctx, path, f, t, about); err != nil {
		return nil, underFilter(err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s := &saved{File: file, size: info.Size(), name: fmt.Sprintf("%s_%s_%s_%s.%s", name, a.view.State.ID(), strings.ToLower(a.viewer.Role.String()), time.Now().UTC().Format(time.DateOnly), f)}
	if f == export.CSV {
		values.Set("edition", a.view.State.ID())
		s.describedBy = "/export/" + name + ".csv" + export.CSVMetadataEnding + "?" + values.Encode()
	}
	return s, nil
}

// underFilter completes the field of an engine's error about rows.
func underFilter(err error) error {
	var e *registry.Error
	if !errors.As(err, &e) || e.Field == "" || e.Field == "filter" || strings.HasPrefix(e.Field, "filter.") || strings.HasPrefix(e.Field, "Kantong-") {
		return err
	}
	return registry.Under("filter", err)
}

func (s *saved) done() { _ = s.Close() }

func (s *saved) write(w http.ResponseWriter, _ *http.Request, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `attachment; filename="`+s.name+`"`)
	h.Set("Content-Length", strconv.FormatInt(s.size, 10))
	h.Set("Accept-Ranges", "none") // the rest of a file may come from another one, made later
	if s.describedBy != "" {
		h.Set("Link", "<"+s.describedBy+`>; rel="describedby"; type="application/csvm+json"`)
	}
	// A large file takes longer than the server gives an answer: as long as the client takes parts of it, it goes on.
	// What breaks off is shorter than was said, which every client notices.
	control := http.NewResponseController(w)
	for err := error(nil); err == nil; {
		_ = control.SetWriteDeadline(time.Now().Add(partTime))
		_, err = io.CopyN(w, s.File, partBytes)
	}
}
