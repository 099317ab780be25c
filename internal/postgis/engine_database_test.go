package postgis

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// engineDatabase connects to a fresh database.
func engineDatabase(t testing.TB) *pgxpool.Pool {
	t.Helper()
	config, err := parsePool(freshDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
