package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"kantong/internal/filestore"
	"kantong/internal/registry"
)

// TestDraftInAFileStore takes a city's files through a real store to a published edition.
func TestDraftInAFileStore(t *testing.T) {
	ctx := context.Background()
	store, err := filestore.Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	target := target(nil)
	target.Store, target.Known = store, cityGazetteer(t)
	if err := store.CreateEdition(ctx, registry.Edition{ID: target.Edition, Label: "DTSEN 2025-Q3", Source: "test", AsOf: "2025-09-30"}); err != nil {
		t.Fatal(err)
	}

	var households, enrolments strings.Builder
	households.WriteString("kk,area_code,longitude,latitude,members,decile\n")
	enrolments.WriteString("kk,program,since,persons\n")
	for i, k := range target.Known {
		if k.Code.Level() != registry.LevelKelurahan {
			continue
		}
		fmt.Fprintf(&households, "%016d,%s,%.6f,%.6f,%d,%d\n", 1971040101200000+i, k.Code, k.Point[0], k.Point[1], 1+i%5, 1+i%10)
		fmt.Fprintf(&enrolments, "%016d,PKH,2025-01-01,\n%016d,PKH,2024-01-01,1\n", 1971040101200000+i, 1971040101200000+i)
	}
	good := write(t, "good.csv", households.String())
	households.WriteString("1,19.71.04.1006,,,,\n")
	withBad := write(t, "bad.csv", households.String())
	noGood := write(t, "no good.csv", "kk,area_code\n1,19.71.04.1006\n")
	programs := write(t, "programs.json", "["+programText("PKH")+"]")
	served := write(t, "enrolments.csv", enrolments.String())

	steps := []struct {
		name      string
		run       func() (*Report, error)
		rows      int64
		rejected  int64
		unchanged bool
		refused   bool
	}{
		{"areas", func() (*Report, error) {
			return Areas(ctx, target, cityFile(t, "kelurahan_hdx_bps_2020.geojson"), AreaOptions{})
		}, 50, 0, false, false},
		{"programmes", func() (*Report, error) { return Programs(ctx, target, programs, nil) }, 1, 0, false, false},
		{"households", func() (*Report, error) { return Households(ctx, target, withBad, nil) }, 42, 1, false, false},
		{"the same again", func() (*Report, error) { return Households(ctx, target, withBad, nil) }, 42, 1, true, false},
		{"nothing good", func() (*Report, error) { return Households(ctx, target, noGood, nil) }, 0, 1, false, true},
		{"corrected", func() (*Report, error) { return Households(ctx, target, good, nil) }, 42, 0, false, false},
		{"enrolments", func() (*Report, error) { return Enrolments(ctx, target, served, nil) }, 84, 0, false, false},
		{"indicators", func() (*Report, error) { return Indicators(ctx, target, cityFile(t, "statistics.csv"), nil) }, 32, 0, false, false},
		{"indicators again", func() (*Report, error) { return Indicators(ctx, target, cityFile(t, "statistics.csv"), nil) }, 32, 0, true, false},
	}
	for _, step := range steps {
		report, err := step.run()
		if (err != nil) != step.refused || report == nil {
			t.Fatalf("%s: report %+v, error %v", step.name, report, err)
		}
		if report.Rows != step.rows || report.Rejected != step.rejected || report.Unchanged != step.unchanged {
			t.Errorf("%s: %+v", step.name, report)
		}
	}
	state, err := store.Publish(ctx, target.Edition, "", registry.PublishOptions{Secrets: target.Secrets, Now: testTime})
	if err != nil {
		t.Fatal(err)
	}
	if e := state.Edition; e.Households != 42 || e.Located != 42 || state.Release.Enrolments != 84 {
		t.Errorf("%+v", state)
	}
	if _, err := Households(ctx, target, withBad, nil); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("an import into a published edition: error %v; want CONFLICT", err)
	}
}
