package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// BeginChange records a change, or gives the one that has its ids already. Of two servers that begin the same at the same
// time, one waits for the other's transaction.
func (l Ledger) BeginChange(ctx context.Context, c registry.Change) (recorded registry.Change, fresh bool, err error) {
	err = l.s.write(ctx, func(tx pgx.Tx) error {
		for {
			tag, err := tx.Exec(ctx, "INSERT INTO kantong.change (key_id, client_id, at, request) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
				c.KeyID, c.ClientID, stored(c.At), c.Request)
			if err != nil {
				return err
			}
			fresh = tag.RowsAffected() > 0
			recorded, err = findChange(ctx, tx, c.KeyID, c.ClientID)
			if !errors.Is(err, pgx.ErrNoRows) { // else it was dropped between the two statements
				return err
			}
		}
	})
	if err != nil {
		return registry.Change{}, false, err
	}
	return recorded, fresh, nil
}

func findChange(ctx context.Context, tx pgx.Tx, keyID, clientID string) (c registry.Change, err error) {
	err = tx.QueryRow(ctx, "SELECT key_id, client_id, at, request, result FROM kantong.change WHERE key_id = $1 AND client_id = $2", keyID, clientID).
		Scan(&c.KeyID, &c.ClientID, &c.At, &c.Request, &c.Result)
	c.At = c.At.UTC()
	return c, err
}

// EndChange records the outcome of a change that was begun. An outcome without a byte is refused: it would look like none.
func (l Ledger) EndChange(ctx context.Context, keyID, clientID string, result []byte) error {
	if len(result) == 0 {
		return registry.Invalid("result", "the outcome of a change is JSON; this is empty")
	}
	return l.s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE kantong.change SET result = $3 WHERE key_id = $1 AND client_id = $2", keyID, clientID, result)
		if err == nil && tag.RowsAffected() == 0 {
			return registry.NotFound("clientId", "no change %q was begun", clientID)
		}
		return err
	})
}

// DropChange forgets a change that has no outcome. One that has did not fail, and stays.
func (l Ledger) DropChange(ctx context.Context, keyID, clientID string) error {
	return l.s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM kantong.change WHERE key_id = $1 AND client_id = $2 AND result IS NULL", keyID, clientID)
		return err
	})
}
