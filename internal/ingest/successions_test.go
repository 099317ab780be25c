package ingest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestSuccessions(t *testing.T) {
	s := draft()
	path := write(t, "pemekaran.csv", "\ufeffcode;predecessor;decree;date;note\n19.71.04.1009;19.71.04.1005;Perda 3/2025;2025-02-28;split\n19.71.04.1010;19.71.04.1005;;;\n19.71.04.1010;19.71.04.1010;-;;\n19.71.04;19.71.05;;;\n")
	report, err := Successions(context.Background(), target(s), path, nil)
	if err != nil || report.Rejected != 0 || report.Rows != 4 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	if diff := cmp.Diff([]registry.Succession{
		{Code: "19.71.04.1009", Predecessor: "19.71.04.1005", Decree: "Perda 3/2025", Date: "2025-02-28"},
		{Code: "19.71.04.1010", Predecessor: "19.71.04.1005"},
		{Code: "19.71.04.1010", Predecessor: "19.71.04.1010"},
		{Code: "19.71.04", Predecessor: "19.71.05"},
	}, s.successions); diff != "" {
		t.Error(diff)
	}
	if again, err := Successions(context.Background(), target(s), path, nil); err != nil || !again.Unchanged {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestBadSuccession(t *testing.T) {
	for _, test := range []struct{ column, cell, reason string }{
		{"code", "", "is missing"},
		{"code", "1971041009", "is not a Kemendagri area code like 19.71.03.1004"},
		{"code", "19.71.04.1007", "is not an area of the edition"},
		{"code", "19.71", "is neither a kelurahan nor a kecamatan"},
		{"predecessor", "-", "is missing"},
		{"predecessor", "Selindung", "is not a Kemendagri area code like 19.71.03.1004"},
		{"predecessor", "19.71.05", "is of another level than the area that came from it"},
		{"predecessor", "19.71.04.1005", "is given twice"},
		{"decree", strings.Repeat("x", 129), "is longer than 128 bytes"},
		{"date", "28/02/2025", "is not a date such as 2025-10-31"},
		{"date", "2025-02-30", "is not a date such as 2025-10-31"},
	} {
		t.Run(test.column+" "+test.cell, func(t *testing.T) {
			row := []string{"19.71.04.1009", "19.71.04.1006", "Perda", "2025-01-01"}
			for i, name := range successionColumns {
				if name == test.column {
					row[i] = test.cell
				}
			}
			s := draft()
			path := write(t, "s.csv", strings.Join(successionColumns, ",")+"\n19.71.04.1009,19.71.04.1005,,\n"+strings.Join(row, ",")+"\n")
			report, err := Successions(context.Background(), target(s), path, nil)
			if err != nil || len(s.successions) != 1 || report.RejectedFile == "" {
				t.Fatalf("%d successions, %+v, error %v", len(s.successions), report, err)
			}
			if diff := cmp.Diff([]Reason{{test.column, test.reason, 1, 3}}, report.Reasons); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSuccessionsAppended(t *testing.T) {
	s := draft()
	target := target(s)
	for _, rows := range []string{"19.71.04.1009,19.71.04.1005\n", "19.71.04.1009,19.71.04.1005\n19.71.04.1010,19.71.04.1005\n"} {
		report, err := Successions(context.Background(), target, write(t, "s.csv", "code,predecessor\n"+rows), nil)
		if err != nil {
			t.Fatal(err)
		}
		if target.Append && !cmp.Equal(report.Reasons, []Reason{{"predecessor", "is already in the draft", 1, 2}}) {
			t.Errorf("%+v", report)
		}
		target.Append = true
	}
	if len(s.successions) != 2 {
		t.Errorf("%+v", s.successions)
	}
}

func TestSuccessionsRefused(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"code,decree\n", "there is no column predecessor"},
		{"code,predecessor\n", "holds no successions"},
		{"code,predecessor\nx,y\n", "all 1 successions of s.csv were rejected"},
	} {
		s := draft()
		if _, err := Successions(context.Background(), target(s), write(t, "s.csv", test.text), nil); err == nil || !strings.Contains(err.Error(), test.want) || s.puts != 0 {
			t.Errorf("%d writes, error %v; want one with %q", s.puts, err, test.want)
		}
	}
	empty := &memoryStore{}
	if _, err := Successions(context.Background(), target(empty), write(t, "s.csv", "code,predecessor\n19.71.04,19.71.05\n"), nil); err == nil || !strings.Contains(err.Error(), "has no areas yet") {
		t.Errorf("without areas: %v", err)
	}
}

// TestUnexplainedAreas: an office is told which areas came and went without a word, beside areas and beside successions.
func TestUnexplainedAreas(t *testing.T) {
	s := draft()
	published := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	s.editions = []registry.Edition{{ID: "before", AsOf: "2025-06-30", PublishedAt: &published}}
	s.publishedAreas = map[string][]registry.Area{"before": {{Code: "19.71", Name: "Kota"}, {Code: "19.71.04", Name: "Rangkui"}, {Code: "19.71.04.1006", Name: "Asam"}, {Code: "19.71.04.1005", Name: "Keramat Lama"}, {Code: "19.71.04.1010", Name: "Gajah Mada"}}}
	report, err := Successions(context.Background(), target(s), write(t, "s.csv", "code,predecessor\n19.71.04.1010,19.71.04.1010\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"edition before has areas that are not here, and nothing says what became of them: 19.71.04.1005 Keramat Lama (kantong import successions)",
		"areas that edition before does not have, and nothing says what they came from: 19.71.04.1009 Keramat (kantong import successions)",
	}, report.Notes); diff != "" {
		t.Error(diff)
	}
	report, err = Successions(context.Background(), target(s), write(t, "s.csv", "code,predecessor\n19.71.04.1009,19.71.04.1005\n"), nil)
	if err != nil || report.Notes != nil || report.Rows != 1 {
		t.Errorf("explained: %+v, %v", report, err)
	}
}

// TestDryRunTells: what a dry run reports of areas and successions is what the import then reports, also where they are added to
// what the draft holds, and the draft is untouched by it.
func TestDryRunTells(t *testing.T) {
	published := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	before := map[string][]registry.Area{"before": {{Code: "19.71", Name: "Kota"}, {Code: "19.71.04", Name: "Rangkui"},
		{Code: "19.71.04.1005", Name: "Keramat Lama"}, {Code: "19.71.04.1008", Name: "Masjid Jamik"}}}
	feature := func(code, name string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"` + code + `","name":"` + name + `"},"geometry":{"type":"Polygon","coordinates":[[[106.1,-2.1],[106.2,-2.1],[106.2,-2],[106.1,-2.1]]]}},
			{"type":"Feature","properties":{"code":"?","name":"` + name + `"},"geometry":null}]}`
	}
	areas := func(code, name string) func(*testing.T, Target) (*Report, error) {
		return func(t *testing.T, to Target) (*Report, error) {
			return Areas(context.Background(), to, write(t, "a.geojson", feature(code, name)), AreaOptions{})
		}
	}
	successions := func(rows string) func(*testing.T, Target) (*Report, error) {
		return func(t *testing.T, to Target) (*Report, error) {
			return Successions(context.Background(), to, write(t, "s.csv", "code,predecessor\n?,19.71.04.1005\n"+rows), nil)
		}
	}
	for _, test := range []struct {
		name   string
		append bool
		put    func(*testing.T, Target) (*Report, error)
		notes  []string // on the edition before, and what is in them
	}{
		{"areas", false, areas("19.71.04.1006", "Asam"), []string{"became of them: 19.71.04.1008 Masjid Jamik (", "came from: 19.71.04.1006 Asam ("}},
		{"areas added", true, areas("19.71.04.1008", "Masjid Jamik"), []string{"came from: 19.71.04.1006 Asam, 19.71.04.1010 Gajah Mada ("}},
		{"successions", false, successions("19.71.04.1006,19.71.04.1005\n"), []string{"became of them: 19.71.04.1008 Masjid Jamik (", "came from: 19.71.04.1009 Keramat, 19.71.04.1010 Gajah Mada ("}},
		{"successions added", true, successions("19.71.04.1010,19.71.04.1008\n"), []string{"came from: 19.71.04.1006 Asam ("}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := draft()
			s.editions, s.publishedAreas = []registry.Edition{{ID: "before", AsOf: "2025-06-30", PublishedAt: &published}}, before
			s.successions = []registry.Succession{{Code: "19.71.04.1009", Predecessor: "19.71.04.1005"}}
			to := target(s)
			to.Append, to.DryRun = test.append, true
			dry, err := test.put(t, to)
			if err != nil || !dry.DryRun || s.puts != 0 || len(s.areas) != 5 || len(s.successions) != 1 {
				t.Fatalf("dry: %+v, error %v; %d writes", dry, err, s.puts)
			}
			to.DryRun = false
			real, err := test.put(t, to)
			if err != nil || s.puts != 1 {
				t.Fatalf("%d writes, error %v", s.puts, err)
			}
			ownPaths := cmp.FilterPath(func(p cmp.Path) bool {
				return strings.Contains("File RejectedFile DryRun", strings.TrimPrefix(p.Last().String(), "."))
			}, cmp.Ignore())
			if diff := cmp.Diff(dry, real, ownPaths); diff != "" {
				t.Errorf("dry, real: %s", diff)
			}
			notes := slices.DeleteFunc(slices.Clone(real.Notes), func(note string) bool { return !strings.Contains(note, "edition before") })
			if len(notes) != len(test.notes) || real.Rejected != 1 {
				t.Fatalf("%+v", real)
			}
			for i, want := range test.notes {
				if !strings.Contains(notes[i], want) {
					t.Errorf("%q lacks %q", notes[i], want)
				}
			}
		})
	}
}
