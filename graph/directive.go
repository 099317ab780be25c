package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"kantong/internal/registry"
)

// OneOf refuses an input object that does not have exactly one member, not null, wherever it came from. The library's
// validation looks at literals only.
func OneOf(ctx context.Context, obj any, next graphql.Resolver) (any, error) {
	if members, ok := obj.(map[string]any); ok {
		given := 0
		for _, v := range members {
			if v == nil {
				given = len(members) + 1 // a null is a mistake beside others and alone
			}
			given++
		}
		if given != 1 {
			return nil, registry.Invalid("", "give exactly one of its members, and not null")
		}
	}
	return next(ctx)
}
