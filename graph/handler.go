package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/graph/fast"
	"kantong/graph/generated"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// Options are what a handler needs beside its resolver.
type Options struct {
	Log       *slog.Logger
	RequestID func(context.Context) string // "" outside a request
	// Observe is told how each request went; nil tells nobody.
	Observe func(operation, code string, took time.Duration)
	// Keep answers queries by GET, and persisted ones, whose answers have names: by what is kept under the name, or by making it. It writes nothing
	// when it gives an error, whether of its own or of what it called. nil keeps nothing.
	Keep    func(http.ResponseWriter, *http.Request, Named) error
	Streams Streams
	Stock   bool // answers are written by gqlgen alone, to be compared with
}

// Bounds of what is kept of documents: parsed ones, and those that clients persist by hash.
const (
	cachedDocuments    = 1000
	persistedDocuments = 1000
)

// configurable is what the library's HTTP server and its bare executor have in common.
type configurable interface {
	Use(graphql.HandlerExtension)
	SetQueryCache(graphql.Cache[*ast.QueryDocument])
	SetErrorPresenter(graphql.ErrorPresenterFunc)
	SetRecoverFunc(graphql.RecoverFunc)
	SetParserTokenLimit(int)
}

func schema(r *Resolver) graphql.ExecutableSchema {
	s := generated.NewExecutableSchema(generated.Config{Resolvers: r, Complexity: complexity(),
		Directives: generated.DirectiveRoot{OneOf: OneOf, Requires: Requires}})
	mustRequire(s.Schema())
	return s
}

// written is the schema, and what writes its answers; nil for gqlgen.
func written(r *Resolver, o Options) (graphql.ExecutableSchema, *fast.Extension) {
	s := schema(r)
	if o.Stock {
		return s, nil
	}
	s, writes := generated.Fast(s)
	return s, &writes
}

// SDL is the schema as text, with every description.
func SDL() string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema(&Resolver{}).Schema())
	return b.String()
}

func configure(c configurable, writes *fast.Extension, r *Resolver, o Options) {
	c.SetQueryCache(lru.New[*ast.QueryDocument](cachedDocuments))
	c.SetParserTokenLimit(r.Limits.Tokens)
	c.SetErrorPresenter(present(o.Log, o.RequestID))
	c.SetRecoverFunc(func(_ context.Context, p any) error {
		return fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	})
	c.Use(extension.Introspection{})
	c.Use(shapeLimit{r.Limits})
	c.Use(streamed{})
	c.Use(extension.FixedComplexityLimit(r.Limits.Complexity))
	c.Use(newWitness(r, o))
	c.Use(stateNote{r.Gate})
	c.Use(errorOrder{})
	if writes != nil {
		c.Use(*writes)
	}
	if o.Observe != nil {
		c.Use(meter{o.Observe})
	}
}

// NewHandler serves GraphQL over HTTP: POST, GET for queries, streams for subscriptions, and automatic persisted queries.
func NewHandler(r *Resolver, o Options) http.Handler {
	s, writes := written(r, o)
	h := handler.New(s)
	keeps := keeper{keep: o.Keep, gate: r.Gate, witness: newWitness(r, o), observe: o.Observe}
	post := conforming{Transport: transport.POST{}, keeper: keeps}
	h.AddTransport(stream{Streams: o.Streams, gate: r.Gate, limits: r.Limits, witness: newWitness(r, o), plain: post})
	h.AddTransport(conforming{Transport: transport.GET{}, keeper: keeps})
	h.AddTransport(post)
	h.Use(extension.AutomaticPersistedQuery{Cache: lru.New[string](persistedDocuments)})
	configure(h, writes, r, o)
	return bounded(r.Limits, h)
}

// bounded reads the body up to its limit before anything else looks at it, and bounds the time from then to the answer; a
// stream bounds that of each event.
func bounded(l Limits, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
		case r.Method != http.MethodPost && r.Method != http.MethodGet:
			w.Header().Set("Allow", "GET, POST")
			Refuse(w, http.StatusMethodNotAllowed, registry.Invalid("method", "send the query by POST or GET, not %s", r.Method))
			return
		case r.Method == http.MethodPost && media != "application/json":
			Refuse(w, http.StatusUnsupportedMediaType, registry.Invalid("content-type", "send JSON with the header Content-Type: application/json"))
			return
		}
		if r.Method == http.MethodPost {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, l.BodyBytes))
			var tooLarge *http.MaxBytesError
			switch {
			case errors.As(err, &tooLarge):
				Refuse(w, http.StatusRequestEntityTooLarge, registry.Errorf(registry.CodeComplexity, "body", "the request is larger than %d bytes", l.BodyBytes))
				return
			case err != nil:
				Refuse(w, http.StatusBadRequest, registry.Invalid("body", "the request could not be read to its end"))
				return
			}
			if !json.Valid(body) { // the library would not look beyond the first object
				Refuse(w, http.StatusBadRequest, registry.Invalid("body", `the request is not JSON; send {"query": "…", "variables": {…}}`))
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		r.Header.Del("Upgrade") // some clients would like HTTP/2, and may be answered without; the library refuses them
		if (stream{}).Supports(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), l.Time)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Refuse answers a request that never reaches the executor, in the form of every other answer.
func Refuse(w http.ResponseWriter, status int, err error) {
	e := &registry.Error{Code: registry.CodeInternal, Message: "something failed on our side"}
	errors.As(err, &e)
	shown := &gqlerror.Error{Message: e.Message, Extensions: map[string]any{"code": string(e.Code)}}
	if e.Field != "" {
		shown.Extensions["field"] = e.Field
	}
	w.Header().Set("Content-Type", "application/json")
	writeRefusal(w, status, gqlerror.List{shown}, nil)
}

// Executor answers operations without a server.
type Executor struct {
	exec *executor.Executor
	gate *disclosure.Gate
}

// NewExecutor makes one.
func NewExecutor(r *Resolver, o Options) Executor {
	s, writes := written(r, o)
	e := executor.New(s)
	configure(e, writes, r, o)
	return Executor{e, r.Gate}
}

// Run answers one operation, with a citation if cite says so.
func (e Executor) Run(ctx context.Context, query string, variables map[string]any, cite bool) *graphql.Response {
	return e.run(ctx, &graphql.RawParams{Query: query, Variables: variables, Extensions: map[string]any{"kantong": map[string]any{"cite": cite}}})
}

func (e Executor) run(ctx context.Context, params *graphql.RawParams) *graphql.Response {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := e.exec.CreateOperationContext(ctx, params)
	if errs != nil {
		return e.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	}
	respond, ctx := e.exec.DispatchOperation(ctx, op)
	return respond(ctx)
}
