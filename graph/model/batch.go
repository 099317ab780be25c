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
type memo struct{ asked sync.Map }

// place is the path of a field without the numbers in lists: "areas.edges.node.summary".
func place(fc *graphql.FieldContext) string {
	var b [256]byte
	return string(appendPlace(b[:0], fc))
}

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
	return onceAt(m, place(graphql.GetFieldContext(ctx)), ask)
}

// onceBeside is once for what the fields of one object share.
func onceBeside[T any](ctx context.Context, m *memo, ask func() (T, error)) (T, error) {
	return onceAt(m, place(graphql.GetFieldContext(ctx).Parent)+" shared", ask)
}

func onceAt[T any](m *memo, place string, ask func() (T, error)) (T, error) {
	answer, found := m.asked.Load(place)
	if !found {
		answer, _ = m.asked.LoadOrStore(place, sync.OnceValues(ask))
	}
	return answer.(func() (T, error))()
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
