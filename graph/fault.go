package graph

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"kantong/internal/registry"
)

// Fault is the first error of an answer as the program's own; nil when there is none.
func Fault(answer *graphql.Response) error {
	if len(answer.Errors) == 0 {
		return nil
	}
	first := answer.Errors[0]
	code, _ := first.Extensions["code"].(string)
	field, _ := first.Extensions["field"].(string)
	if code == "" {
		return errors.New(first.Message)
	}
	return registry.At(field, registry.Errorf(registry.Code(code), "", "%s", first.Message))
}
