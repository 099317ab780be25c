package postgis

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"kantong/internal/registry"
)

// connectTimeout is how long to try to reach a server that does not answer, unless the URL says connect_timeout.
const connectTimeout = 5 * time.Second

// sessionDefaults are settings of every connection that the URL may say otherwise.
var sessionDefaults = map[string]string{
	"application_name":                    "kantong",
	"statement_timeout":                   "30s", // of a question; what streams or loads has none
	"idle_in_transaction_session_timeout": "0",   // a slow reader of a sequence is no failure
	"jit":                                 "off", // compiling costs more than these queries take
}

// Store is a registry.Store in a database. It is safe for concurrent use.
type Store struct{ pool *pgxpool.Pool }

var _ registry.Store = (*Store)(nil)

// Open connects to the database of a postgres:// URL. Its tables must be those of this program: CONFLICT says to migrate
// them, or that the program is too old. UNAVAILABLE when the server can't be reached.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := parsePool(url)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, translate(err)
	}
	if err := checkVersion(ctx, pool); err != nil {
		pool.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, translate(err)
	}
	return &Store{pool}, nil
}

// Close ends all connections, waiting for those in use. Sequences must have ended.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// parsePool reads a URL, which may have settings of the pool, too: pool_max_conns.
func parsePool(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL()
	}
	prepareConn(config.ConnConfig)
	if !strings.Contains(url, "pool_max_conns") {
		// Readers of sequences keep their connection, and the database does most of the work.
		config.MaxConns = max(config.MaxConns, int32(4*runtime.GOMAXPROCS(0)), 16)
	}
	config.AfterConnect = registerGeometry
	return config, nil
}

// parseConn is parsePool for a single connection.
func parseConn(url string) (*pgx.ConnConfig, error) {
	config, err := parsePool(url)
	if err != nil {
		return nil, err
	}
	return config.ConnConfig, nil
}

// badURL never repeats the URL, which may hold a password.
func badURL() error {
	return registry.Invalid("database", "this is not a database URL; expected a form like postgres://user@host:5432/name")
}

func prepareConn(config *pgx.ConnConfig) {
	params := maps.Clone(sessionDefaults)
	maps.Copy(params, config.RuntimeParams)
	config.RuntimeParams = params
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	// A caller who leaves stops the statement on the server, and the connection can be used again.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 2 * time.Second}
	}
}

// registerGeometry makes geometries arguments and results as EWKB in a []byte, in binary. Their type has another number
// in every database.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var oid uint32
	err := conn.QueryRow(ctx, "SELECT oid FROM pg_type WHERE typname = 'geometry' AND typtype = 'b'", pgx.QueryExecModeExec).Scan(&oid)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // no PostGIS yet: Open says so, or Migrate makes it
	}
	if err != nil {
		return err
	}
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: pgtype.ByteaCodec{}})
	return nil
}
