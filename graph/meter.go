package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// meter tells how each request went, by its first root field: names that clients make up (of operations, aliases) would
// make as many series.
type meter struct {
	observe func(operation, code string, took time.Duration)
}

func (meter) ExtensionName() string                   { return "Meter" }
func (meter) Validate(graphql.ExecutableSchema) error { return nil }

func (m meter) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil || !graphql.HasOperationContext(ctx) {
		return response
	}
	op, code := graphql.GetOperationContext(ctx), ""
	if len(response.Errors) > 0 {
		code, _ = response.Errors[0].Extensions["code"].(string)
	}
	m.observe(rootField(op), code, time.Since(op.Stats.OperationStart))
	return response
}

func rootField(op *graphql.OperationContext) string {
	if op.Operation == nil || len(op.Operation.SelectionSet) == 0 {
		return "none"
	}
	if f, ok := op.Operation.SelectionSet[0].(*ast.Field); ok {
		return f.Name
	}
	return "fragment"
}
