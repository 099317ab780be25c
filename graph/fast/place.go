package fast

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Place is where values stand in an answer: a field of the selection, or the elements of a list. Siblings have one place,
// whatever list they are in: what follows from the selection is made once for all of them, and an element's number is
// changed from one to the next. So its context is that of the value being written, and no longer valid after.
type Place struct {
	above   *Place
	field   *Field          // nil for elements, and for the root field
	index   int             // of the element
	ctx     context.Context // nil until somebody needs it
	element *Place          // of a list
	object  *Object         // of an object, or of what is in the list
}

// context is that which gqlgen would give to the value: methods look at the selection in it, and errors find their path. It is
// nil when the field's arguments were refused, which was told as an error by then.
func (p *Place) context(w *Writer) context.Context {
	if p.ctx != nil {
		return p.ctx
	}
	if p.field == nil {
		p.ctx = graphql.WithFieldContext(p.above.context(w), &graphql.FieldContext{Index: &p.index})
		return p.ctx
	}
	above := p.above.context(w)
	fc, err := p.field.of.kind.Context(w.Exec, above, p.field.CollectedField)
	if err != nil {
		return nil // as the next sibling's will be, under its own path
	}
	p.ctx = graphql.WithFieldContext(above, fc)
	return p.ctx
}

// elements is the place of what a list holds.
func (p *Place) elements() *Place {
	if p.element == nil {
		p.element = &Place{above: p}
	}
	return p.element
}

// NotNull tells that null stands where none may: of a value that is nil.
func (w *Writer) NotNull(at *Place, declared string) bool {
	graphql.AddInvalidNullError(at.context(w), declared)
	return false
}

// NotNullText is NotNull of a value that is not nil, but whose text is null.
func (w *Writer) NotNullText(at *Place, declared string) bool {
	graphql.AddInvalidNullFromMarshaler(at.context(w), declared)
	return false
}
