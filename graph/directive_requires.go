package graph

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// Requires lets a role that has the required one go on, and nobody else.
func Requires(ctx context.Context, _ any, next graphql.Resolver, role registry.Role) (any, error) {
	if err := access.ViewerOf(ctx).Require(role); err != nil {
		return nil, err
	}
	return next(ctx)
}

// mustRequire ends the program when a root field does not say for whom it is: whoever adds a field decides, or nobody
// gets it.
func mustRequire(s *ast.Schema) {
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		if root == nil {
			continue
		}
		for _, f := range root.Fields {
			if !strings.HasPrefix(f.Name, "__") && f.Directives.ForName("requires") == nil {
				panic(root.Name + "." + f.Name + " has no @requires: say for which role it is")
			}
		}
	}
}
