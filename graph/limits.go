package graph

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/graph/model"
	"kantong/internal/registry"
)

// Limits bound what one request may cost.
type Limits struct {
	Depth      int           // nesting of fields
	Complexity int           // every field one, times the lists around it
	Aliases    int           // renamed fields, fragments unfolded
	Tokens     int           // of the document
	BodyBytes  int64         // of the request
	Time       time.Duration // of the answer
	Clustered  int64         // households among which pockets are looked for
}

// DefaultLimits let every query of the documentation pass several times over.
func DefaultLimits() Limits {
	return Limits{Depth: 16, Complexity: 60_000, Aliases: 60, Tokens: 3_000, BodyBytes: 1 << 20, Time: 10 * time.Second, Clustered: 1_000_000}
}

func (l Limits) forClients() *model.Limits {
	return &model.Limits{First: registry.MaxFirst, Depth: l.Depth, Complexity: l.Complexity, Aliases: l.Aliases,
		Vertices: registry.MaxGeometryVertices, BodyBytes: int(l.BodyBytes), Seconds: int(l.Time.Seconds()), PocketHouseholds: int(l.Clustered)}
}

// shapeLimit refuses documents that nest too deep or rename too much, before complexity is computed: fragments within
// fragments can unfold to more fields than any computer counts, so every fragment is measured once.
type shapeLimit struct{ Limits }

func (shapeLimit) ExtensionName() string                   { return "ShapeLimit" }
func (shapeLimit) Validate(graphql.ExecutableSchema) error { return nil }
func (l shapeLimit) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	m := measurer{fragments: map[string]shape{}}
	s := m.measure(op.Operation.SelectionSet)
	switch {
	case s.overflow != "":
		err := gqlerror.Errorf("%.40s is too large a number", s.overflow)
		err.Extensions = map[string]any{"code": string(registry.CodeBadUserInput)}
		return err
	case s.depth > l.Depth:
		return tooComplex("the query nests %d deep; at most %d", s.depth, l.Depth)
	case s.aliases > l.Aliases:
		return tooComplex("the query renames %d fields or more; at most %d", s.aliases, l.Aliases)
	case s.fields > l.Complexity:
		return tooComplex("the query unfolds to more than %d fields", l.Complexity)
	}
	return nil
}

func tooComplex(format string, args ...any) *gqlerror.Error {
	err := gqlerror.Errorf(format, args...)
	err.Extensions = map[string]any{"code": string(registry.CodeComplexity)}
	return err
}

// shape is what a selection unfolds to.
type shape struct {
	depth, aliases, fields int
	overflow               string // a number that no variable could hold; "" for none
}

type measurer struct{ fragments map[string]shape }

// many is where counting stops, so that no sum overflows.
const many = 1 << 40

func (m measurer) measure(set ast.SelectionSet) (s shape) {
	for _, sel := range set {
		var inner shape
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Name == "__schema" || sel.Name == "__type" {
				continue // the schema is public and bounded by itself
			}
			inner = m.measure(sel.SelectionSet)
			for _, a := range sel.Arguments {
				inner.overflow = cmp.Or(inner.overflow, overflow(a.Value))
			}
			inner.depth++
			inner.fields++
			if sel.Alias != sel.Name {
				inner.aliases++
			}
		case *ast.InlineFragment:
			inner = m.measure(sel.SelectionSet)
		case *ast.FragmentSpread:
			known, ok := m.fragments[sel.Name]
			if !ok && sel.Definition != nil { // validation has refused cycles
				known = m.measure(sel.Definition.SelectionSet)
				m.fragments[sel.Name] = known
			}
			inner = known
		}
		s.depth = max(s.depth, inner.depth)
		s.overflow = cmp.Or(s.overflow, inner.overflow)
		s.aliases = min(many, s.aliases+inner.aliases)
		s.fields = min(many, s.fields+inner.fields)
	}
	return s
}

// overflow finds a number in a literal that is out of range: the library would panic over it.
func overflow(v *ast.Value) string {
	switch v.Kind {
	case ast.IntValue:
		if _, err := strconv.ParseInt(v.Raw, 10, 64); err != nil {
			return v.Raw
		}
	case ast.FloatValue:
		if _, err := strconv.ParseFloat(v.Raw, 64); err != nil {
			return v.Raw
		}
	}
	found := ""
	for _, child := range v.Children {
		found = cmp.Or(found, overflow(child.Value))
	}
	return found
}
