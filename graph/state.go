package graph

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"kantong/internal/registry"
)

// stateNote adds to every answer which states it was computed from, so that a figure never travels without its source:
//
//	"extensions": {"kantong": {"states": [{"state", "asOf", "dataVersion", "synthetic", "boundaries", "schematic"}]}}
type stateNote struct{}

type notedStates struct {
	mu     sync.Mutex
	states map[string]map[string]any
}

type notedKey struct{}

// noteState records that the operation of ctx uses a view.
func noteState(ctx context.Context, v *registry.View) {
	noted, ok := ctx.Value(notedKey{}).(*notedStates)
	if !ok {
		return
	}
	e := &v.State.Edition
	noted.mu.Lock()
	defer noted.mu.Unlock()
	noted.states[v.State.ID()] = map[string]any{"state": v.State.ID(), "asOf": e.AsOf, "dataVersion": v.Version,
		"synthetic": e.Synthetic, "boundaries": e.Boundaries, "schematic": e.Schematic}
}

func (stateNote) ExtensionName() string                   { return "StateNote" }
func (stateNote) Validate(graphql.ExecutableSchema) error { return nil }

func (stateNote) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, notedKey{}, &notedStates{states: map[string]map[string]any{}}))
}

func (stateNote) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	noted, ok := ctx.Value(notedKey{}).(*notedStates)
	if !ok || response == nil || len(noted.states) == 0 {
		return response
	}
	list := make([]map[string]any, 0, len(noted.states))
	for _, id := range slices.Sorted(maps.Keys(noted.states)) {
		list = append(list, noted.states[id])
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["kantong"] = map[string]any{"states": list}
	return response
}
