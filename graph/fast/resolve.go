package fast

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Method calls the method behind a field; fc has the arguments.
type Method[O, T any] func(ctx context.Context, fc *graphql.FieldContext, obj O) (T, error)

// Resolve gives the value of a field whose method takes a context or arguments, or may fail. Without one, the error was told.
func Resolve[O, T any](w *Writer, f *Field, obj O, call Method[O, T]) (value T, ok bool) {
	if a := f.ahead; a != nil {
		f.ahead = nil
		value, ok = a.value.(T)
		if a.err != nil {
			w.Op.Error(f.ctx, a.err)
			return value, false
		}
		return value, ok || !a.refused // no value of an interface is a value, too
	}
	ctx := f.context(w)
	if ctx == nil {
		return value, false
	}
	value, err := call(ctx, graphql.GetFieldContext(ctx), obj)
	if err != nil {
		w.Op.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
		return value, false
	}
	return value, true
}

// ahead is what a method gave before its field is written.
type ahead struct {
	value   any
	err     error
	refused bool // its arguments were
}

// AskTogether tells of the first object of a place, when several of its fields may ask the engine, that they are to do so at
// the same time, as they would in gqlgen. One call serves a level: its siblings find what was asked, and wait for nobody.
func (p *Progress) AskTogether() bool {
	together := p.object.asking > 1
	p.object.asking = 0
	return together
}

// Asking are the fields that may ask.
func (p *Progress) Asking(yield func(*Field) bool) {
	for i := range p.object.fields {
		if f := &p.object.fields[i]; f.asks && !yield(f) {
			return
		}
	}
}

// Ahead calls the method behind a field; its value is then kept for Resolve.
func Ahead[O, T any](w *Writer, done *sync.WaitGroup, f *Field, obj O, call Method[O, T]) {
	f.ahead = &ahead{}
	ctx := f.context(w)
	if ctx == nil {
		f.ahead.refused = true
		return
	}
	done.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				f.ahead.err = w.Op.Recover(ctx, r)
			}
		}()
		value, err := call(ctx, graphql.GetFieldContext(ctx), obj)
		if err != nil {
			f.ahead.err = graphql.AddFieldLocationToError(ctx, err)
		}
		f.ahead.value = value
	})
}

// Stock has gqlgen resolve and marshal a field: one with a directive or a resolver of its own, or of an interface.
func (w *Writer) Stock(f *Field, resolve func(context.Context, graphql.CollectedField) graphql.Marshaler) bool {
	m := resolve(f.above.context(w), f.CollectedField)
	return w.Marshal(m)
}

// Marshal writes what a marshaler writes.
func (w *Writer) Marshal(m graphql.Marshaler) bool {
	if m == graphql.Null || m == graphql.RequiredNull {
		return false
	}
	m.MarshalGQL(w)
	return true
}
