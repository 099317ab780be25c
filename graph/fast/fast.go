// Package fast writes answers straight into a buffer. gqlgen makes a context, several closures and a marshaler for every
// field of every object, and a goroutine for every element of a list; of 100 rows with nested lists that is most of the time.
//
// It stands behind gqlgen's own hook for fields: a root field is resolved by gqlgen, with arguments and directives, and what it
// gives is written here, all that is below it included. Code for that is generated beside gqlgen's, from the same schema and models
// (graph/fast/generate). Selections are collected once for a place in the answer; a plain field is a call and an append.
// What takes a context still gets the one that gqlgen would give it, and what is not plain in other ways is left to gqlgen.
package fast

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Writer writes the answer to one field.
type Writer struct {
	B          []byte
	Op         *graphql.OperationContext
	Exec       any // the generated package's execution context
	selections ast.SelectionSet
}

// Write is for marshalers that know no better.
func (w *Writer) Write(p []byte) (int, error) {
	w.B = append(w.B, p...)
	return len(p), nil
}

func (w *Writer) rescue(at *Place, r any) {
	ctx := at.context(w)
	w.Op.Error(ctx, w.Op.Recover(ctx, r))
}

// Root writes the value of a field that gqlgen resolved; known is false where it has no code for such a value.
type Root func(w *Writer, at *Place, value any) (written, known bool)

// Roots is the generated code: a function for each field that gqlgen resolves and that is written here, by "Query.areas", and what
// they need of an operation.
type Roots struct {
	Fields map[string]Root
	Types  []*Type
	Exec   func(*graphql.OperationContext) any
}

// Extension has root fields written here rather than by gqlgen.
type Extension struct{ roots *Roots }

// New makes the extension of a generated package.
func New(r *Roots) Extension { return Extension{r} }

// Types are those that are written here.
func (x Extension) Types() []*Type { return x.roots.Types }

// ExtensionName is part of graphql.HandlerExtension.
func (Extension) ExtensionName() string { return "Fast" }

// Validate is part of graphql.HandlerExtension.
func (Extension) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptField is part of graphql.FieldInterceptor. Of what it gives, gqlgen takes a marshaler for the whole answer of a field.
func (x Extension) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	if err != nil || value == nil {
		return value, err
	}
	fc := graphql.GetFieldContext(ctx)
	write := x.roots.Fields[fc.Object+"."+fc.Field.Name]
	op := graphql.GetOperationContext(ctx)
	if write == nil || defers(op) {
		return value, nil
	}
	w := &Writer{B: Buffer(), Op: op, Exec: x.roots.Exec(op), selections: fc.Field.Selections}
	written, known := write(w, &Place{ctx: ctx}, value)
	switch {
	case !known:
		return value, nil
	case !written:
		return graphql.Null, nil
	}
	return text{w.B}, nil
}

// defers tells whether an answer may come in parts, which are gqlgen's affair.
func defers(op *graphql.OperationContext) bool { return strings.Contains(op.RawQuery, "defer") }
