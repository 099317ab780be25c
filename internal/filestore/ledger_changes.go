package filestore

import (
	"context"
	"database/sql"
	"time"

	"kantong/internal/registry"
)

// BeginChange records a change, or gives the one that has its ids already.
func (l *Ledger) BeginChange(ctx context.Context, c registry.Change) (recorded registry.Change, fresh bool, err error) {
	err = l.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT INTO changes (key_id, client_id, at, request) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			c.KeyID, c.ClientID, stamp(c.At), c.Request)
		if err != nil {
			return err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return err
		}
		fresh = added > 0
		recorded, err = findChange(ctx, tx, c.KeyID, c.ClientID)
		return err
	})
	if err != nil {
		return registry.Change{}, false, err
	}
	return recorded, fresh, nil
}

func findChange(ctx context.Context, tx *sql.Tx, keyID, clientID string) (c registry.Change, err error) {
	var at string
	err = tx.QueryRowContext(ctx, "SELECT key_id, client_id, at, request, result FROM changes WHERE key_id = ? AND client_id = ?", keyID, clientID).
		Scan(&c.KeyID, &c.ClientID, &at, &c.Request, &c.Result)
	if err != nil {
		return c, err
	}
	c.At, err = time.Parse(stampLayout, at)
	return c, err
}

// EndChange records the outcome of a change that was begun. An outcome without a byte is refused: it would look like none.
func (l *Ledger) EndChange(ctx context.Context, keyID, clientID string, result []byte) error {
	if len(result) == 0 {
		return registry.Invalid("result", "the outcome of a change is JSON; this is empty")
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE changes SET result = ? WHERE key_id = ? AND client_id = ?", result, keyID, clientID)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return registry.NotFound("clientId", "no change %q was begun", clientID)
		}
		return nil
	})
}

// DropChange forgets a change that has no outcome. One that has did not fail, and stays.
func (l *Ledger) DropChange(ctx context.Context, keyID, clientID string) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM changes WHERE key_id = ? AND client_id = ? AND result IS NULL", keyID, clientID)
		return err
	})
}
