package filestore

import (
	"context"
	"database/sql"
	_ "embed" // the schemas
	"strings"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

var (
	//go:embed schema.sql
	firstSchema string
	//go:embed schema_2.sql
	secondSchema string
	//go:embed schema_3.sql
	thirdSchema string
	//go:embed schema_4.sql
	fourthSchema string
)

// schemaSteps make the tables of each version from those of the one before. A step that was released is never changed: a
// change of the tables is a further step.
var schemaSteps = [...]string{firstSchema + householdSchema(), secondSchema, thirdSchema, fourthSchema}

const schemaVersion = len(schemaSteps)

var layers = [...]geopackage.Layer{
	{Table: "areas", Identifier: "Areas", Description: "Administrative areas of every edition", GeometryColumn: "geom", GeometryType: "MULTIPOLYGON", SRSID: geopackage.WGS84},
	{Table: "households", Identifier: "Households", Description: "Families of every edition; personal data", GeometryColumn: "geom", GeometryType: "POINT", SRSID: geopackage.WGS84},
}

var attributeTables = [...]struct {
	since                          int // version
	table, identifier, description string
}{
	{1, "store", "Store", "Version of these tables"},
	{1, "editions", "Editions", "Published registries and drafts; published_at is empty for a draft"},
	{1, "releases", "Releases", "Publications of enrolments on top of an edition"},
	{1, "record_keys", "Record keys", "Keys that steer the noise of protected figures, one for each published household"},
	{1, "programs", "Programmes", "Programmes of an edition and who is eligible"},
	{1, "enrolments", "Enrolments", "Households in programmes, by edition and release"},
	{1, "indicators", "Area indicators", "Published figures of areas"},
	{1, "imports", "Imports", "Files that editions were made from"},
	{2, "blocks", "Blocks", "How areas are parted into blocks for counting, the same for every edition"},
	{2, "fingerprints", "Fingerprints", "Which secret keys made the ids and record keys; not the keys themselves"},
	{3, "match_keys", "Match keys", "Keyed hashes of numbers by which families are found again; personal data"},
	{3, "unmatched", "Unmatched recipients", "Recipients on lists who are no family of the edition, by programme and area"},
	{4, "successions", "Successions", "Areas and those of earlier boundaries that they were made from"},
}

// ensureSchema makes the tables in an empty GeoPackage, brings older ones up to this program's, and refuses others.
func ensureSchema(ctx context.Context, tx *sql.Tx) error {
	var contents, stores, version int
	err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM gpkg_contents), count(*) FROM gpkg_contents WHERE table_name = 'store'`).Scan(&contents, &stores)
	switch {
	case err != nil:
		return err
	case contents == 0:
		return raiseSchema(ctx, tx, 0)
	case stores == 0:
		return registry.Conflict("data", "%s holds something else than a registry", RegistryFile)
	}
	if err := tx.QueryRowContext(ctx, "SELECT version FROM store").Scan(&version); err != nil {
		return err
	}
	if version < 1 || version > schemaVersion {
		return registry.Conflict("data", "%s was written by another version of this program (its tables are version %d, this program's %d)", RegistryFile, version, schemaVersion)
	}
	return raiseSchema(ctx, tx, version)
}

// raiseSchema brings tables of a version up to this program's; version 0 has none.
func raiseSchema(ctx context.Context, tx *sql.Tx, version int) error {
	if version == schemaVersion {
		return nil
	}
	for _, step := range schemaSteps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if err := registerTables(ctx, tx, version); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO store (fid, version) VALUES (1, ?) ON CONFLICT (fid) DO UPDATE SET version = excluded.version", schemaVersion)
	return err
}

// registerTables tells GIS programs of the tables that came after a version.
func registerTables(ctx context.Context, tx *sql.Tx, version int) error {
	if version == 0 {
		for _, l := range layers {
			if err := geopackage.RegisterLayer(ctx, tx, l); err != nil {
				return err
			}
		}
	}
	for _, t := range attributeTables {
		if t.since <= version {
			continue
		}
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
