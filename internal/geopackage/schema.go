package geopackage

import (
	"context"
	"database/sql"
	_ "embed" // schema.sql
	"fmt"
)

//go:embed schema.sql
var schemaSQL string

// The application_id of a GeoPackage: since version 1.2, and of the two versions before.
const (
	applicationGPKG = 0x47504B47
	applicationGP11 = 0x47503131
	applicationGP10 = 0x47503130
)

// check returns an error unless the database is a GeoPackage.
func check(ctx context.Context, s Session) error {
	empty, err := inspect(ctx, s)
	if err == nil && empty {
		return fmt.Errorf("%w: the database is empty", ErrNotGeoPackage)
	}
	return err
}

// ensure makes a database without any table a GeoPackage, in one transaction, and checks any other.
func ensure(ctx context.Context, db *sql.DB) error {
	empty, err := inspect(ctx, db)
	if err != nil || !empty {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another process may have been faster; now that the lock is held, the answer stays.
	if empty, err = inspect(ctx, tx); err != nil || !empty {
		return err
	}
	if _, err := tx.ExecContext(ctx, schemaSQL); err != nil {
		return err
	}
	return tx.Commit()
}

// inspect reports whether the database has no content at all, and an error when it has content that is not a GeoPackage.
func inspect(ctx context.Context, s Session) (empty bool, err error) {
	var application, objects, catalogue int64
	err = s.QueryRowContext(ctx, `
		SELECT (SELECT application_id FROM pragma_application_id),
		       count(*),
		       count(*) FILTER (WHERE lower(name) IN ('gpkg_contents', 'gpkg_spatial_ref_sys'))
		FROM sqlite_schema`).Scan(&application, &objects, &catalogue)
	switch {
	case err != nil:
		return false, err
	case objects == 0 && application == 0:
		return true, nil
	case application != applicationGPKG && application != applicationGP11 && application != applicationGP10:
		return false, fmt.Errorf("%w: an SQLite database with application id %#x, not %#x", ErrNotGeoPackage, uint32(application), applicationGPKG)
	case catalogue != 2:
		return false, fmt.Errorf("%w: the tables gpkg_contents and gpkg_spatial_ref_sys are missing", ErrNotGeoPackage)
	}
	return false, nil
}
