// Package migrations holds the tables of the registry in PostgreSQL as numbered SQL files, run in the order of their
// numbers and never changed once released: a change is a further file. README.md tells about roles and Citus.
package migrations

import "embed"

// Files are the SQL files, in the notation of goose.
//
//go:embed *.sql
var Files embed.FS
