package graph

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kantong/internal/access"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// Streams is what a server decides about subscriptions. The zero value admits everybody.
type Streams struct {
	// Admit lets a stream be opened, until release is called, or says with which status it is refused.
	Admit func(*http.Request) (release func(), status int, err error)
	// Authenticate says anew who asks: at each event, and at each sign of life. A key may have ended since.
	Authenticate func(*http.Request) (registry.Viewer, error)
	RetryAfter   string          // seconds, for who is not admitted
	Stopping     <-chan struct{} // closed when streams are to end
	Beat         time.Duration   // between signs of life, so that no proxy takes the stream for dead; 0 is 15 s
}

const defaultBeat = 15 * time.Second

// stream serves operations over server-sent events, as GraphQL over SSE has it in its distinct connections mode. An event of
// a subscription is an operation of its own, carried out when what is published has changed: so it has the moment, the
// limits, the metrics and the extensions of any other. The library's transport would hold all events to the moment of
// the first, and goes on to write signs of life after the request has ended.
type stream struct {
	Streams
	gate    *disclosure.Gate
	limits  Limits
	witness witness
	plain   graphql.Transport // for what is no subscription, and may be answered at once
}

// eventKey is for the state that an event of a subscription tells of; "" while it is being opened, and ended when it ends.
type eventKey struct{}

const ended = "ended"

func (s stream) Supports(r *http.Request) bool {
	return r.Method == http.MethodPost && acceptsStream(r)
}

func (s stream) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	body, err := io.ReadAll(r.Body) // it is in memory already: see bounded
	if err != nil {
		Refuse(w, http.StatusBadRequest, registry.Invalid("body", "the request could not be read to its end"))
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	var params graphql.RawParams
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if d.Decode(&params) != nil {
		s.once(w, r, exec)
		return
	}
	params.Headers = r.Header
	opening := context.WithValue(r.Context(), eventKey{}, "")
	op, errs := exec.CreateOperationContext(opening, &params)
	if errs != nil || op.Operation.Operation != ast.Subscription {
		if accepts(r, "application/json", modern, "application/*", "*/*") { // many clients take both, always
			s.once(w, r, exec)
			return
		}
	}
	opening = graphql.WithOperationContext(opening, op)
	if errs != nil {
		start(w)
		send(w, exec.DispatchError(opening, errs))
		complete(w)
		return
	}
	if op.Operation.Operation != ast.Subscription {
		response := s.carryOut(r.Context(), exec, params)
		start(w)
		send(w, response)
		complete(w)
		return
	}
	if s.Admit != nil {
		release, status, err := s.Admit(r)
		if err != nil {
			w.Header().Set("Retry-After", s.RetryAfter)
			Refuse(w, status, err)
			return
		}
		defer release()
	}
	if err := s.witness.shown(opening, access.ViewerOf(opening), nil); err != nil {
		Refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	s.follow(w, r, exec, params)
}

// once answers without a stream.
func (s stream) once(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Time)
	defer cancel()
	s.plain.Do(w, r.WithContext(ctx), exec)
}

// follow sends an event for each change of what is published, until the client leaves, its key ends or the server stops.
// While an event is written others may come; only the newest of each edition is sent then.
func (s stream) follow(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params graphql.RawParams) {
	moment := s.gate.Now() // before the client knows that it is open, so that it misses nothing from then on
	if start(w) != nil {
		return
	}
	beat := s.Beat
	if beat == 0 {
		beat = defaultBeat
	}
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-s.Stopping:
			complete(w)
			return
		case <-alive.C:
			// The ledger may be away for a moment: what is published is shown only to whom it knows, but silence tells nothing.
			if _, err := s.authenticate(r); registry.CodeOf(err) == registry.CodeUnauthenticated {
				s.end(w, r, exec, err)
				return
			}
			if write(w, ":\n\n") != nil {
				return
			}
		case <-moment.Over():
			former := moment
			moment = s.gate.Now()
			for _, state := range moment.Since(former) {
				viewer, err := s.authenticate(r)
				if err != nil {
					s.end(w, r, exec, err)
					return
				}
				ctx := context.WithValue(access.WithViewer(r.Context(), viewer), momentKey{}, moment)
				if response := s.carryOut(context.WithValue(ctx, eventKey{}, state), exec, params); response == nil || send(w, response) != nil {
					return
				}
			}
		}
	}
}

func (s stream) authenticate(r *http.Request) (registry.Viewer, error) {
	if s.Authenticate == nil {
		return access.ViewerOf(r.Context()), nil
	}
	return s.Authenticate(r)
}

// end says why a stream ends.
func (s stream) end(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, err error) {
	ctx := context.WithValue(r.Context(), eventKey{}, ended)
	if send(w, exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(err)})) == nil {
		complete(w)
	}
}

// carryOut answers an operation, or one event of a subscription, within the time that an answer has; nil when the client has
// left meanwhile.
func (s stream) carryOut(ctx context.Context, exec graphql.GraphExecutor, params graphql.RawParams) *graphql.Response {
	whole := ctx
	ctx, cancel := context.WithTimeout(graphql.StartOperationTrace(ctx), s.limits.Time)
	defer cancel()
	op, errs := exec.CreateOperationContext(ctx, &params)
	if errs != nil {
		return exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	if op.Operation.Operation == ast.Subscription { // the library forgets below which field an event is, and errors would lie beside it
		field := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})[0]
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Subscription", Field: field})
	}
	response := responses(ctx)
	if response == nil && whole.Err() == nil { // it took too long
		return exec.DispatchError(graphql.WithOperationContext(whole, op), gqlerror.List{gqlerror.WrapIfUnwrapped(context.DeadlineExceeded)})
	}
	return response
}
