package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// logImport writes what a Put method was given. A file that replaces others takes their place in the log, too.
func logImport(ctx context.Context, tx pgx.Tx, edition string, kind registry.ImportKind, release string, im registry.Import) error {
	if !im.Append {
		_, err := tx.Exec(ctx, "DELETE FROM kantong.import WHERE edition = $1 AND kind = $2 AND release = $3", edition, string(kind), release)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO kantong.import (edition, kind, release, file, sha256, rows, rejected, append, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		edition, string(kind), release, im.File, im.SHA256, im.Rows, im.Rejected, im.Append, stored(im.At))
	return err
}

// Imports gives the log of what an edition holds, oldest first. Files whose rows were replaced are not in it.
func (s *Store) Imports(ctx context.Context, edition string) ([]registry.Import, error) {
	list := []registry.Import{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		return query(ctx, tx, func(rows pgx.Rows) error {
			var im registry.Import
			err := rows.Scan(&im.Kind, &im.Release, &im.File, &im.SHA256, &im.Rows, &im.Rejected, &im.Append, &im.At)
			im.At = im.At.UTC()
			list = append(list, im)
			return err
		}, "SELECT kind, release, file, sha256, rows, rejected, append, at FROM kantong.import WHERE edition = $1 ORDER BY number", edition)
	})
	return list, err
}
