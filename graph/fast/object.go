package fast

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Type is what is known of an object type when code is generated.
type Type struct {
	Name      string
	Satisfies []string // itself and its interfaces
	Fields    []FieldType
	// Context is gqlgen's function for the context of a field, arguments included.
	Context func(exec any, ctx context.Context, f graphql.CollectedField) (*graphql.FieldContext, error)
}

// FieldType is a field of a type. Generated code knows it by its index.
type FieldType struct {
	Name    string
	NonNull bool
	Asks    bool // its method takes a context: it may ask the engine
	Plain   bool // a field of the struct, or a method that needs nothing and can't fail
}

// Typename is the index of __typename.
const Typename = -1

// Object is a selection of a type's fields, collected once for all objects of a place.
type Object struct {
	kind   *Type
	fields []Field
	asking int // how many fields of the first object may ask at the same time; 0 once they did
}

// Field is a field of the selection.
type Field struct {
	graphql.CollectedField
	Place
	Index    int
	nonNull  bool
	asks     bool
	repeated bool // the answer has a field of this name by now, and the first counts
	of       *Object
	key      []byte // with what stands before it
	ahead    *ahead
}

func (w *Writer) objectAt(at *Place, t *Type) *Object {
	if at.object != nil {
		return at.object
	}
	holder := at
	for holder.field == nil && holder.above != nil {
		holder = holder.above
	}
	selected := w.selections
	if holder.field != nil {
		selected = holder.field.Selections
	}
	collected := graphql.CollectFields(w.Op, selected, t.Satisfies)
	o := &Object{kind: t, fields: make([]Field, len(collected))}
	var keys []byte
	for i, c := range collected {
		f := &o.fields[i]
		*f = Field{CollectedField: c, Index: t.indexOf(c.Name), of: o, Place: Place{above: at}, nonNull: true}
		f.field = f
		if f.Index != Typename {
			f.nonNull, f.asks = t.Fields[f.Index].NonNull, t.Fields[f.Index].Asks
		}
		if f.asks {
			o.asking++
		}
		for _, before := range o.fields[:i] {
			f.repeated = f.repeated || before.Alias == f.Alias
		}
		from := len(keys)
		if i > 0 {
			keys = append(keys, ',')
		}
		keys = append(append(append(keys, '"'), c.Alias...), `":`...)
		f.key = keys[from:len(keys):len(keys)]
	}
	at.object = o
	return o
}

func (t *Type) indexOf(name string) int {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return i
		}
	}
	return Typename // validation knows no other
}

// Progress is how far an object is written. It goes on after a field that panicked.
type Progress struct {
	w       *Writer
	object  *Object
	start   int // of the object in the text
	mark    int // where the field's value begins
	next    int
	invalid bool
}

// Begin begins an object of a type.
func (w *Writer) Begin(at *Place, t *Type) Progress {
	p := Progress{w: w, object: w.objectAt(at, t), start: len(w.B)}
	w.B = append(w.B, '{')
	return p
}

// More tells whether fields are left.
func (p *Progress) More() bool { return p.next < len(p.object.fields) }

// Next begins the next field.
func (p *Progress) Next() *Field {
	f := &p.object.fields[p.next]
	p.next++
	p.w.B = append(p.w.B, f.key...)
	p.mark = len(p.w.B)
	return f
}

// Done ends the field: without a value it is null, and where it may not be, its object is.
func (p *Progress) Done(value bool) {
	f := &p.object.fields[p.next-1]
	switch {
	case f.repeated:
		p.w.B = p.w.B[:p.mark-len(f.key)]
	case !value:
		p.w.B = append(p.w.B[:p.mark], "null"...)
	}
	p.invalid = p.invalid || !value && f.nonNull
}

// Rescue, deferred, makes an error of a panic, and null of the field that it came from.
func (p *Progress) Rescue() {
	if r := recover(); r != nil {
		p.w.rescue(&p.object.fields[p.next-1].Place, r)
		p.Done(false)
	}
}

// End ends the object. It is none when a field that must have a value has none.
func (p *Progress) End() bool {
	if p.invalid {
		p.w.B = p.w.B[:p.start]
		return false
	}
	p.w.B = append(p.w.B, '}')
	return true
}
