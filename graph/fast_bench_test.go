package graph_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"kantong/graph"
	"kantong/graph/fast"
	"kantong/internal/access"
	"kantong/internal/registry"
)

// answers are what the cost of GraphQL is measured on.
var answers = []struct{ name, query string }{
	{"100-rows-with-programmes", `{ households(first: 100) { edges { node { id location decile enrolments { program { code } } } } } }`},
	{"200-rows-all-fields", `{ households(first: 200) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor distanceMeters node { id rw rt location members headSex headAge decile expenditurePerCapitaRupiah deprivations unknownDeprivations
		area { code name } enrolments { status since until persons rupiah decree program { code } } dwelling { tenure floor wall roof water lighting fuel sanitation powerVA floorAreaM2 } composition { kind people } } } } }`},
	{"summary-of-every-area", `{ areas(first: 100) { edges { node { code name summary { households { value status } people { value status } geocoded { value status } deciles { decile households { value status } people { value status } }
		deprivations { deprivation pillar households { value status } known { value status } rate { value status } } programs { program { code } households { value status } } composition { kind people { value status } households { value status } } } } } } }`},
}

// BenchmarkAnswer carries out queries without HTTP: as the program does ("fast"), as gqlgen alone does ("stock"), and, to
// compare with, encodes the same values by encoding/json. The engine hands out what it answered before: what is left is
// execution and encoding.
func BenchmarkAnswer(b *testing.B) {
	f := newFixture(b)
	ctx := access.WithViewer(b.Context(), registry.Viewer{Role: registry.RolePlanner, Purpose: "a benchmark"})
	for _, a := range answers {
		var data []byte
		f.kept.Store(new(sync.Map))
		for _, way := range []string{"fast", "stock"} {
			o := quiet()
			o.Stock = way == "stock"
			e := graph.NewExecutor(f.resolver, o)
			b.Run(a.name+"/"+way, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					response := e.Run(ctx, a.query, nil, false)
					if len(response.Errors) > 0 {
						b.Fatal(response.Errors)
					}
					if data == nil {
						data = slices.Clone(response.Data)
					}
					fast.Release(response.Data) // as the server does
				}
			})
		}
		b.Run(a.name+"/encoding-json", func(b *testing.B) {
			values := valuesOf(b, data)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(values); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// valuesOf gives the values of an answer as structs of Go, made to fit it: what a server without GraphQL would encode.
func valuesOf(t testing.TB, data []byte) any {
	t.Helper()
	var v any
	unmarshal(t, data, &v)
	out := reflect.New(typeOf(v)).Interface()
	unmarshal(t, data, out)
	return out
}

func typeOf(values ...any) reflect.Type {
	var known any
	members, elements := map[string][]any{}, []any{}
	for _, v := range values {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				members[name] = append(members[name], member)
			}
		case []any:
			elements = append(elements, v...)
		}
		if v != nil {
			known = v
		}
	}
	switch known.(type) {
	case map[string]any:
		var fields []reflect.StructField
		for _, name := range slices.Sorted(maps.Keys(members)) {
			fields = append(fields, reflect.StructField{Name: strings.ToUpper(name[:1]) + name[1:], Type: typeOf(members[name]...), Tag: reflect.StructTag(`json:"` + name + `"`)})
		}
		return reflect.PointerTo(reflect.StructOf(fields))
	case []any:
		return reflect.SliceOf(typeOf(elements...))
	case nil:
		return reflect.TypeFor[any]()
	}
	return reflect.PointerTo(reflect.TypeOf(known))
}
