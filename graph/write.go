package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"kantong/graph/fast"
)

// writing is an executor that writes answers itself, as the library would: at once, of a known length, and without reading their
// data again, which the library's encoder does.
type writing struct {
	graphql.GraphExecutor
	w *refusalWriter
}

func (x writing) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := x.GraphExecutor.DispatchOperation(ctx, op)
	response := responses(ctx)
	if response == nil {
		return graphql.OneShot(nil), ctx
	}
	b, err := appendResponse(fast.Buffer(), response)
	if err != nil { // the library knows what to do
		return graphql.OneShot(response), ctx
	}
	fast.Release(response.Data)
	x.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = x.w.ResponseWriter.Write(b)
	x.w.answered = true
	fast.Release(b)
	return graphql.OneShot(nil), ctx
}

// appendResponse appends a whole answer as encoding/json writes it.
func appendResponse(b []byte, r *graphql.Response) ([]byte, error) {
	if r.Label != "" || r.Path != nil || r.HasNext != nil || r.Data == nil {
		text, err := json.Marshal(r)
		return append(b, text...), err
	}
	b = append(b, '{')
	if len(r.Errors) > 0 {
		text, err := json.Marshal(r.Errors)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, `"errors":`...), text...), ',')
	}
	b = appendEscaped(append(b, `"data":`...), r.Data)
	if len(r.Extensions) > 0 {
		text, err := json.Marshal(r.Extensions)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"extensions":`...), text...)
	}
	return append(b, '}'), nil
}

// html are the characters that encoding/json escapes, so that JSON may stand in a page. Hardly an answer has any of them.
var html = [][]byte{[]byte("<"), []byte(">"), []byte("&"), []byte("\u2028"), []byte("\u2029")}

func appendEscaped(b, data []byte) []byte {
	for _, c := range html {
		if bytes.Contains(data, c) {
			escaped := bytes.NewBuffer(b)
			json.HTMLEscape(escaped, data)
			return escaped.Bytes()
		}
	}
	return append(b, data...)
}
