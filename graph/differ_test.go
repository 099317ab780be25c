package graph_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"kantong/graph"
	"kantong/graph/generated"
	"kantong/internal/access"
	"kantong/internal/querygen"
	"kantong/internal/registry"
)

// TestFastAnswersAsGqlgenDoes asks random queries of the schema, as every role and of engines that fail now and then, of
// gqlgen alone and of the program as it is. Whole answers are compared, extensions included. graph/fast has more such tests, of a
// schema with every corner.
func TestFastAnswersAsGqlgenDoes(t *testing.T) {
	f := newFixture(t)
	stock := quiet()
	stock.Stock = true
	ways := [...]graph.Executor{graph.NewExecutor(f.resolver, stock), graph.NewExecutor(f.resolver, quiet())}
	queries := 4000
	if os.Getenv("KANTONG_LONG") != "" {
		queries *= 10
	} else if race {
		queries /= 4
	}
	g := &querygen.Generator{Schema: generated.NewExecutableSchema(generated.Config{}).Schema(), Value: f.argument, Skip: func(field string) bool {
		switch field { // what needs a ledger
		case "Query.keys", "Query.auditLog", "Query.auditHead", "Query.auditVerification", "Query.job", "Query.jobs", "Viewer.figures":
			return true
		}
		return false
	}}
	viewers := []registry.Viewer{{}, {Role: registry.RolePartner, Organisation: "a"}, {Role: registry.RolePlanner, Purpose: "a test"}, {Role: registry.RolePlanner, Purpose: "a test"}, lurah}
	answered, failed := 0, 0
	for i := range queries {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		query, variables := g.Query(r)
		fault := faults[r.IntN(len(faults))]
		f.fault.Store(&fault)
		var texts [2][]byte
		for w, way := range ways {
			response := way.Run(access.WithViewer(t.Context(), viewers[i%len(viewers)]), query, variables, false)
			text, err := json.Marshal(response)
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, query, response.Data)
			}
			texts[w] = text
			if w == 0 && len(response.Errors) > 0 {
				failed++
			}
			if w == 0 && len(response.Data) > 200 {
				answered++
			}
		}
		if !bytes.Equal(texts[0], texts[1]) {
			t.Fatalf("%s\nby gqlgen  %s\nby fast    %s", query, texts[0], texts[1])
		}
	}
	t.Logf("%d queries: %d with errors, %d with more than nothing", queries, failed, answered)
	if failed < queries/10 || answered < queries/5 {
		t.Error("the queries are too dull to compare anything")
	}
}

// faults are what may become of an engine's calls.
var faults = []func(string) error{
	func(string) error { return nil }, func(string) error { return nil }, func(string) error { return nil },
	func(call string) error { return errors.New(call + " failed") },
	failing("Details", func() error { return registry.Invalid("where", "refused") }),
	failing("Summarise", func() error { panic("the engine fell") }),
}

func failing(name string, err func() error) func(string) error {
	return func(call string) error {
		if call == name {
			return err()
		}
		return nil
	}
}

// argument writes what is there now and then, so that most questions have an answer, and keeps methods short.
func (f *fixture) argument(r *rand.Rand, field, argument string, t *ast.Type) string {
	if t.Elem != nil {
		return ""
	}
	areas := f.dataset.Areas
	switch t.Name() {
	case "AreaCode":
		return strconv.Quote(string(areas.Area(r.IntN(areas.Len())).Code))
	case "Rupiah":
		return strconv.Itoa(1+r.IntN(5)) + "000000"
	case "Date":
		return `"2025-01-01"`
	case "Geometry":
		x, y := 106.07+0.1*r.Float64(), -2.15+0.08*r.Float64()
		return fmt.Sprintf(`{type: "Polygon", coordinates: [[[%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f], [%.4f, %.4f]]]}`, x, y, x+0.03, y, x, y+0.03, x, y)
	}
	switch argument {
	case "permutations", "draws":
		return "99"
	case "longitude":
		return fmt.Sprintf("%.4f", 106.07+0.1*r.Float64())
	case "latitude":
		return fmt.Sprintf("%.4f", -2.15+0.08*r.Float64())
	case "edition", "after", "editions":
		if r.IntN(10) > 0 {
			return "null"
		}
	case "first":
		return strconv.Itoa(1 + r.IntN(8))
	case "program", "programs", "code", "eligibleFor", "enrolledIn", "notEnrolledIn":
		return strconv.Quote(f.dataset.Programs[r.IntN(len(f.dataset.Programs))].Code)
	case "id":
		if strings.HasSuffix(field, "node") || strings.HasSuffix(field, "household") {
			return strconv.Quote(string(f.records[r.IntN(len(f.records))].ID.AppendGlobal(nil, f.dataset.State.ID())))
		}
		return "null"
	}
	return ""
}
