// Package querygen makes random valid queries of a schema, for tests that compare answers.
package querygen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Generator makes queries. The zero value of what is optional takes what there is.
type Generator struct {
	Schema *ast.Schema
	// Value writes a value for an argument, as in a query; "" leaves the argument to its type.
	Value func(r *rand.Rand, field, argument string, t *ast.Type) string
	// Skip tells which fields are left out, by "Type.field".
	Skip   func(field string) bool
	Depth  int // of nesting; 0 is 6
	Fields int // about how many are selected; 0 is 40
}

// Query makes a query, and the variables that it takes.
func (g *Generator) Query(r *rand.Rand) (string, map[string]any) {
	q := &query{Generator: g, r: r, budget: 1 + r.IntN(max(g.Fields, 40)), arguments: map[string]string{}, named: map[string]string{}}
	var roots strings.Builder
	for range 1 + r.IntN(2) {
		q.field(&roots, g.Schema.Query, q.oneOf(g.Schema.Query, true), 0)
	}
	if roots.Len() == 0 {
		roots.WriteString("__typename")
	}
	text := "query($yes: Boolean!, $no: Boolean!) { " + roots.String() + "}"
	for _, f := range q.fragments {
		text += f
	}
	if !strings.Contains(text, "if: $yes") {
		text = strings.Replace(text, "$yes: Boolean!, ", "", 1)
	}
	if !strings.Contains(text, "if: $no") {
		text = strings.Replace(strings.Replace(text, ", $no: Boolean!", "", 1), "($no: Boolean!)", "", 1)
	}
	return text, map[string]any{"yes": true, "no": false}
}

// query is one that is being made.
type query struct {
	*Generator
	r         *rand.Rand
	budget    int
	aliases   int
	arguments map[string]string // of fields without an alias: always the same, so that they merge
	named     map[string]string // fragments that may be used again, by type
	fragments []string
}

// oneOf chooses a field; nil when all are left out.
func (q *query) oneOf(d *ast.Definition, composite bool) *ast.FieldDefinition {
	var able []*ast.FieldDefinition
	for _, f := range d.Fields {
		if strings.HasPrefix(f.Name, "__") || q.Skip != nil && q.Skip(d.Name+"."+f.Name) || composite && !q.composite(f) {
			continue
		}
		able = append(able, f)
	}
	if len(able) == 0 {
		return nil
	}
	return able[q.r.IntN(len(able))]
}

func (q *query) composite(f *ast.FieldDefinition) bool {
	return q.Schema.Types[f.Type.Name()].IsCompositeType()
}

func (q *query) field(b *strings.Builder, d *ast.Definition, f *ast.FieldDefinition, depth int) {
	if f == nil {
		return
	}
	below := q.Schema.Types[f.Type.Name()]
	var selection string
	if below.IsCompositeType() {
		if depth >= max(q.Depth, 6) || q.budget <= 0 {
			return
		}
		selection = q.selection(below, depth+1)
	}
	q.budget--
	if q.r.IntN(4) == 0 {
		q.aliases++
		fmt.Fprintf(b, "a%d: ", q.aliases)
		b.WriteString(f.Name + q.argumentsOf(d, f))
	} else {
		key := d.Name + "." + f.Name
		if _, known := q.arguments[key]; !known {
			q.arguments[key] = q.argumentsOf(d, f)
		}
		b.WriteString(f.Name + q.arguments[key])
	}
	b.WriteString(q.condition() + selection + " ")
}

// selection is what is selected of a type.
func (q *query) selection(d *ast.Definition, depth int) string {
	var b strings.Builder
	for range 1 + q.r.IntN(6) {
		q.part(&b, d, depth)
	}
	if b.Len() == 0 || q.r.IntN(8) == 0 {
		b.WriteString("__typename ")
	}
	return " { " + b.String() + "}"
}

func (q *query) part(b *strings.Builder, d *ast.Definition, depth int) {
	switch q.r.IntN(12) {
	case 0:
		fmt.Fprintf(b, "...%s%s ", q.condition(), q.selection(d, depth))
	case 1:
		able := append(slices.Clone(q.Schema.GetPossibleTypes(d)), q.Schema.GetImplements(d)...)
		inner := able[q.r.IntN(len(able))]
		fmt.Fprintf(b, "... on %s%s%s ", inner.Name, q.condition(), q.selection(inner, depth))
	case 2:
		name := q.named[d.Name]
		if name == "" || q.r.IntN(2) == 0 {
			text := q.selection(d, depth)
			name = fmt.Sprintf("f%d", len(q.fragments))
			q.fragments = append(q.fragments, fmt.Sprintf(" fragment %s on %s%s", name, d.Name, text))
			q.named[d.Name] = name
		}
		fmt.Fprintf(b, "...%s%s ", name, q.condition())
	default:
		q.field(b, d, q.oneOf(d, q.r.IntN(2) == 0), depth)
	}
}

// condition is a directive now and then.
func (q *query) condition() string {
	if q.r.IntN(12) > 0 {
		return ""
	}
	return [...]string{" @skip(if: true)", " @skip(if: false)", " @include(if: true)", " @include(if: false)", " @skip(if: $no)", " @include(if: $yes)", " @skip(if: $yes)"}[q.r.IntN(7)]
}
