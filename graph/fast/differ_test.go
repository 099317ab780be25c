package fast_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/graph/fast/corner"
	"kantong/graph/fast/corner/generated"
	"kantong/internal/querygen"
)

// resolver has the roots of the corner schema.
type resolver struct{ corner.Resolver }

func (r resolver) Query() generated.QueryResolver       { return r }
func (r resolver) Mutation() generated.MutationResolver { return r }
func (r resolver) Thing() generated.ThingResolver       { return r }

// pair is the corner schema served by gqlgen alone, and by package fast.
type pair struct{ stock, fast *executor.Executor }

func newPair() (p pair, schema *ast.Schema) {
	for _, e := range []**executor.Executor{&p.stock, &p.fast} {
		s := generated.NewExecutableSchema(generated.Config{Resolvers: resolver{}, Directives: generated.DirectiveRoot{Shout: corner.Shout}})
		var writes graphql.HandlerExtension
		if e == &p.fast {
			s, writes = generated.Fast(s)
		}
		*e = executor.New(s)
		(*e).Use(extension.Introspection{})
		(*e).SetRecoverFunc(func(_ context.Context, r any) error { return fmt.Errorf("recovered: %v", r) })
		if writes != nil {
			(*e).Use(writes)
		}
		schema = s.Schema()
	}
	return p, schema
}

// answer is a whole answer as it is sent, with errors in an order of their own: gqlgen's depends on its goroutines.
func answer(t testing.TB, e *executor.Executor, query string, variables map[string]any) (text []byte, errors int) {
	t.Helper()
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if errs != nil {
		return []byte("refused " + errs.Error()), -1
	}
	respond, ctx := e.DispatchOperation(ctx, op)
	response := respond(ctx)
	slices.SortFunc(response.Errors, func(a, b *gqlerror.Error) int {
		return cmp.Or(cmp.Compare(a.Path.String(), b.Path.String()), cmp.Compare(a.Message, b.Message))
	})
	raw := string(response.Data)
	text, err := json.Marshal(response)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, query, raw)
	}
	return append(text, raw...), len(response.Errors) // encoding/json would hide differences in what it escapes
}

func (p pair) compare(t testing.TB, query string, variables map[string]any) (errors int) {
	t.Helper()
	want, errors := answer(t, p.stock, query, variables)
	got, _ := answer(t, p.fast, query, variables)
	if !bytes.Equal(got, want) {
		t.Fatalf("%s\nby gqlgen  %s\nby fast    %s", query, want, got)
	}
	return errors
}

// generator writes every seed, and numbers around those that Strict refuses.
func generator(schema *ast.Schema) *querygen.Generator {
	return &querygen.Generator{Schema: schema, Fields: 60, Value: func(r *rand.Rand, _, argument string, t *ast.Type) string {
		switch {
		case argument == "seed":
			return strconv.Itoa(r.IntN(1 << 30))
		case t.Name() == "Strict":
			return strconv.Itoa(r.IntN(6))
		}
		return ""
	}}
}

// TestDiffer asks random queries, and mutations, of the corner schema.
func TestDiffer(t *testing.T) {
	queries := 20_000
	if os.Getenv("KANTONG_LONG") != "" {
		queries = 200_000
	} else if race {
		queries = 4_000 // enough for races; the others run without
	}
	p, schema := newPair()
	g := generator(schema)
	var refused, failed, long int
	for i := range queries {
		query, variables := g.Query(rand.New(rand.NewPCG(1, uint64(i))))
		switch n := p.compare(t, query, variables); {
		case n < 0:
			refused++
		case n > 0:
			failed++
		}
		if len(query) > 400 {
			long++
		}
	}
	t.Logf("%d queries: %d refused, %d with errors, %d long", queries, refused, failed, long)
	if refused > queries/20 || failed < queries/5 || long < queries/5 {
		t.Error("the queries are too dull, or too often refused, to compare anything")
	}
}

// FuzzDiffer asks the queries that follow from bytes.
func FuzzDiffer(f *testing.F) {
	p, schema := newPair()
	g := generator(schema)
	for i := range 20 {
		f.Add(uint64(i), uint64(i))
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		query, variables := g.Query(rand.New(rand.NewPCG(a, b)))
		p.compare(t, query, variables)
	})
}

// TestDifferNamed asks what random queries ask rarely.
func TestDifferNamed(t *testing.T) {
	p, _ := newPair()
	for _, query := range []string{
		`{ one(seed: %d) { ... on Being { id name } id name ... on Thing { id } } being(seed: %d) { __typename id ... on Thing { self { id } } } }`,
		`mutation { change(seed: %d) { id others(n: 3) { id risky } } forget(seed: %d) { word } }`,
		`{ a: one(seed: %d) { x: __typename x: __typename others(n: 2, strict: 3) { id } } b: one(seed: %d) { others(n: 2, strict: 4) { id } argued(n: 1, strict: 3) } }`,
		`{ one(seed: %d) { ... @defer { leaves { id } } id } many(seed: %d, n: 3) { below { aside { id } below { id } aside { name } } } }`,
		`{ one(seed: %d) { below { id ...a } ...a } } fragment a on Thing { below { name grid { id value } } b: below { strictLeaves { word } } } # %d`,
		`{ __schema { types { name fields { name type { name } } } } one(seed: %d) { id } __type(name: "Thing") { name } word(seed: %d) }`,
	} {
		for seed := range 300 {
			p.compare(t, strings.ReplaceAll(query, "%d", strconv.Itoa(seed)), nil)
		}
	}
}
