package graph

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// stateNote adds to every answer which states it was computed from, so that a figure never travels without its source:
//
//	"extensions": {"kantong": {"states": [{"state", "asOf", "dataVersion", "synthetic", "boundaries", "schematic"}]}}
//
// It also holds an operation to one moment: fields are resolved at the same time, and a publication in between must not
// give two halves of an answer two states.
type stateNote struct{ gate *disclosure.Gate }

type notedStates struct {
	moment disclosure.Moment
	mu     sync.Mutex
	asked  map[string]bool // names of editions
	states []*registry.Dataset
}

// maxEditions is how many editions an operation may ask of: each may have to be loaded.
const maxEditions = 4

// admit counts the editions that the operation of ctx asks of.
func admit(ctx context.Context, edition string) error {
	noted, ok := ctx.Value(notedKey{}).(*notedStates)
	if !ok {
		return nil
	}
	noted.mu.Lock()
	defer noted.mu.Unlock()
	if noted.asked[edition] = true; len(noted.asked) > maxEditions {
		return registry.Errorf(registry.CodeComplexity, "edition", "one operation may ask of %d editions", maxEditions)
	}
	return nil
}

// moment gives what is published for the operation of ctx.
func (r *Resolver) moment(ctx context.Context) disclosure.Moment {
	if noted, ok := ctx.Value(notedKey{}).(*notedStates); ok {
		return noted.moment
	}
	return r.Gate.Now()
}

type notedKey struct{}

// noteState records that the operation of ctx uses a view.
func noteState(ctx context.Context, v *registry.View) {
	noted, ok := ctx.Value(notedKey{}).(*notedStates)
	if !ok {
		return
	}
	noted.mu.Lock()
	defer noted.mu.Unlock()
	if !slices.Contains(noted.states, v.Dataset) {
		noted.states = append(noted.states, v.Dataset)
	}
}

func (stateNote) ExtensionName() string                   { return "StateNote" }
func (stateNote) Validate(graphql.ExecutableSchema) error { return nil }

func (n stateNote) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, notedKey{}, &notedStates{moment: n.gate.Now(), asked: map[string]bool{}}))
}

func (stateNote) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	noted, ok := ctx.Value(notedKey{}).(*notedStates)
	if !ok || response == nil || len(noted.states) == 0 {
		return response
	}
	slices.SortFunc(noted.states, func(a, b *registry.Dataset) int { return strings.Compare(a.State.ID(), b.State.ID()) })
	note := sourceNote{}
	for _, d := range noted.states {
		e := &d.State.Edition
		note.States = append(note.States, stateSource{d.State.ID(), e.AsOf, d.Version, e.Synthetic, e.Boundaries, e.Schematic})
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["kantong"] = note
	return response
}

// sourceNote is the extension as JSON.
type sourceNote struct {
	States []stateSource `json:"states"`
}

type stateSource struct {
	State       string        `json:"state"`
	AsOf        registry.Date `json:"asOf"`
	DataVersion string        `json:"dataVersion"`
	Synthetic   bool          `json:"synthetic"`
	Boundaries  string        `json:"boundaries"`
	Schematic   bool          `json:"schematic"`
}
