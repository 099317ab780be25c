package graph

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kantong/internal/access"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// stateNote adds to every answer which states it was computed from, so that a figure never travels without its source:
//
//	"extensions": {"kantong": {"states": [{"state", "asOf", "dataVersion", "synthetic", "boundaries", "schematic"}], "notes": [{"path", "notes"}], "citation"}}
//
// It also holds an operation to one moment: fields are resolved at the same time, and a publication in between must not
// give two halves of an answer two states.
type stateNote struct{ gate *disclosure.Gate }

type operationKey struct{}

// momentKey is for the moment that an operation is held to, where it is not the present one.
type momentKey struct{}

// operation is what the fields of one operation share: who asks, the moment, and a view of each edition that it names.
type operation struct {
	viewer registry.Viewer
	moment disclosure.Moment
	pins   map[string]string // the state that a name of an edition stands for, where it must be a certain one
	mu     sync.Mutex
	views  map[string]*registry.View // by name; nil where there is none
	worked []string                  // what a mutation was about: an edition, a programme, a key
	notes  []fieldNote
}

// note adds what to know about a field's answer, even if that is an empty list, to the extensions.
func (o *operation) note(ctx context.Context, notes []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(notes) > 0 {
		o.notes = append(o.notes, fieldNote{graphql.GetFieldContext(ctx).Path(), notes})
	}
}

// about notes what a mutation is about, for the audit log.
func (r *Resolver) about(ctx context.Context, what ...string) {
	o := r.operationOf(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.worked = append(o.worked, what...)
}

// maxEditions is how many editions an operation may ask of: each may have to be loaded.
const maxEditions = 6

func newOperation(ctx context.Context, g *disclosure.Gate) *operation {
	pins, _ := ctx.Value(pinsKey{}).(map[string]string)
	moment, ok := ctx.Value(momentKey{}).(disclosure.Moment)
	if !ok {
		moment = g.Now()
	}
	o := &operation{viewer: access.ViewerOf(ctx), pins: pins, views: map[string]*registry.View{}}
	o.moment = moment.Naming(o.stateOf)
	o.viewer.Shown = new(registry.Shown)
	return o
}

// view gives every field that names the same edition the same view.
func (o *operation) view(ctx context.Context, edition string) (*registry.View, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	v, named := o.views[edition]
	switch {
	case v != nil:
		return v, nil
	case !named && len(o.views) == maxEditions:
		return nil, registry.Errorf(registry.CodeComplexity, "edition", "one operation may ask of %d editions", maxEditions)
	}
	state := edition
	if pinned, ok := o.pins[edition]; ok {
		state = pinned
	}
	v, err := o.moment.View(ctx, o.viewer, state)
	o.views[edition] = v
	return v, err
}

// stateOf is the state that a filter means by a name, which is one of the states of the answer then.
func (o *operation) stateOf(ctx context.Context, edition string) (string, error) {
	v, err := o.view(ctx, edition)
	if err != nil {
		return "", err
	}
	return v.State.ID(), nil
}

// ofItsMoment tells whether all was answered from the data versions of its moment: programmes may be redefined between a
// publication and the gate's taking it over, and a state that is opened just then has them already.
func (o *operation) ofItsMoment() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, v := range o.views {
		if v != nil && v.Version != o.moment.Version(v.State.ID()) {
			return false
		}
	}
	return true
}

// operationOf gives the operation of ctx; a resolver outside of one has one of its own.
func (r *Resolver) operationOf(ctx context.Context) *operation {
	if o, ok := ctx.Value(operationKey{}).(*operation); ok {
		return o
	}
	return newOperation(ctx, r.Gate)
}

func (stateNote) ExtensionName() string                   { return "StateNote" }
func (stateNote) Validate(graphql.ExecutableSchema) error { return nil }

func (n stateNote) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, operationKey{}, newOperation(ctx, n.gate)))
}

func (stateNote) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	o, ok := ctx.Value(operationKey{}).(*operation)
	if !ok || response == nil {
		return response
	}
	note := sourceNote{Notes: o.notes}
	slices.SortFunc(note.Notes, func(a, b fieldNote) int { return strings.Compare(a.Path.String(), b.Path.String()) })
	for _, v := range o.views {
		if v == nil {
			continue
		}
		e := &v.State.Edition
		source := stateSource{v.State.ID(), e.AsOf, v.Version, e.Synthetic, e.Boundaries, e.Schematic}
		if !slices.Contains(note.States, source) {
			note.States = append(note.States, source)
		}
	}
	if len(note.States) == 0 {
		return response
	}
	slices.SortFunc(note.States, func(a, b stateSource) int { return strings.Compare(a.State, b.State) })
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	note.Citation = o.citation(ctx, response)
	response.Extensions["kantong"] = note
	return response
}

// sourceNote is the extension as JSON.
type sourceNote struct {
	States   []stateSource `json:"states"`
	Notes    []fieldNote   `json:"notes,omitempty"`
	Citation string        `json:"citation,omitempty"`
}

// fieldNote is what to know about the answer of a field.
type fieldNote struct {
	Path  ast.Path `json:"path"`
	Notes []string `json:"notes"`
}

type stateSource struct {
	State       string        `json:"state"`
	AsOf        registry.Date `json:"asOf"`
	DataVersion string        `json:"dataVersion"`
	Synthetic   bool          `json:"synthetic"`
	Boundaries  string        `json:"boundaries"`
	Schematic   bool          `json:"schematic"`
}
