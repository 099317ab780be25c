package cli

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// secondQuarter publishes the sample's families as a quarter before the demonstration's.
func secondQuarter(t *testing.T, data string) {
	t.Helper()
	for _, args := range [][]string{
		{"edition", "create", "2025-q2", "--label", "q2", "--source", "sample", "--as-of", "2025-06-30", "--boundaries", "schematic", "--schematic", "--synthetic"},
		{"import", "areas", "../../geodata/schematic.geojson", "--edition", "2025-q2"},
		{"import", "households", "../../geodata/sample/households.csv", "--edition", "2025-q2"},
		{"import", "programs", "../../geodata/sample/programs.json", "--edition", "2025-q2"},
		{"edition", "publish", "2025-q2"},
	} {
		must(t, append(args, "--data", data)...)
	}
}

// answerOf asks a question of a data directory, as a planner.
func answerOf(t *testing.T, data, query string, out any) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "q.graphql")
	if err := os.WriteFile(file, []byte(query), 0o600); err != nil {
		t.Fatal(err)
	}
	decode(t, []byte(must(t, "query", file, "--data", data)), out)
}

// TestTwoQuarters follows a measure and the pockets from one quarter to the next, and compares with each quarter by itself.
func TestTwoQuarters(t *testing.T) {
	data := cityData(t)
	secondQuarter(t, data)
	type figure struct{ Value *float64 }
	var got struct {
		Trend []struct {
			Code   string
			Points []struct {
				AsOf    string
				Edition struct{ ID string }
				Value   figure
			}
			Change, SlopePerYear float64
			Reading              string
		}
		Before, After struct{ Deprivations []struct{ Rate figure } }
		Pockets       []struct {
			ID   string
			Same *struct {
				ID         string
				Share      float64
				Households struct{ Value int }
			}
			Before *struct {
				ID         string
				Share      float64
				Households struct{ Value int }
			}
		}
		Earlier []struct{ ID string }
	}
	answerOf(t, data, `{
  trend(areas: ["19.71", "19.71.01"], measure: {deprivation: UNSAFE_WATER}) { code points { asOf edition { id } value { value } } change slopePerYear reading }
  before: summary(edition: "2025-q2") { deprivations { rate { value } } }
  after: summary(edition: "demo") { deprivations { rate { value } } }
  pockets(radiusMeters: 800, minHouseholds: 5) { id same: sameAs(edition: "demo") { id share households { value } } before: sameAs(edition: "2025-q2") { id share households { value } } }
  earlier: pockets(edition: "2025-q2", radiusMeters: 800, minHouseholds: 5, first: 200) { id }
}`, &got)
	city := got.Trend[0]
	before, after := *got.Before.Deprivations[registry.UnsafeWater].Rate.Value, *got.After.Deprivations[registry.UnsafeWater].Rate.Value
	if len(city.Points) != 2 || city.Points[0].Edition.ID != "2025-q2" || *city.Points[0].Value.Value != before || *city.Points[1].Value.Value != after || math.Abs(city.Change-(after-before)) > 1e-12 {
		t.Errorf("%+v, expected %g and %g", city, before, after)
	}
	years := 123 / 365.25 // from 30 June to 31 October, when the demonstration's enrolments are of
	if math.Abs(city.SlopePerYear-(after-before)/years) > 1e-9 {
		t.Errorf("%g a year, expected %g", city.SlopePerYear, (after-before)/years)
	}
	if want := map[bool]string{true: "WORSE", false: "BETTER"}[after > before]; city.Reading != want || got.Trend[1].Code != "19.71.01" {
		t.Errorf("%s, expected %s", city.Reading, want)
	}
	known := map[string]bool{}
	for _, p := range got.Earlier {
		known[p.ID] = true
	}
	for _, p := range got.Pockets {
		if p.Same == nil || p.Same.ID != p.ID || p.Same.Share != 1 {
			t.Errorf("pocket %s is not itself in its own edition: %+v", p.ID, p.Same)
		}
		if p.Before != nil && (!known[p.Before.ID] || p.Before.Households.Value == 0 || p.Before.Share <= 0 || p.Before.Share > 1) {
			t.Errorf("pocket %s goes on from %+v", p.ID, p.Before)
		}
	}
	if len(got.Pockets) == 0 || len(got.Earlier) == 0 {
		t.Error("no pockets")
	}
}

// TestPublishedFigures reads the city's poverty rate through time, and its poverty line beside the province's.
func TestPublishedFigures(t *testing.T) {
	var got struct {
		Trend []struct {
			Points []struct {
				Year  int
				Value struct{ Value float64 }
			}
			Change  float64
			Reading string
		}
		Readings []struct {
			Years, FirstYear, LastYear int
			Own, Beside                float64
			Position, Gap              string
		}
		Itself []struct {
			Years                        int
			Position, Gap, Effectiveness string
		}
	}
	answerOf(t, cityData(t), `{
  trend(areas: ["19.71"], measure: {indicator: {code: "p0_persen"}}) { points { year value { value } } change reading }
  readings(indicator: "garis_kemiskinan", areas: ["19.71"], reference: "19") { years firstYear lastYear own beside position gap }
  itself: readings(indicator: "p0_persen", areas: ["19.71"], reference: "19.71") { years position gap effectiveness }
}`, &got)
	points := got.Trend[0].Points
	if len(points) != 4 || points[0].Year != 2017 || points[0].Value.Value != 4.8 || points[3].Value.Value != 4.55 || got.Trend[0].Reading != "BETTER" {
		t.Errorf("%+v", got.Trend)
	}
	if r := got.Readings[0]; r.Years != 1 || r.FirstYear != 2025 || r.LastYear != 2025 || r.Own != 956_990 || r.Beside != 956_833 || r.Position != "WORSE" || r.Gap != "UNKNOWN" {
		t.Errorf("%+v", r)
	}
	if r := got.Itself[0]; r.Years != 4 || r.Position != "EQUAL" || r.Gap != "UNCHANGED" || r.Effectiveness != "EQUAL" {
		t.Errorf("%+v", r)
	}
}

// TestReportPockets compares the report in its three forms with the answer over GraphQL, as two roles.
func TestReportPockets(t *testing.T) {
	data := cityData(t)
	var want struct {
		Pockets []struct {
			ID         string
			Households struct{ Value int }
			Center     struct{ Coordinates [2]float64 }
		}
	}
	answerOf(t, data, `{ pockets(filter: {decile: {max: 2}}, first: 200) { id households { value } center } }`, &want)
	table, layer := filepath.Join(t.TempDir(), "pockets.csv"), filepath.Join(t.TempDir(), "pockets.geojson")
	must(t, "report", "pockets", "--max-decile", "2", "--data", data, "--out", table)
	must(t, "report", "pockets", "--max-decile", "2", "--data", data, "--out", layer)
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(lines) != len(want.Pockets)+1 || len(want.Pockets) < 10 {
		t.Fatalf("%d lines for %d pockets, %v", len(lines), len(want.Pockets), err)
	}
	var features struct {
		Basis    string
		Features []struct {
			ID         string
			Geometry   struct{ Type string }
			Properties struct{ Households int }
		}
	}
	if text, err = os.ReadFile(layer); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &features); err != nil {
		t.Fatal(err)
	}
	markdown := must(t, "report", "pockets", "--max-decile", "2", "--data", data)
	for i, p := range want.Pockets {
		f := features.Features[i]
		if lines[i+1][0] != p.ID || f.ID != p.ID || f.Properties.Households != p.Households.Value || f.Geometry.Type != "Polygon" || !strings.Contains(markdown, "| "+p.ID+" |") {
			t.Errorf("pocket %d: %s in the answer, %v in the table, %+v in the layer", i, p.ID, lines[i+1][:3], f)
		}
	}
	if !strings.Contains(features.Basis, "demo+2025-10") || !strings.Contains(lines[1][10], "demo+2025-10") {
		t.Errorf("without its basis: %q", features.Basis)
	}
	if public := must(t, "report", "pockets", "--role", "public", "--max-decile", "2", "--data", data); !strings.Contains(public, "blocks of twenty") || strings.Contains(public, want.Pockets[0].ID) {
		t.Errorf("the public's pockets are of households: %.500s", public)
	}
	for flag, value := range map[string]string{"--out": "pockets.pdf", "--max-decile": "11", "--radius-meters": "0", "--filter": `{"decil": 3}`} {
		if code, _, err := run(t, "report", "pockets", "--data", data, flag, value); code != exitFailed {
			t.Errorf("%s %s: exit %d, %s", flag, value, code, err)
		}
	}
	if code, _, err := run(t, "report", "pockets", "--data", data, "--max-decile", "2", "--filter", `{"decile": {"min": 6}}`); code != exitFailed || !strings.Contains(err, "--max-decile") {
		t.Errorf("deciles given twice: exit %d, %s", code, err)
	}
	if own := must(t, "report", "pockets", "--data", data, "--filter", `{"decile": {"min": 6}}`); !strings.Contains(own, "decile at least 6") {
		t.Errorf("the filter's deciles are not taken: %.300s", own)
	}
	if code, _, err := run(t, "report", "pockets", "--data", data, "--out", "pockets"); code != exitFailed || !strings.Contains(err, "--out") {
		t.Errorf("a file without an ending: exit %d, %s", code, err)
	}
	if code, _, err := run(t, "report", "pockets", "--data", data, "--min-households", "2"); code != exitFailed || !strings.Contains(err, "purpose") {
		t.Errorf("pockets of two families without a purpose: exit %d, %s", code, err)
	}
	must(t, "report", "pockets", "--data", data, "--min-households", "2", "--purpose", "a test")
	if log := must(t, "audit", "list", "--data", data); !strings.Contains(log, "report pockets") {
		t.Errorf("not in the audit log: %s", log)
	}
}
