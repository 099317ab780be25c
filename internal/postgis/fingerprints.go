package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Fingerprints gives those of the secrets that made the ids and record keys of this store, by the name of the secret.
func (s *Store) Fingerprints(ctx context.Context) (map[string]string, error) {
	prints := map[string]string{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		return query(ctx, tx, func(rows pgx.Rows) error {
			var secret, fingerprint string
			err := rows.Scan(&secret, &fingerprint)
			prints[secret] = fingerprint
			return err
		}, "SELECT secret, fingerprint FROM kantong.fingerprint")
	})
	if err != nil {
		return nil, err
	}
	return prints, nil
}

// SetFingerprints replaces all fingerprints. Whoever does so at the same time waits, so that the result is never a mixture.
func (s *Store) SetFingerprints(ctx context.Context, prints map[string]string) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE kantong.fingerprint IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM kantong.fingerprint"); err != nil {
			return err
		}
		for secret, fingerprint := range prints {
			if _, err := tx.Exec(ctx, "INSERT INTO kantong.fingerprint (secret, fingerprint) VALUES ($1, $2)", secret, fingerprint); err != nil {
				return err
			}
		}
		return nil
	})
}
