package filestore

import (
	"context"
	"database/sql"
	"path/filepath"

	"kantong/internal/geopackage"
)

// Fingerprints gives those of the secrets that made the ids and record keys of this store, by the name of the secret.
func (s *Store) Fingerprints(ctx context.Context) (prints map[string]string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		prints, err = fingerprints(ctx, tx)
		return err
	})
	return prints, err
}

// FingerprintsOf gives those of a data directory without its lock: a server may go on with the store meanwhile. One of a
// former version has none.
func FingerprintsOf(ctx context.Context, dir string) (prints map[string]string, err error) {
	db, err := geopackage.Open(ctx, filepath.Join(dir, RegistryFile), geopackage.Options{ReadOnly: true})
	if err != nil {
		return nil, unusable(dir, err)
	}
	defer db.Close()
	err = inTransaction(ctx, db, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) error {
		var there bool
		err := tx.QueryRowContext(ctx, "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'fingerprints'").Scan(&there)
		if err == nil && there {
			prints, err = fingerprints(ctx, tx)
		}
		return err
	})
	return prints, err
}

func fingerprints(ctx context.Context, tx *sql.Tx) (map[string]string, error) {
	prints := map[string]string{}
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var secret, fingerprint string
		err := rows.Scan(&secret, &fingerprint)
		prints[secret] = fingerprint
		return err
	}, "SELECT secret, fingerprint FROM fingerprints")
	return prints, err
}

// SetFingerprints replaces all fingerprints.
func (s *Store) SetFingerprints(ctx context.Context, prints map[string]string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM fingerprints"); err != nil {
			return err
		}
		for secret, fingerprint := range prints {
			if _, err := tx.ExecContext(ctx, "INSERT INTO fingerprints (secret, fingerprint) VALUES (?, ?)", secret, fingerprint); err != nil {
				return err
			}
		}
		return touch(ctx, tx, "fingerprints")
	})
}
