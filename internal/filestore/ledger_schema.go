package filestore

import (
	"context"
	"database/sql"
	_ "embed" // ledger.sql
)

//go:embed ledger.sql
var ledgerSQL string

// addedKeyColumns are those that a table of keys of this program's first version does not have.
var addedKeyColumns = [...]struct{ name, kind string }{
	{"purpose", "TEXT NOT NULL DEFAULT ''"},
	{"areas", "TEXT NOT NULL DEFAULT '[]'"}, // codes in JSON
	{"expires_at", "TEXT"},
}

// ensureLedger makes the tables that are absent, and brings a table of keys that is there up to this program's.
func ensureLedger(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, ledgerSQL); err != nil {
		return err
	}
	for _, c := range addedKeyColumns {
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM pragma_table_info('api_keys') WHERE name = ?", c.name).Scan(&there); err != nil {
			return err
		}
		if there {
			continue
		}
		if _, err := tx.ExecContext(ctx, "ALTER TABLE api_keys ADD COLUMN "+c.name+" "+c.kind); err != nil {
			return err
		}
	}
	return nil
}
