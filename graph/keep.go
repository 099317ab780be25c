package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/graph/fast"
	"kantong/internal/access"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// Named is a query by GET, or one that the client persists, whose answer has a name before it is made (see namedRoots). The query was read, validated and
// found to be within the limits.
type Named struct {
	Name   string // a strong one, but for the encoding: equal names are equal answers
	Viewer registry.Viewer
	// Make answers the query: with the body, and the states that it was answered from. *Unkept is an answer that is nobody
	// else's, and that must not be kept.
	Make func(ctx context.Context) (body []byte, states []string, err error)
	// Shown is called before an answer leaves that was made for another request: it is logged as if it had been made for
	// this one, and not given when it can't be.
	Shown func(ctx context.Context, states []string) error
	// Held is called when the client is told that it has the answer.
	Held func()
}

// Unkept is an answer that is given to who asked, and kept by nobody: one with errors, with groups of so few households that
// a purpose is needed, or made while something else was being published.
type Unkept struct{ body []byte }

func (*Unkept) Error() string { return "an answer that is not kept" }

// keeper is an executor that leaves queries with a name to whoever keeps answers.
type keeper struct {
	graphql.GraphExecutor
	keep    func(http.ResponseWriter, *http.Request, Named) error
	gate    *disclosure.Gate
	witness witness
	observe func(operation, code string, took time.Duration)
	w       *refusalWriter
	r       *http.Request
}

func (k *keeper) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	if k.r.Method != http.MethodGet && op.Extensions["persistedQuery"] == nil || op.Operation.Operation != ast.Query || !hasName(op) {
		return k.GraphExecutor.DispatchOperation(ctx, op)
	}
	viewer, moment := access.ViewerOf(ctx), k.gate.Now()
	name, err := nameOf(op, moment, viewer, k.w.Header().Get("Content-Type"))
	if err != nil {
		return k.GraphExecutor.DispatchOperation(ctx, op)
	}
	own := false // whether the answer was made by this request
	err = k.keep(k.w.ResponseWriter, k.r.WithContext(graphql.WithOperationContext(ctx, op)), Named{Name: name, Viewer: viewer,
		Make: func(ctx context.Context) ([]byte, []string, error) {
			own = true
			return k.make(ctx, op, moment)
		},
		Shown: func(ctx context.Context, states []string) error {
			if err := k.witness.shown(ctx, viewer, states); err != nil {
				return err
			}
			k.count(op)
			return nil
		},
		Held: func() { k.count(op) },
	})
	if err == nil {
		k.w.answered = true
		return graphql.OneShot(nil), ctx
	}
	k.w.Header().Set("Cache-Control", "no-store")
	var unkept *Unkept
	switch {
	case !errors.As(err, &unkept):
		return graphql.OneShot(k.DispatchError(graphql.WithOperationContext(ctx, op), gqlerror.List{gqlerror.WrapIfUnwrapped(err)})), ctx
	case own:
		_, _ = k.w.ResponseWriter.Write(unkept.body)
		k.w.answered = true
		return graphql.OneShot(nil), ctx
	}
	// Somebody else's errors name his request, and are in the log under his key.
	return k.GraphExecutor.DispatchOperation(ctx, op)
}

// make answers a query of a moment.
func (k *keeper) make(ctx context.Context, op *graphql.OperationContext, moment disclosure.Moment) (body []byte, states []string, err error) {
	responses, ctx := k.GraphExecutor.DispatchOperation(context.WithValue(ctx, momentKey{}, moment), op)
	response := responses(ctx)
	if response == nil {
		return nil, nil, fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
	if body, err = appendResponse(nil, response); err != nil {
		return nil, nil, err
	}
	fast.Release(response.Data)
	o, ok := ctx.Value(operationKey{}).(*operation)
	if !ok || len(response.Errors) > 0 || o.viewer.Shown.Count() > 0 || !o.ofItsMoment() {
		return nil, nil, &Unkept{body}
	}
	return body, o.states(), nil
}

// count counts a request that was answered without being carried out.
func (k *keeper) count(op *graphql.OperationContext) {
	if k.observe != nil {
		k.observe(rootField(op), "", time.Since(op.Stats.OperationStart))
	}
}
