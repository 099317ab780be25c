package fast

import (
	"context"
	"io"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Query tells whether an operation is a query whose answer comes in one.
func Query(op *graphql.OperationContext) bool {
	return op.Operation.Operation == ast.Query && !defers(op)
}

// Once answers an operation once, in a buffer that may be released. gqlgen's index of input types is not in the context of its
// resolvers: it is for resolvers that read input objects themselves, and there are none.
func Once(resolve func(context.Context) graphql.Marshaler) graphql.ResponseHandler {
	answered := false
	return func(ctx context.Context) *graphql.Response {
		if answered {
			return nil
		}
		answered = true
		w := &Writer{B: Buffer()}
		resolve(ctx).MarshalGQL(w)
		return &graphql.Response{Data: w.B}
	}
}

// text is an answer to a root field that is written.
type text struct{ b []byte }

// MarshalGQL is called once: the buffer may then serve another answer.
func (t text) MarshalGQL(w io.Writer) {
	_, _ = w.Write(t.b)
	Release(t.b)
}

// Buffers begin at a size that most answers fit in; the few that are very large are not kept.
const (
	newBuffer  = 16 << 10
	keptBuffer = 1 << 20
)

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, newBuffer); return &b }}

// Buffer gives an empty buffer.
func Buffer() []byte { return (*buffers.Get().(*[]byte))[:0] }

// Release lets a buffer, like the data of an answer, serve another one. Nobody may look into it any more.
func Release(b []byte) {
	if newBuffer <= cap(b) && cap(b) <= keptBuffer {
		buffers.Put(&b)
	}
}
