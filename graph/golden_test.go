package graph_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

var update = flag.Bool("update", false, "write the golden answers anew")

// lurah is a planner's key that is limited to two kelurahan.
var lurah = registry.Viewer{Role: registry.RolePlanner, Areas: []registry.AreaCode{"19.71.01.1001", "19.71.01.1003"}, Purpose: "a test"}

// TestGolden asks every testdata/golden/NAME/query.graphql (with variables.json) as three roles, and as a planner who is
// limited to areas, and compares the whole answers, refusals included, with NAME/ROLE.json.
func TestGolden(t *testing.T) {
	alone := newFixture(t)
	after, split := newFixtureWithFormer(t), newFixtureWithSplit(t, storetest.UnsplitSuccessions()...)
	queries, err := filepath.Glob("testdata/golden/*/query.graphql")
	if err != nil || len(queries) < 10 {
		t.Fatalf("%d golden queries, %v", len(queries), err)
	}
	for _, path := range queries {
		dir := filepath.Dir(path)
		query, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := alone
		if bytes.Contains(query, []byte(`"former"`)) {
			f = after
		}
		if bytes.Contains(query, []byte(`"unsplit"`)) {
			f = split
		}
		var variables any
		if text, err := os.ReadFile(filepath.Join(dir, "variables.json")); err == nil {
			if err := json.Unmarshal(text, &variables); err != nil {
				t.Fatal(err)
			}
		}
		for role, viewer := range map[string]registry.Viewer{"public": {}, "partner": {Role: registry.RolePartner},
			"planner": {Role: registry.RolePlanner, Purpose: "a test"}, "lurah": lurah} {
			t.Run(filepath.Base(dir)+"/"+role, func(t *testing.T) {
				_, text, _ := f.askAs(t, viewer, string(query), variables)
				var got bytes.Buffer
				if err := json.Indent(&got, []byte(text), "", " "); err != nil {
					t.Fatal(err)
				}
				got.WriteByte('\n')
				golden := filepath.Join(dir, role+".json")
				if *update {
					if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), want) {
					t.Errorf("the answer differs from %s; if that is right, run: go test ./graph -run TestGolden -update\ngot:\n%s", golden, got.String())
				}
			})
		}
	}
}
