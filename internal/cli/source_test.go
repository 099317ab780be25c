package cli

import (
	"testing"

	"kantong/internal/observe"
	"kantong/internal/postgis"
	"kantong/internal/registry"
)

// TestChoiceOfEngine: memory where it fits or where there is no database, SQL where it doesn't fit or was asked for.
func TestChoiceOfEngine(t *testing.T) {
	directory, database := &store{}, &store{database: &postgis.Store{}}
	for _, c := range []struct {
		store          *store
		engine, memory string
		families       int64
		want           string
	}{
		{directory, engineAuto, "2GiB", 24_000, engineColumnar},
		{directory, engineAuto, "1MiB", 24_000, engineColumnar},
		{database, engineAuto, "2GiB", 24_000, engineColumnar},
		{database, engineAuto, "2GiB", 93_000_000, enginePostGIS},
		{database, engineAuto, "1MiB", 24_000, enginePostGIS},
		{database, engineColumnar, "1MiB", 24_000, engineColumnar},
		{database, enginePostGIS, "2GiB", 24_000, enginePostGIS},
	} {
		src, err := testProgram(t, Config{}).source(c.store, engineFlags{Engine: c.engine, Memory: c.memory}, observe.Observer{Metrics: observe.NewMetrics()})
		if err != nil {
			t.Fatal(err)
		}
		if got := src.choose(c.families); got != c.want {
			t.Errorf("--engine %s --memory %s, %d families, database %v: %s, want %s", c.engine, c.memory, c.families, c.store.database != nil, got, c.want)
		}
	}
	for _, f := range []engineFlags{{Engine: enginePostGIS, Memory: "2GiB"}, {Engine: engineAuto, Memory: "much"}} {
		if _, err := testProgram(t, Config{}).source(directory, f, observe.Observer{Metrics: observe.NewMetrics()}); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
