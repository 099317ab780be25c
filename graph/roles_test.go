package graph_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"kantong/graph"
	"kantong/internal/registry"
)

var roles = []registry.Role{registry.RolePublic, registry.RolePartner, registry.RolePlanner, registry.RoleAdmin, registry.RoleAuditor}

// TestRoleTable walks every field of the schema and compares which roles can reach it with a golden table.
func TestRoleTable(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	reach := map[string][]registry.Role{}
	for _, role := range roles {
		seen := map[string]bool{}
		var visit func(d *ast.Definition)
		visit = func(d *ast.Definition) {
			if d == nil || seen[d.Name] || d.Kind != ast.Object && d.Kind != ast.Interface {
				return
			}
			seen[d.Name] = true
			for _, f := range d.Fields {
				if strings.HasPrefix(f.Name, "__") || !allowed(t, role, d, f) {
					continue
				}
				reach[d.Name+"."+f.Name] = append(reach[d.Name+"."+f.Name], role)
				visit(schema.Types[f.Type.Name()])
			}
		}
		visit(schema.Query)
		visit(schema.Mutation)
		visit(schema.Subscription)
	}
	var lines []string
	for _, d := range schema.Types {
		if d.BuiltIn || d.Kind != ast.Object && d.Kind != ast.Interface {
			continue
		}
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			line := fmt.Sprintf("%-40s", d.Name+"."+f.Name)
			for _, role := range roles {
				mark := "-"
				if slices.Contains(reach[d.Name+"."+f.Name], role) {
					mark = role.String()
				}
				line += fmt.Sprintf(" %-7s", mark)
			}
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	slices.Sort(lines)
	compareGolden(t, filepath.Join("testdata", "roles.txt"), strings.Join(lines, "\n")+"\n")
}

// allowed reads the field's @requires; a root field without one is for nobody.
func allowed(t *testing.T, role registry.Role, d *ast.Definition, f *ast.FieldDefinition) bool {
	t.Helper()
	directive := f.Directives.ForName("requires")
	if directive == nil {
		return d.Name != "Query" && d.Name != "Mutation" && d.Name != "Subscription"
	}
	required, err := registry.ParseRole(directive.Arguments.ForName("role").Value.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return role.Has(required)
}

// rootQueries asks each root field once.
var rootQueries = map[string]string{
	"edition": `{ edition { id } }`, "editions": `{ editions { totalCount } }`, "area": `{ area(code: "99.01") { name } }`,
	"areaAt": `{ areaAt(point: {longitude: 106, latitude: -2}) { name } }`, "areas": `{ areas { totalCount } }`, "node": `{ node(id: "x") { id } }`,
	"household": `{ household(id: "x") { id } }`, "households": `{ households { totalCount } }`, "summary": `{ summary { households { status } } }`,
	"summaries": `{ summaries(groupBy: [{attribute: DECILE}]) { key { decile { value } } } }`, "programs": `{ programs { code } }`,
	"program": `{ program(code: "PKH") { code } }`, "viewer": `{ viewer { role } }`, "keys": `{ keys { id } }`, "auditLog": `{ auditLog { pageInfo { hasNextPage } } }`,
	"auditHead": `{ auditHead { text } }`, "auditVerification": `{ auditVerification { intact } }`,
	"rates": `{ rates(measure: {deprivation: UNSAFE_WATER}) { raw { value } } }`, "hotspots": `{ hotspots(measure: {deprivation: UNSAFE_WATER}, permutations: 99) { notes } }`,
	"priorities": `{ priorities(input: {draws: 0}) { ranked { rank } } }`, "quadrant": `{ quadrant(main: {measure: {deprivation: UNSAFE_WATER}}, supporting: {measure: {deprivation: EARTH_FLOOR}}) { quadrant } }`,
	"allocate": `{ allocate(input: {program: "AB", budgetRupiah: 1000, unitCostRupiah: 1}) { rounding } }`, "whatIf": `{ whatIf(program: "AB", eligibility: {}, unitCostRupiah: 1) { cost } }`,
	"pockets": `{ pockets { id } }`, "trend": `{ trend(areas: ["19.71"], measure: {deprivation: UNSAFE_WATER}) { reading } }`,
	"compare":          `{ compare(editions: ["city-7", "city-7"]) { total { cameIn { value } } } }`,
	"readings":         `{ readings(indicator: "p0_percent", areas: ["19"], reference: "19") { years } }`,
	"measures":         `{ measures { code } }`,
	"unreached":        `{ unreached(program: "AB", first: 1) { totalCount } }`,
	"editionPublished": `subscription { editionPublished { id } }`,
	"createProgram":    `mutation { createProgram(edition: "x", clientId: "12345678", program: {code: "X", name: "x", pillar: HEALTH, funder: "x", funderKind: PRIVATE, year: 2025, eligibility: {}, source: "x"}) { revision } }`,
	"updateProgram":    `mutation { updateProgram(edition: "x", clientId: "12345678", program: {code: "X", name: "x", pillar: HEALTH, funder: "x", funderKind: PRIVATE, year: 2025, eligibility: {}, source: "x"}) { revision } }`,
	"publishEdition":   `mutation { publishEdition(edition: "x", clientId: "12345678") { state } }`,
	"discardEdition":   `mutation { discardEdition(edition: "x", clientId: "12345678") { discarded } }`,
	"createKey":        `mutation { createKey(key: {role: PARTNER, organisation: "x"}, clientId: "12345678") { secret } }`,
	"job":              `{ job(id: "i-x") { id } }`,
	"jobs":             `{ jobs { pageInfo { hasNextPage } } }`,
	"cancelJob":        `mutation { cancelJob(id: "i-x", clientId: "12345678") { job { id } } }`,
	"revokeKey":        `mutation { revokeKey(id: "x", clientId: "12345678") { key { id } } }`,
}

// TestRolesAreEnforced asks every root field as every role: who lacks the role is told so, and nobody else is.
func TestRolesAreEnforced(t *testing.T) {
	f := newFixture(t)
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			query, ok := rootQueries[field.Name]
			if !ok {
				t.Errorf("%s is not tested: add a question of it", field.Name)
				continue
			}
			for _, role := range roles {
				a, text, _ := f.ask(t, role, query, nil)
				refused := a.code() == "FORBIDDEN" || a.code() == "UNAUTHENTICATED"
				if should := !allowed(t, role, root, field); refused != should {
					t.Errorf("%s as %s: refused %v, want %v: %s", field.Name, role, refused, should, text)
				}
			}
		}
	}
	for _, field := range schema.Subscription.Fields {
		for _, role := range roles {
			text := f.opened(t, registry.Viewer{Role: role}, rootQueries[field.Name])
			refused := strings.Contains(text, "FORBIDDEN") || strings.Contains(text, "UNAUTHENTICATED")
			if should := !allowed(t, role, schema.Subscription, field); rootQueries[field.Name] == "" || refused != should || !should && !strings.Contains(text, `"data"`) {
				t.Errorf("%s as %s: refused %v, want %v: %s", field.Name, role, refused, should, text)
			}
		}
	}
}

// TestNoSecondDoor: what a field refuses is refused below other fields, too.
func TestNoSecondDoor(t *testing.T) {
	f := newFixture(t)
	a, _, _ := f.ask(t, registry.RolePlanner, `{ households(first: 1) { edges { cursor node { id } } } }`, nil)
	var planner struct {
		Households struct {
			Edges []struct {
				Cursor string
				Node   struct{ ID string }
			}
		}
	}
	unmarshal(t, a.Data, &planner)
	id, cursor := planner.Households.Edges[0].Node.ID, planner.Households.Edges[0].Cursor
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner, registry.RoleAuditor} {
		for _, query := range []string{
			`{ node(id: "` + id + `") { id ... on Household { members } } }`,
			`{ household(id: "` + id + `") { id } }`,
			`{ households(after: "` + cursor + `") { edges { node { id } } } }`,
			`{ ok: areas(first: 1) { edges { node { households { totalCount } } } } }`,
			`query { ...all } fragment all on Query { rows: households { totalCount } }`,
		} {
			a, text, _ := f.ask(t, role, query, nil)
			if a.code() != "FORBIDDEN" && a.code() != "UNAUTHENTICATED" {
				t.Errorf("%s as %s: %s", query, role, text)
			}
			if strings.Contains(string(a.Data), `"members":`) || strings.Contains(string(a.Data), "totalCount") {
				t.Errorf("%s as %s shows %s", query, role, a.Data)
			}
		}
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; if that is right, run with -update\ngot:\n%s", path, got)
	}
}
