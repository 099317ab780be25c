package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// TestEveryRootIsDecided: whoever adds a root field says whether its answer has a name. Until then it has none.
func TestEveryRootIsDecided(t *testing.T) {
	s := schema(&Resolver{}).Schema()
	known := map[string]bool{"__typename": true}
	for _, f := range s.Query.Fields {
		known[f.Name] = true
		named, decided := namedRoots[f.Name]
		if !decided {
			t.Errorf("%s is not decided: does its answer follow from what is published, the role and the question? See namedRoots", f.Name)
		}
		if required := f.Directives.ForName("requires"); named && required != nil && required.Arguments.ForName("role").Value.Raw != "PUBLIC" {
			t.Errorf("%s is for %s, and kept", f.Name, required.Arguments.ForName("role").Value.Raw)
		}
		if named && passing(f.Name) && f.Name != "editions" { // a list of editions is no lasting figure, but follows from the moment
			t.Errorf("%s can't be cited since it changes by itself, and is kept", f.Name)
		}
	}
	for name := range namedRoots {
		if !known[name] {
			t.Errorf("%s is decided and not in the schema", name)
		}
	}
}

// TestRowTypes: every type that can be a household, and every list that leads to one, is among those that show rows.
func TestRowTypes(t *testing.T) {
	s := schema(&Resolver{}).Schema()
	for _, d := range s.Types {
		switch {
		case d.Kind == ast.Interface || d.Kind == ast.Union:
			if rows := slices.ContainsFunc(s.GetPossibleTypes(d), func(p *ast.Definition) bool { return p.Name == "Household" }); rows != rowTypes[d.Name] {
				t.Errorf("%s can be a household: %v, shows rows: %v", d.Name, rows, rowTypes[d.Name])
			}
		case d.Kind == ast.Object && strings.HasPrefix(d.Name, "Household") && !strings.HasSuffix(d.Name, "Edge") && !rowTypes[d.Name]: // an edge is below a connection
			t.Errorf("%s shows no rows", d.Name)
		}
	}
}
