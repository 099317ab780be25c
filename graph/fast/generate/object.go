package main

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
)

// object names the function that writes objects of a type, and has it made.
func (p *plugin) object(o *codegen.Object) string {
	if !p.objects[o.Name] {
		p.objects[o.Name] = true
		p.waiting = append(p.waiting, func() { p.parts["object "+o.Name] = p.makeObject(o) })
	}
	return "object" + o.Name
}

// way is how a field gets its value.
type way int

const (
	plain  way = iota // a field of the struct, or a method without a context, arguments or an error
	method            // a method with one of these
	stock             // as gqlgen does it
)

func (p *plugin) wayOf(f *codegen.Field) way {
	switch {
	case slices.ContainsFunc(f.Args, func(a *codegen.FieldArgument) bool { return types.IsInterface(a.TypeReference.GO) }), // nil has no type to be asserted
		f.IsResolver, f.IsMap(), f.HasHaser, f.VOkFunc, f.IsBatch(), f.HasDirectives(), !p.writable(f.TypeReference):
		return stock
	case f.IsMethod() && (f.MethodHasContext || len(f.Args) > 0 || !f.NoErr):
		return method
	}
	return plain
}

func (p *plugin) makeObject(o *codegen.Object) string {
	obj := p.typeName(o.Reference())
	var b, fields, cases, together strings.Builder
	asking := 0
	for i, f := range o.Fields {
		way := p.wayOf(f)
		asks := way == method && f.MethodHasContext
		fmt.Fprintf(&fields, "{Name: %q, NonNull: %v, Asks: %v, Plain: %v},\n", f.Name, f.TypeReference.GQL.NonNull, asks, way == plain)
		fmt.Fprintf(&cases, "case %d: // %s\n", i, f.Name)
		name := fmt.Sprintf("method%s_%s", o.Name, f.Name)
		switch way {
		case stock:
			p.begin(f)
			fmt.Fprintf(&cases, "value = w.Stock(f, func(ctx context.Context, field graphql.CollectedField) graphql.Marshaler {\nreturn w.Exec.(*executionContext)._%s_%s(ctx, field, obj)\n})\n", o.Name, f.Name)
		case method:
			fmt.Fprintf(&cases, "if v, ok := fast.Resolve(w, f, obj, %s); ok {\nvalue = %s\n}\n", name, p.call(f.TypeReference, "&f.Place", "v"))
			p.makeMethod(&b, name, f)
		case plain:
			p.plain(&cases, f)
		}
		if asks {
			asking++
			fmt.Fprintf(&together, "case %d:\nfast.Ahead(w, &done, f, obj, %s)\n", i, name)
		}
	}
	fmt.Fprintf(&b, "var type%s = fast.Type{\nName: %q,\nSatisfies: %sImplementors,\nFields: []fast.FieldType{\n%s},\n", o.Name, o.Name, lowerFirst(o.Name), fields.String())
	fmt.Fprintf(&b, "Context: func(exec any, ctx context.Context, f graphql.CollectedField) (*graphql.FieldContext, error) {\nreturn exec.(*executionContext).childFields_%s(ctx, f)\n},\n}\n\n", o.Name)
	fmt.Fprintf(&b, "func object%s(w *fast.Writer, at *fast.Place, obj %s) bool {\np := w.Begin(at, &type%s)\n", o.Name, obj, o.Name)
	if asking > 1 {
		p.imports["sync"] = true
		fmt.Fprintf(&b, "if p.AskTogether() {\nvar done sync.WaitGroup\nfor f := range p.Asking {\nswitch f.Index {\n%s}\n}\ndone.Wait()\n}\n", together.String())
	}
	fmt.Fprintf(&b, "for p.More() {\nfieldsOf%s(w, &p, obj)\n}\nreturn p.End()\n}\n\n", o.Name)
	fmt.Fprintf(&b, "func fieldsOf%s(w *fast.Writer, p *fast.Progress, obj %s) {\ndefer p.Rescue()\nfor p.More() {\nf, value := p.Next(), false\nswitch f.Index {\n", o.Name, obj)
	fmt.Fprintf(&b, "case fast.Typename:\nw.B = append(w.B, `%q`...)\nvalue = true\n%s}\np.Done(value)\n}\n}\n\n", o.Name, cases.String())
	return b.String()
}

func (p *plugin) plain(b *strings.Builder, f *codegen.Field) {
	value := f.GoReceiverName + "." + f.GoFieldName
	if f.IsMethod() {
		value += "()"
		if p.isStruct(f.TypeReference) { // the value of a call has no address
			fmt.Fprintf(b, "v := %s\n", value)
			value = "v"
		}
	}
	fmt.Fprintf(b, "value = %s\n", p.call(f.TypeReference, "&f.Place", value))
}

// makeMethod writes the function that calls the method behind a field.
func (p *plugin) makeMethod(b *strings.Builder, name string, f *codegen.Field) {
	var args []string
	ctx, fc, nothing := "_", "_", ", nil"
	if f.MethodHasContext {
		ctx = "ctx"
		args = append(args, ctx)
	}
	for _, a := range f.Args {
		fc = "fc"
		t := p.typeName(a.TypeReference.GO)
		args = append(args, fmt.Sprintf("fc.Args[%q].(%s)", a.Name, t))
	}
	if !f.NoErr {
		nothing = ""
	}
	fmt.Fprintf(b, "func %s(%s context.Context, %s *graphql.FieldContext, obj %s) (%s, error) {\nreturn obj.%s(%s)%s\n}\n\n",
		name, ctx, fc, p.typeName(f.Object.Reference()), p.typeName(f.TypeReference.GO), f.GoFieldName, strings.Join(args, ", "), nothing)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
