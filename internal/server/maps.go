package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/keep"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// mapDoor serves what maps draw: areas as GeoJSON, and vector tiles, files to take away, and
// OGC API - Features. Every answer follows from the data version, the role and
// the request, so its name is known before it is made.
type mapDoor struct {
	Config
	atlas   *tiles.Atlas
	kept    answers
	surveys *keep.Keeper[*surveyed]
	exec    graph.Executor // for rankings, which are asked as anybody could ask
	room    chan struct{}  // for files that are made at the same time
}

// picture is a request for something to draw: how to make it, once it is known that it has to be made.
type picture struct {
	contentType string
	draw        func(ctx context.Context, a *asked) ([]byte, error)
	address     string   // of this server, where the answer holds it: clients choose what they call it
	rows        bool     // households one by one: for a purpose that has to be stated each time, and kept by nobody
	others      []string // names of other states that the question mentions

	save  func(ctx context.Context, a *asked) (*saved, error) // instead of draw: a file
	dated bool                                                // holds the time at which it was made, so no two have the same bytes
}

// asked is who asks, and of what.
type asked struct {
	viewer registry.Viewer
	view   *registry.View
	method string   // how protected figures are made
	others []string // other states that the question mentions, each with its data version
}

func (m *mapDoor) routes(r chi.Router) {
	r.Get("/areas.geojson", m.serve(m.areas))
	r.Get(`/areas/{file:[^/]+\.geojson}`, m.serve(m.area)) // a code has dots of its own
	r.Get("/tiles/{layer}.json", m.serve(m.tileJSON))
	r.Get("/tiles/{layer}/{z}/{x}/{y}.mvt", m.serve(m.tile))
	r.Get("/export/{file}", m.serve(m.export))
	m.features(r)
}

// serve answers with a picture: 304 when the client has it, 204 when nothing is to be seen.
func (m *mapDoor) serve(read func(*http.Request) (picture, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		viewer := access.ViewerOf(ctx)
		viewer.Shown = new(registry.Shown)
		refuse := func(err error, states ...string) { // what was asked with a key is known, answered or not
			_ = m.audit(ctx, r, viewer, states, registry.CodeOf(err))
			w.Header().Del("ETag")
			m.refuse(w, r, err)
		}
		p, err := read(r)
		if err != nil {
			refuse(err)
			return
		}
		if p.save != nil {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportTime + partTime))
		}
		ctx, cancel := context.WithTimeout(ctx, m.timeFor(&p))
		defer cancel()
		moment := m.Resolver.Gate.Now()
		v, err := moment.View(ctx, viewer, r.URL.Query().Get("edition"))
		if err != nil {
			refuse(err)
			return
		}
		others, err := moment.Named(p.others)
		if err != nil {
			refuse(registry.At("filter.inState.state", err), v.State.ID())
			return
		}
		a := &asked{viewer, v, moment.Method([]string{v.State.ID()}), nil}
		for _, state := range others {
			a.others = append(a.others, state+" "+moment.Version(state))
		}
		states := append([]string{v.State.ID()}, others...)
		name, h := a.name(r, p), w.Header()
		h.Set("Kantong-State", v.State.ID())
		h.Add("Vary", "Accept-Encoding")
		if !p.rows {
			h.Set("ETag", p.strength()+`"`+name+`"`)
			if viewer.Role == registry.RolePublic {
				h.Set("Cache-Control", "public, no-cache") // may be kept by everybody, and asked about again: a publication shows at once
			} else {
				h.Set("Cache-Control", "private, no-cache")
			}
			if tag := held(strings.Join(r.Header.Values("If-None-Match"), ","), name); tag != "" {
				h.Set("ETag", p.strength()+tag)
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		made, err := m.make(ctx, a, &p, name)
		if err != nil {
			refuse(err, states...)
			return
		}
		defer made.done()
		if err := m.audit(ctx, r, viewer, states, ""); err != nil {
			h.Del("ETag")
			m.refuse(w, r, err)
			return
		}
		if p.rows || viewer.Shown.Count() > 0 { // figures of few households are as good as rows
			h.Del("ETag")
			h.Set("Cache-Control", "private, no-store")
		}
		made.write(w, r, p.contentType)
	}
}

// answered is an answer that is made, and may be written or not.
type answered interface {
	write(w http.ResponseWriter, r *http.Request, contentType string)
	done()
}

// make gives what is kept under the name of a picture, or draws it, or saves it as a file.
func (m *mapDoor) make(ctx context.Context, a *asked, p *picture, name string) (answered, error) {
	if p.save == nil {
		return m.kept.get(ctx, keyOf(a.viewer, name), func(ctx context.Context) ([]byte, error) { return p.draw(ctx, a) })
	}
	select {
	case m.room <- struct{}{}:
		defer func() { <-m.room }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return p.save(ctx, a)
}

// strength is what stands before the entity tag of a picture.
func (p *picture) strength() string {
	if p.dated {
		return "W/"
	}
	return ""
}

// keyOf is what an answer is kept under; "" for planners, whose answers are exact, and whose groups of few families are shown
// for a purpose that has to be stated each time.
func keyOf(viewer registry.Viewer, name string) string {
	switch viewer.Role {
	case registry.RolePublic, registry.RoleAuditor:
		return name
	case registry.RolePartner: // each organisation has a budget of its own
		return viewer.Organisation + " " + name
	}
	return ""
}

// name is the strong ETag of an answer, computed from what it follows from and not from its bytes.
func (a *asked) name(r *http.Request, p picture) string {
	hash := sha256.New()
	// Encode sorts the parameters, so their order does not matter.
	fmt.Fprintf(hash, "kantong maps 1\n%s\n%s\n%s\n%q\n%s\n%s\n%q\n%s\n%s\n%q\n", graph.Program(), a.view.State.ID(), a.view.Version, a.others, a.method, a.viewer.Role, a.viewer.Areas, r.URL.Path, r.URL.Query().Encode(), p.address)
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

// audit writes down what a key was shown, before it is, or why it was not: then no row is.
func (m *mapDoor) audit(ctx context.Context, r *http.Request, viewer registry.Viewer, states []string, outcome registry.Code) error {
	if m.Resolver.Audit == nil || viewer.Role == registry.RolePublic {
		return nil
	}
	rows := int64(0)
	if outcome == "" {
		rows = viewer.Shown.Count()
	}
	err := m.Resolver.Audit.Write(context.WithoutCancel(ctx), registry.AuditEntry{At: time.Now(), KeyID: viewer.KeyID, Role: viewer.Role, Organisation: viewer.Organisation,
		Purpose: strings.TrimSpace(viewer.Purpose), Action: actionOf(r), Operation: routeOf(r), RequestID: RequestID(ctx), States: states, Rows: rows, Outcome: outcome})
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
	registry.CodeConflict: http.StatusConflict,
}

// refuse answers with an error, which nobody keeps.
func (m *mapDoor) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, took := statuses[registry.CodeOf(err)], m.Resolver.Limits.Time
	if actionOf(r) == "export" {
		took = exportTime
	}
	switch {
	case context.Cause(r.Context()) != nil:
		return // nobody is waiting any more
	case errors.Is(err, context.DeadlineExceeded):
		status, err = http.StatusServiceUnavailable, registry.Errorf(registry.CodeUnavailable, "", "this took longer than %s: ask for less", took)
	case registry.CodeOf(err) == registry.CodeUnavailable:
		m.Log.Error("a map can't be made", "request", RequestID(r.Context()), "route", routeOf(r), "error", err)
	case status == 0:
		m.Log.Error("a map failed", "request", RequestID(r.Context()), "route", routeOf(r), "error", err)
		status, err = http.StatusInternalServerError, registry.Errorf(registry.CodeInternal, "", "something failed on our side; the request is %s", RequestID(r.Context()))
	}
	w.Header().Set("Cache-Control", "no-store")
	graph.Refuse(w, status, err)
}
