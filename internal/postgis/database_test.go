package postgis

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// databaseVariable is the URL of a database on a server where tests may make further ones: scripts/with-postgres.sh sets it.
const databaseVariable = "KANTONG_TEST_DATABASE"

// template is the name of a database with all migrations that tests copy; "" without a server.
var template string

// TestMain makes the template and drops it at the end. Without a server the tests that need one are skipped, but for CI.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		server := os.Getenv(databaseVariable)
		if server == "" {
			fmt.Printf("%s is not set: tests on PostgreSQL are skipped (scripts/with-postgres.sh COMMAND starts one)\n", databaseVariable)
			return m.Run()
		}
		name, drop, err := makeTemplate(context.Background(), server)
		if err != nil {
			fmt.Fprintln(os.Stderr, "prepare the test database:", err)
			return 1
		}
		defer drop()
		template = name
		return m.Run()
	}())
}

func makeTemplate(ctx context.Context, server string) (name string, drop func(), err error) {
	name = "kantong_test_" + rand.Text()
	if err := onServer(ctx, server, "CREATE DATABASE "+quote(name)); err != nil {
		return "", nil, err
	}
	drop = func() {
		if err := onServer(ctx, server, "DROP DATABASE "+quote(name)+" WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, "drop the test database:", err)
		}
	}
	if err := Migrate(ctx, inDatabase(server, name)); err != nil {
		drop()
		return "", nil, err
	}
	return name, drop, nil
}

// freshDatabase is the URL of an empty database with all migrations, which is gone when the test ends.
func freshDatabase(t testing.TB) string {
	t.Helper()
	needServer(t)
	return newDatabase(t, "TEMPLATE "+quote(template))
}

// needServer skips the test where there is no server, and fails it in CI.
func needServer(t testing.TB) {
	t.Helper()
	if template != "" {
		return
	}
	if os.Getenv("KANTONG_CI") != "" {
		t.Fatalf("%s is not set", databaseVariable)
	}
	t.Skipf("%s is not set", databaseVariable)
}

// newDatabase makes a database and gives its URL.
func newDatabase(t testing.TB, options string) string {
	t.Helper()
	server, name := os.Getenv(databaseVariable), "kantong_test_"+rand.Text()
	if err := onServer(t.Context(), server, "CREATE DATABASE "+quote(name)+" "+options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := onServer(context.Background(), server, "DROP DATABASE "+quote(name)+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return inDatabase(server, name)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func inDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // it has been connected to
	}
	u.Path = "/" + name
	return u.String()
}

func onServer(ctx context.Context, server, statement string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
