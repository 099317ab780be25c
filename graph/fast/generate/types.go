package main

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// writable tells whether values of a type can be written here. Interfaces, unions and what needs a context to be written can't.
func (p *plugin) writable(ref *config.TypeReference) bool {
	switch {
	case ref.IsPtrToSlice(), ref.IsPtrToIntf(), ref.IsPtrToPtr(), ref.IsContext, ref.HasEnumValues(), ref.IsOmittable:
		return false
	case ref.IsSlice():
		return p.writable(ref.Elem())
	case ref.Definition.Kind == ast.Object:
		o := p.objectOf(ref)
		_, named := o.Type.(*types.Named)
		return named && !types.IsInterface(o.Type) && !ref.IsMarshaler && ref.Marshaler == nil
	case ref.Definition.Kind == ast.Scalar, ref.Definition.Kind == ast.Enum:
		return ref.IsMarshaler || ref.Marshaler != nil
	}
	return false
}

// call is the text that writes v, which can be addressed.
func (p *plugin) call(ref *config.TypeReference, at, v string) string {
	if p.isStruct(ref) {
		v = "&" + v
	}
	return fmt.Sprintf("%s(w, %s, %s)", p.writer(ref), at, v)
}

// isStruct tells whether a value is an object itself, which is handed on by its address.
func (p *plugin) isStruct(ref *config.TypeReference) bool {
	return ref.Definition.Kind == ast.Object && !ref.IsSlice() && !ref.IsNilable()
}

// writer names the function that writes values of a type, and makes it.
func (p *plugin) writer(ref *config.TypeReference) string {
	name := strings.Replace(ref.MarshalFunc(), "marshal", "write", 1)
	if p.writers[name] {
		return name
	}
	p.writers[name] = true
	param := p.typeName(ref.GO)
	if p.isStruct(ref) {
		param = "*" + param
	}
	var b strings.Builder
	fmt.Fprintf(&b, "func %s(w *fast.Writer, at *fast.Place, v %s) bool {\n", name, param)
	none := "return false\n"
	if ref.GQL.NonNull {
		none = fmt.Sprintf("return w.NotNull(at, %q)\n", ref.GQL.String())
	}
	switch {
	case ref.IsSlice():
		if !ref.GQL.NonNull {
			b.WriteString("if v == nil {\nreturn false\n}\n")
		}
		p.list(&b, ref)
	case ref.IsNilable():
		fmt.Fprintf(&b, "if v == nil {\n%s}\n", none)
		fallthrough
	default:
		p.single(&b, ref)
	}
	b.WriteString("}\n\n")
	p.parts[name] = b.String()
	return name
}

func (p *plugin) list(b *strings.Builder, ref *config.TypeReference) {
	elem, function := ref.Elem(), "List"
	if ref.IsScalar() {
		function = "Scalars"
	}
	write := p.writer(elem)
	if !p.isStruct(elem) {
		write = fmt.Sprintf("func(w *fast.Writer, at *fast.Place, v *%s) bool { return %s(w, at, *v) }", p.typeName(elem.GO), write)
	}
	fmt.Fprintf(b, "return fast.%s(w, at, v, %v, %s)\n", function, elem.GQL.NonNull, write)
}

// single writes what is no list, and not nil.
func (p *plugin) single(b *strings.Builder, ref *config.TypeReference) {
	switch {
	case ref.Definition.Kind == ast.Object:
		fmt.Fprintf(b, "return %s(w, at, v)\n", p.object(p.objectOf(ref)))
		return
	case ref.IsMarshaler:
		b.WriteString("return w.Marshal(v)\n")
		return
	}
	v := "v"
	if ref.IsTargetNilable() && !ref.IsNilable() {
		v = "&v"
	} else if !ref.IsTargetNilable() && ref.IsNilable() {
		v = "*v"
	}
	if ref.CastType != nil {
		v = fmt.Sprintf("%s(%s)", p.typeName(ref.CastType), v)
	}
	none := "return false"
	if ref.GQL.NonNull {
		none = fmt.Sprintf("return w.NotNullText(at, %q)", ref.GQL.String())
	}
	if add := p.appender(ref.Marshaler); add != "" {
		fmt.Fprintf(b, "b := %s(w.B, %s)\nif b == nil {\n%s\n}\nw.B = b\nreturn true\n", add, v, none)
		return
	}
	p.imports[ref.Marshaler.Pkg().Path()] = true
	fmt.Fprintf(b, "if !w.Marshal(%s.%s(%s)) {\n%s\n}\nreturn true\n", ref.Marshaler.Pkg().Name(), ref.Marshaler.Name(), v, none)
}

// appendPackage has functions that write as gqlgen's own marshalers do.
const appendPackage = "kantong/graph/scalar"

// appender names the function that appends a text where a marshaler would make one: AppendX beside MarshalX. Those of gqlgen's
// scalars are with those of the project.
func (p *plugin) appender(marshaler *types.Func) string {
	pkg, name := marshaler.Pkg(), strings.Replace(marshaler.Name(), "Marshal", "Append", 1)
	if pkg.Path() == "github.com/99designs/gqlgen/graphql" {
		switch name {
		case "AppendString", "AppendID", "AppendInt", "AppendBoolean":
			p.imports[appendPackage] = true
			return "scalar." + name
		}
		return ""
	}
	if pkg.Scope().Lookup(name) == nil {
		return ""
	}
	p.imports[pkg.Path()] = true
	return pkg.Name() + "." + name
}
