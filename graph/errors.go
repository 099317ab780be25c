package graph

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/internal/registry"
)

// present turns an error into what a client sees: code, field and message of a registry.Error; the library's own
// complaints as BAD_USER_INPUT; and of anything else no more than INTERNAL and the request's id, with the whole of it
// in the log.
func present(log *slog.Logger, requestID func(context.Context) string) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := graphql.DefaultErrorPresenter(ctx, err)
		if shown.Extensions == nil {
			shown.Extensions = map[string]any{}
		}
		var ours *registry.Error
		switch code, _ := shown.Extensions["code"].(string); {
		case errors.As(err, &ours):
			shown.Message = ours.Message
			shown.Extensions["code"] = string(ours.Code)
			if field := fieldOf(ctx, ours, shown); field != "" {
				shown.Extensions["field"] = field
			}
			if ours.Code == registry.CodeInternal || ours.Code == registry.CodeUnavailable {
				log.ErrorContext(ctx, "request failed", "request", requestID(ctx), "error", ours.Error(), "cause", ours.Cause)
			}
		case errors.Is(err, context.DeadlineExceeded):
			shown.Message = "the answer took too long; ask for less at a time"
			shown.Extensions["code"] = string(registry.CodeComplexity)
		case errors.Is(err, context.Canceled):
			shown.Message = "the request was cancelled"
			shown.Extensions["code"] = string(registry.CodeUnavailable)
		case code == errcode.ParseFailed, code == errcode.ValidationFailed:
			shown.Extensions["code"] = string(registry.CodeBadUserInput)
		case code != "":
		case strings.HasPrefix(shown.Message, "json request body could not be decoded"): // the library repeats the whole body
			shown.Message = `the request is not one JSON object; send {"query": "…", "variables": {…}}, and no batches`
			shown.Extensions["code"], shown.Extensions["field"] = string(registry.CodeBadUserInput), "body"
		case isInputError(err):
			shown.Extensions["code"] = string(registry.CodeBadUserInput)
		default:
			log.ErrorContext(ctx, "request failed", "request", requestID(ctx), "path", shown.Path.String(), "error", err)
			shown.Message = "something failed on our side; quote this request id to whoever runs the server"
			shown.Extensions["code"] = string(registry.CodeInternal)
			shown.Extensions["requestId"] = requestID(ctx)
		}
		return shown
	}
}

// errorOrder sorts an answer's errors by place and text: fields are resolved at the same time, and equal questions should
// have equal answers.
//
// It also keeps to the first shownErrors: a small query can be wrong in a million ways.
type errorOrder struct{}

const shownErrors = 100

func (errorOrder) ExtensionName() string                   { return "ErrorOrder" }
func (errorOrder) Validate(graphql.ExecutableSchema) error { return nil }

func (errorOrder) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response != nil {
		slices.SortStableFunc(response.Errors, func(a, b *gqlerror.Error) int {
			return cmp.Or(cmp.Compare(a.Path.String(), b.Path.String()), cmp.Compare(a.Message, b.Message))
		})
		response.Errors = response.Errors[:min(len(response.Errors), shownErrors)]
	}
	return response
}

// fieldOf names the argument at fault: what the error says, or where in the arguments decoding stood.
func fieldOf(ctx context.Context, e *registry.Error, shown *gqlerror.Error) string {
	if e.Field != "" {
		return e.Field
	}
	field := graphql.GetFieldContext(ctx)
	if field == nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(shown.Path.String(), field.Path().String()), ".")
}

// isInputError tells whether the executor failed to read an argument: it wraps such errors with the argument's path.
func isInputError(err error) bool {
	var g *gqlerror.Error
	return errors.As(err, &g) && g.Err == nil
}
