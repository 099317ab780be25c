package querygen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

func (q *query) argumentsOf(d *ast.Definition, f *ast.FieldDefinition) string {
	var given []string
	for _, a := range f.Arguments {
		if !a.Type.NonNull && q.r.IntN(2) == 0 {
			continue
		}
		if v := q.value(d.Name+"."+f.Name, a.Name, a.Type, 0); v != "" {
			given = append(given, a.Name+": "+v)
		}
	}
	if len(given) == 0 {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

// value writes a value of a type; "" where it has none to give.
func (q *query) value(field, name string, t *ast.Type, depth int) string {
	if q.Value != nil {
		if v := q.Value(q.r, field, name, t); v != "" {
			return v
		}
	}
	if t.Elem != nil {
		var list []string
		for range q.r.IntN(3) {
			if v := q.value(field, name, t.Elem, depth); v != "" {
				list = append(list, v)
			}
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	switch d := q.Schema.Types[t.Name()]; d.Kind {
	case ast.Enum:
		return d.EnumValues[q.r.IntN(len(d.EnumValues))].Name
	case ast.InputObject:
		return q.object(field, d, depth)
	}
	switch t.Name() {
	case "Int":
		return strconv.Itoa(q.r.IntN(12))
	case "Float":
		return strconv.FormatFloat(q.r.Float64()*4, 'g', 3, 64)
	case "Boolean":
		return strconv.FormatBool(q.r.IntN(2) == 0)
	case "ID", "String":
		return fmt.Sprintf("%q", string(rune('a'+q.r.IntN(26))))
	}
	return ""
}

func (q *query) object(field string, d *ast.Definition, depth int) string {
	var members []string
	single := d.Directives.ForName("oneOf") != nil
	for _, i := range q.r.Perm(len(d.Fields)) {
		m := d.Fields[i]
		if !m.Type.NonNull && !single && (depth > 1 || q.r.IntN(5) > 0) || single && len(members) == 1 {
			continue
		}
		if v := q.value(field, m.Name, m.Type, depth+1); v != "" {
			members = append(members, m.Name+": "+v)
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}
