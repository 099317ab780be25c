package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/graph/generated"
	"kantong/graph/model"
	"kantong/internal/registry"
)

// Subscription gives what the server tells of itself.
func (r *Resolver) Subscription() generated.SubscriptionResolver { return subscription{r} }

type subscription struct{ *Resolver }

// EditionPublished gives the one state that its operation tells of: each event is an operation (see stream).
func (s subscription) EditionPublished(ctx context.Context) (<-chan *model.Edition, error) {
	state, _ := ctx.Value(eventKey{}).(string)
	v, err := s.view(ctx, &state)
	if err != nil {
		return nil, err
	}
	events := make(chan *model.Edition, 1)
	events <- model.EditionOf(v)
	close(events)
	return events, nil
}

// streamed refuses subscriptions but from a stream: elsewhere there is nobody to wait for an event. It also refuses what the
// library lets pass and can't carry out, one field under two names, or none.
type streamed struct{}

func (streamed) ExtensionName() string                   { return "Streamed" }
func (streamed) Validate(graphql.ExecutableSchema) error { return nil }
func (streamed) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if op.Operation.Operation != ast.Subscription {
		return nil
	}
	var err *gqlerror.Error
	if _, open := ctx.Value(eventKey{}).(string); !open {
		err = gqlerror.Errorf("%s", errNoStream.Message)
	} else if n := len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})); n != 1 {
		err = gqlerror.Errorf("a subscription selects one field, once; this one selects %d", n)
	} else {
		return nil
	}
	err.Extensions = map[string]any{"code": string(registry.CodeBadUserInput)}
	return err
}

var errNoStream = &registry.Error{Code: registry.CodeBadUserInput, Field: "accept", Message: "a subscription is a stream: send it by POST with the header Accept: " + eventStream}
