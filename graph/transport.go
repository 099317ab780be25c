package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/internal/registry"
)

// conforming is a transport of the library's whose refusals are as the specification of GraphQL over HTTP wants them:
// without data, with a code each, and with the status of their media type. Answers pass as they are.
type conforming struct {
	graphql.Transport
	keeper keeper // of answers that have a name; without what belongs to one request
}

func (c conforming) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	w.Header().Add("Vary", "Accept")
	refusal := &refusalWriter{ResponseWriter: w}
	if c.keeper.keep != nil {
		k := c.keeper
		k.GraphExecutor, k.w, k.r = exec, refusal, r
		exec = &k
	}
	asked := &questioner{GraphExecutor: writing{exec, refusal}}
	c.Transport.Do(refusal, r, asked)
	switch {
	case refusal.status == 0:
	case refusal.status == http.StatusNotAcceptable: // the library's word for it
		w.Header().Set("Allow", "POST")
		Refuse(w, http.StatusMethodNotAllowed, registry.Invalid("method", "send a mutation by POST; GET is for queries"))
	case asked.stream && r.Method == http.MethodGet:
		w.Header().Set("Allow", "POST")
		Refuse(w, http.StatusMethodNotAllowed, errNoStream)
	case asked.stream:
		Refuse(w, http.StatusNotAcceptable, errNoStream)
	case asked.nothing:
		Refuse(w, http.StatusBadRequest, registry.Invalid("query", `the request holds no query; send {"query": "…", "variables": {…}}, or by GET ?query=…`))
	default:
		refusal.send()
	}
}

// questioner notes a request that asks nothing, and one that asks for a stream.
type questioner struct {
	graphql.GraphExecutor
	nothing, stream bool
}

func (q *questioner) CreateOperationContext(ctx context.Context, p *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	q.nothing = strings.TrimSpace(p.Query) == "" && p.Extensions["persistedQuery"] == nil
	op, errs := q.GraphExecutor.CreateOperationContext(ctx, p)
	q.stream = len(errs) > 0 && op.Operation != nil && op.Operation.Operation == ast.Subscription
	return op, errs
}

// refusalWriter holds refusals back. The library's transports set a status for them alone.
type refusalWriter struct {
	http.ResponseWriter
	status   int // 0 for an answer
	body     bytes.Buffer
	answered bool // past the transport, which has nothing to add
}

func (w *refusalWriter) WriteHeader(status int) { w.status = status }

func (w *refusalWriter) Write(p []byte) (int, error) {
	switch {
	case w.answered:
		return len(p), nil
	case w.status == 0:
		return w.ResponseWriter.Write(p)
	}
	return w.body.Write(p)
}

// modern is the media type whose status tells whether there is an answer; application/json is older, and its clients take
// any status but 200 for a broken server.
const modern = "application/graphql-response+json"

// send sends the refusal that was held back.
func (w *refusalWriter) send() {
	var held graphql.Response
	if err := json.Unmarshal(w.body.Bytes(), &held); err != nil {
		Refuse(w.ResponseWriter, http.StatusInternalServerError, err)
		return
	}
	status := w.status
	if status == http.StatusUnprocessableEntity { // a request that is whole, of a document that is wrong
		status = http.StatusOK
	}
	for _, e := range held.Errors {
		if e.Extensions["code"] == nil { // of parameters in an URL
			e.Extensions = map[string]any{"code": string(registry.CodeBadUserInput)}
			if field, _, found := strings.Cut(e.Message, " could not be decoded"); found {
				e.Extensions["field"] = field
			}
		}
		// Clients that persist queries give it up at any status but 200.
		if w.Header().Get("Content-Type") == modern && e.Extensions["code"] != "PERSISTED_QUERY_NOT_FOUND" {
			status = http.StatusBadRequest
		}
	}
	w.Header().Set("Content-Type", cmp.Or(w.Header().Get("Content-Type"), "application/json"))
	writeRefusal(w.ResponseWriter, status, held.Errors, held.Extensions)
}

// writeRefusal writes an answer without data: the operation wasn't carried out at all.
func writeRefusal(w http.ResponseWriter, status int, errs gqlerror.List, extensions map[string]any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Errors     gqlerror.List  `json:"errors"`
		Extensions map[string]any `json:"extensions,omitempty"`
	}{errs, extensions})
}
