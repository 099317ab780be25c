// Package model holds the schema's object types. A node knows the other nodes of its level in the query: whichever of
// them is asked first asks the engine for all of them in one call. So a query costs one engine call a level and field,
// however many rows a level has.
package model

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// memo keeps what a level of a query has asked, by the place of the field in the answer. Siblings have the same place but
// for their numbers in lists, hence the same arguments and selection; a level that is reached over two ways has two.
type memo struct {
	mu    sync.Mutex
	asked map[string]any // func() (T, error)
}

// placeSize is how much room a place is given at first: hardly one is longer.
const placeSize = 256

// appendPlace appends the path of a field without the numbers in lists: "areas.edges.node.summary.".
func appendPlace(b []byte, fc *graphql.FieldContext) []byte {
	if fc.Parent != nil {
		b = appendPlace(b, fc.Parent)
	}
	if fc.Field.Field != nil { // an element of a list has none
		b = append(append(b, fc.Field.Alias...), '.')
	}
	return b
}

// once runs ask for the first sibling that comes with the field of ctx and gives every sibling its result.
func once[T any](ctx context.Context, m *memo, ask func() (T, error)) (T, error) {
	return onceOf(ctx, m, ask, func(ask func() (T, error)) (T, error) { return ask() })
}

// onceOf is once without a function made for each sibling: what it needs is handed on.
func onceOf[T, L any](ctx context.Context, m *memo, level L, ask func(L) (T, error)) (T, error) {
	var b [placeSize]byte
	return onceAt(m, appendPlace(b[:0], graphql.GetFieldContext(ctx)), level, ask)
}

// onceBeside is once for what the fields of one object share.
func onceBeside[T, L any](ctx context.Context, m *memo, level L, ask func(context.Context, L) (T, error)) (T, error) {
	var b [placeSize]byte
	place := append(appendPlace(b[:0], graphql.GetFieldContext(ctx).Parent), " shared"...)
	if answer := m.at(place); answer != nil {
		return answer.(func() (T, error))()
	}
	return onceAt(m, place, level, func(level L) (T, error) { return ask(ctx, level) })
}

func onceAt[T, L any](m *memo, place []byte, level L, ask func(L) (T, error)) (T, error) {
	answer := m.at(place)
	if answer == nil {
		answer = m.put(string(place), sync.OnceValues(func() (T, error) { return ask(level) }))
	}
	return answer.(func() (T, error))()
}

func (m *memo) at(place []byte) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked[string(place)]
}

// put gives what another sibling put before, if one did.
func (m *memo) put(place string, answer any) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if former := m.asked[place]; former != nil {
		return former
	}
	if m.asked == nil {
		m.asked = map[string]any{}
	}
	m.asked[place] = answer
	return answer
}

// selected gives the fields chosen of the object that the field of ctx returns.
func selected(ctx context.Context, types ...string) []graphql.CollectedField {
	return graphql.CollectFieldsCtx(ctx, types)
}

// siblings gives the fields chosen beside the field of ctx, itself included.
func siblings(ctx context.Context, types ...string) []graphql.CollectedField {
	parent := graphql.GetFieldContext(ctx).Parent
	for parent.Field.Field == nil { // an element of a list has no field of its own
		parent = parent.Parent
	}
	return graphql.CollectFields(graphql.GetOperationContext(ctx), parent.Field.Selections, types)
}

// chosen tells whether a field of this name is among the fields.
func chosen(fields []graphql.CollectedField, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}
