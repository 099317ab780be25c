package filestore

import (
	"context"
	"database/sql"
	_ "embed" // schema.sql
	"strings"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

//go:embed schema.sql
var schemaSQL string

// schemaVersion changes with every change of the tables.
const schemaVersion = 1

var layers = [...]geopackage.Layer{
	{Table: "areas", Identifier: "Areas", Description: "Administrative areas of every edition", GeometryColumn: "geom", GeometryType: "MULTIPOLYGON", SRSID: geopackage.WGS84},
	{Table: "households", Identifier: "Households", Description: "Families of every edition; personal data", GeometryColumn: "geom", GeometryType: "POINT", SRSID: geopackage.WGS84},
}

var attributeTables = [...]struct{ table, identifier, description string }{
	{"store", "Store", "Version of these tables"},
	{"editions", "Editions", "Published registries and drafts; published_at is empty for a draft"},
	{"releases", "Releases", "Publications of enrolments on top of an edition"},
	{"record_keys", "Record keys", "Keys that steer the noise of protected figures, one for each published household"},
	{"programs", "Programmes", "Programmes of an edition and who is eligible"},
	{"enrolments", "Enrolments", "Households in programmes, by edition and release"},
	{"indicators", "Area indicators", "Published figures of areas"},
	{"imports", "Imports", "Files that editions were made from"},
}

// ensureSchema makes the tables in an empty GeoPackage, and refuses one that holds others.
func ensureSchema(ctx context.Context, tx *sql.Tx) error {
	var contents, stores, version int
	err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM gpkg_contents), count(*) FROM gpkg_contents WHERE table_name = 'store'`).Scan(&contents, &stores)
	switch {
	case err != nil:
		return err
	case contents == 0:
		return createSchema(ctx, tx)
	case stores == 0:
		return registry.Conflict("data", "%s holds something else than a registry", RegistryFile)
	}
	if err := tx.QueryRowContext(ctx, "SELECT version FROM store").Scan(&version); err != nil {
		return err
	}
	if version != schemaVersion {
		return registry.Conflict("data", "%s was written by another version of this program (its tables are version %d, this program's %d)", RegistryFile, version, schemaVersion)
	}
	return nil
}

func createSchema(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, schemaSQL+householdSchema()); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO store (version) VALUES (?)", schemaVersion); err != nil {
		return err
	}
	for _, l := range layers {
		if err := geopackage.RegisterLayer(ctx, tx, l); err != nil {
			return err
		}
	}
	for _, t := range attributeTables {
		if err := geopackage.RegisterAttributes(ctx, tx, t.table, t.identifier, t.description); err != nil {
			return err
		}
	}
	return nil
}

func householdSchema() string {
	var b strings.Builder
	b.WriteString("CREATE TABLE households (\n  fid INTEGER PRIMARY KEY,\n  edition TEXT NOT NULL")
	for _, c := range householdColumns {
		b.WriteString(",\n  " + c.name + " " + c.kind)
	}
	b.WriteString(",\n  UNIQUE (edition, id)\n);")
	return b.String()
}
