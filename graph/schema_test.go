package graph

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// TestEverythingIsDescribed fails on any type, field, argument, input member or enum value without a description.
func TestEverythingIsDescribed(t *testing.T) {
	text, err := os.ReadFile("../schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parser.ParseSchema(&ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	described := func(what, description string) {
		if len(strings.TrimSpace(description)) < 4 {
			t.Errorf("%s has no description", what)
		}
	}
	for _, d := range doc.Definitions {
		described(d.Name, d.Description)
		for _, f := range d.Fields {
			described(d.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				described(d.Name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
		for _, v := range d.EnumValues {
			described(d.Name+"."+v.Name, v.Description)
		}
	}
}

// TestHouseholdTypesNameTheRole keeps whoever reads the schema from planning on rows they can't get.
func TestHouseholdTypesNameTheRole(t *testing.T) {
	for _, name := range []string{"Household", "HouseholdConnection", "HouseholdEdge", "Enrolment", "Dwelling"} {
		if d := schema(&Resolver{}).Schema().Types[name]; !strings.Contains(d.Description, "PLANNER") {
			t.Errorf("%s does not say that it needs PLANNER", name)
		}
	}
}

func TestSDLHasDescriptions(t *testing.T) {
	if sdl := SDL(); !strings.Contains(sdl, "type Query") || !strings.Contains(sdl, "Kemendagri") {
		t.Error("the printed schema lacks its root type or its descriptions")
	}
}
