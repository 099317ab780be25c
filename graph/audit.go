package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/internal/access"
	"kantong/internal/audit"
	"kantong/internal/registry"
)

// witness writes what was asked with a key into the audit log, before the answer leaves: an answer that can't be logged
// is not given. Questions without a key are not logged: there is nobody to name.
type witness struct {
	log       *audit.Log
	present   graphql.ErrorPresenterFunc
	requestID func(context.Context) string
}

func newWitness(r *Resolver, o Options) witness {
	return witness{r.Audit, present(o.Log, o.RequestID), o.RequestID}
}

func (witness) ExtensionName() string                   { return "Audit" }
func (witness) Validate(graphql.ExecutableSchema) error { return nil }

func (w witness) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	viewer := access.ViewerOf(ctx)
	if state, _ := ctx.Value(eventKey{}).(string); response == nil || !w.watches(viewer) || state != "" { // a stream is logged when it is opened
		return response
	}
	if err := w.write(ctx, w.entry(ctx, viewer, response)); err != nil {
		return &graphql.Response{Errors: gqlerror.List{w.present(ctx, err)}}
	}
	return response
}

// shown logs an answer of some states that was made before, and is shown again.
func (w witness) shown(ctx context.Context, viewer registry.Viewer, states []string) error {
	if !w.watches(viewer) {
		return nil
	}
	e := w.entry(ctx, viewer, &graphql.Response{})
	e.States = states
	return w.write(ctx, e)
}

func (w witness) watches(viewer registry.Viewer) bool {
	return w.log != nil && viewer.Role != registry.RolePublic
}

func (w witness) write(ctx context.Context, e registry.AuditEntry) error {
	if err := w.log.Write(context.WithoutCancel(ctx), e); err != nil {
		return registry.Errorf(registry.CodeUnavailable, "", "the audit log can't be written, and nothing is answered without it: %w", err)
	}
	return nil
}

// entry tells of a request; of one that was refused before it was carried out, less is known.
func (w witness) entry(ctx context.Context, viewer registry.Viewer, response *graphql.Response) registry.AuditEntry {
	e := registry.AuditEntry{At: time.Now(), KeyID: viewer.KeyID, Role: viewer.Role, Organisation: viewer.Organisation,
		Purpose: strings.TrimSpace(viewer.Purpose), Action: string(ast.Query), RequestID: w.requestID(ctx)}
	if graphql.HasOperationContext(ctx) {
		op := graphql.GetOperationContext(ctx)
		sum := sha256.Sum256([]byte(op.RawQuery))
		e.SHA256 = hex.EncodeToString(sum[:])
		if op.Operation != nil {
			e.Action, e.Operation = string(op.Operation.Operation), op.Operation.Name
			e.Fields = rootFields(op)
		}
	}
	if o, ok := ctx.Value(operationKey{}).(*operation); ok {
		e.States, e.Rows = o.states(), o.viewer.Shown.Count()
	}
	if len(response.Errors) > 0 {
		code, _ := response.Errors[0].Extensions["code"].(string)
		e.Outcome = registry.Code(code)
	}
	return e
}

// rootFields names the fields of the operation's first level, each once.
func rootFields(op *graphql.OperationContext) (names []string) {
	root := map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"}[op.Operation.Operation]
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{root}) {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// states names what was answered from, and what was changed.
func (o *operation) states() (list []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, v := range o.views {
		if v != nil && !slices.Contains(list, v.State.ID()) {
			list = append(list, v.State.ID())
		}
	}
	slices.Sort(list)
	return append(list, o.worked...)
}
