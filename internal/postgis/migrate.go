package postgis

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"kantong/internal/registry"
	"kantong/migrations"
)

// migrationTable logs which migrations a database has had.
const migrationTable = "kantong.migration"

// migrationLock keeps two programs from migrating one database at a time: "kantong" in ASCII.
const migrationLock = 0x6b616e746f6e67

// MigrationStatus is a migration of this program, or one that the database has had from a newer program.
type MigrationStatus struct {
	Version int64
	Name    string // of the file; "" for one that this program does not know
	Applied bool
}

// Migrate brings the tables of a database up to this program's. Any number of programs may do so at once: one works, the
// others wait.
func Migrate(ctx context.Context, url string) error {
	config, err := parseConn(url)
	if err != nil {
		return err
	}
	config.RuntimeParams["statement_timeout"] = "0"
	db := stdlib.OpenDB(*config)
	defer db.Close()
	// The table of migrations is in the schema, so that must come first; and IF NOT EXISTS alone is no lock.
	_, err = db.ExecContext(ctx, fmt.Sprintf("SELECT pg_advisory_xact_lock(%d); CREATE SCHEMA IF NOT EXISTS kantong", migrationLock), pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return failed(ctx, err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 600))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files,
		goose.WithTableName(migrationTable), goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return failed(ctx, err)
}

// Status tells which migrations a database has had, in the order of their versions. It changes nothing.
func Status(ctx context.Context, url string) ([]MigrationStatus, error) {
	config, err := parseConn(url)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	list, err := known()
	if err != nil {
		return nil, err
	}
	applied, err := appliedVersion(ctx, conn)
	if err != nil {
		return nil, failed(ctx, err)
	}
	for i := range list {
		list[i].Applied = list[i].Version <= applied
	}
	for v := list[len(list)-1].Version + 1; v <= applied; v++ {
		list = append(list, MigrationStatus{Version: v, Applied: true})
	}
	return list, nil
}

// known lists the migrations of this program: files like 00001_registry.sql.
func known() (list []MigrationStatus, err error) {
	files, err := fs.Glob(migrations.Files, "*.sql")
	for _, name := range files {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read number of migration %s: %w", name, err)
		}
		list = append(list, MigrationStatus{Version: version, Name: name})
	}
	return list, err
}

// appliedVersion is the number of the last migration that a database has had, 0 for a database without a registry.
func appliedVersion(ctx context.Context, db interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) (version int64, err error) {
	err = db.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+migrationTable+" WHERE is_applied").Scan(&version)
	var failure *pgconn.PgError
	if errors.As(err, &failure) && failure.Code == stateUndefinedTable {
		return 0, nil
	}
	return version, err
}

// checkVersion is CONFLICT unless the tables of a database are those of this program.
func checkVersion(ctx context.Context, pool *pgxpool.Pool) error {
	list, err := known()
	if err != nil {
		return err
	}
	applied, err := appliedVersion(ctx, pool)
	newest := list[len(list)-1].Version
	switch {
	case err != nil:
		return err
	case applied == 0:
		return registry.Conflict("database", "the database holds no registry yet; run `kantong migrate up` first")
	case applied < newest:
		return registry.Conflict("database", "the database is at version %d, this program needs version %d; run `kantong migrate up` first", applied, newest)
	case applied > newest:
		return registry.Conflict("database", "the database is at version %d, this program knows version %d only; use a newer program (`kantong migrate up` was run by one)", applied, newest)
	}
	return nil
}
