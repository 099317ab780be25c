package geopackage

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestDistrust(t *testing.T) {
	for name, test := range map[string]struct{ spoil, want string }{
		"as made":                          {"", ""},
		"a view":                           {`CREATE VIEW endless AS WITH RECURSIVE c(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM c) SELECT fid, NULL AS geom FROM c WHERE fid < 0; UPDATE gpkg_contents SET table_name = 'endless' WHERE table_name = 'program'`, `"endless" is not a table`},
		"a listed table that is not there": {`UPDATE gpkg_contents SET table_name = 'gone' WHERE table_name = 'program'`, `"gone" is not a table`},
		"a catalogue that is a view":       {`ALTER TABLE gpkg_geometry_columns RENAME TO g; CREATE VIEW gpkg_geometry_columns AS SELECT * FROM g`, "gpkg_geometry_columns is no plain table"},
		"a value that is too long":         {`PRAGMA foreign_keys = off; UPDATE gpkg_spatial_ref_sys SET definition = printf('%.*c', 2000000, 'x')`, "too big"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f.gpkg")
			writeLayers(t, path, 0)
			if test.spoil != "" {
				mustExec(t, mustOpen(t, path, Options{}), test.spoil)
			}
			conn, err := mustOpen(t, path, Options{ReadOnly: true}).Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			err = Distrust(t.Context(), conn, 1<<20)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
