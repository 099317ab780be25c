package graph

import (
	"encoding/json"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// TestResponsesAreWrittenAsByTheEncoder compares with encoding/json, which the library uses.
func TestResponsesAreWrittenAsByTheEncoder(t *testing.T) {
	more := true
	refused := gqlerror.List{{Message: "no <b>", Path: ast.Path{ast.PathName("a"), ast.PathIndex(1)}, Extensions: map[string]any{"code": "X"}}}
	for _, r := range []graphql.Response{
		{Data: json.RawMessage(`{"a":1}`)},
		{Data: json.RawMessage(`null`), Errors: refused},
		{Errors: refused},
		{Data: json.RawMessage("{\"a\":\"<b> & </b> \u2028 \u2029 é\"}"), Extensions: map[string]any{"kantong": sourceNote{Notes: []fieldNote{{Notes: []string{"<"}}}}}},
		{Data: json.RawMessage("{\"a\":\"\u2029\"}"), Errors: refused, Extensions: map[string]any{"b": 1, "a": 2}},
		{Data: json.RawMessage(`{"a":2}`), Label: "part", Path: ast.Path{ast.PathName("a")}, HasNext: &more},
		{},
	} {
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendResponse([]byte("before"), &r)
		if err != nil || string(got) != "before"+string(want) {
			t.Errorf("%s, %v; encoding/json writes %s", got, err, want)
		}
	}
	if _, err := appendResponse(nil, &graphql.Response{Data: json.RawMessage("1"), Extensions: map[string]any{"a": func() {}}}); err == nil {
		t.Error("what can't be written was")
	}
}
