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
	if err := allow(access.ViewerOf(ctx).Role, role); err != nil {
		return nil, err
	}
	return next(ctx)
}

func allow(viewer, required registry.Role) error {
	switch {
	case viewer.Has(required):
		return nil
	case viewer == registry.RolePublic:
		return registry.Errorf(registry.CodeUnauthenticated, "", "this is for the role %s: send a key as Authorization: Bearer …", required)
	}
	return registry.Errorf(registry.CodeForbidden, "", "this is for the role %s; this key is of role %s", required, viewer)
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
