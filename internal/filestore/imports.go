package filestore

import (
	"context"
	"database/sql"
	"time"

	"kantong/internal/registry"
)

// logImport writes what a Put method was given. A file that replaces others takes their place in the log, too.
func logImport(ctx context.Context, tx *sql.Tx, edition string, kind registry.ImportKind, release string, im registry.Import) error {
	if !im.Append {
		if _, err := tx.ExecContext(ctx, "DELETE FROM imports WHERE edition = ? AND kind = ? AND release = ?", edition, string(kind), release); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO imports (edition, kind, release, file, sha256, rows, rejected, append, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		edition, string(kind), release, im.File, im.SHA256, im.Rows, im.Rejected, im.Append, stamp(im.At))
	if err != nil {
		return err
	}
	return touch(ctx, tx, "imports", string(kind))
}

// Imports gives the log of what an edition holds, oldest first. Files whose rows were replaced are not in it.
func (s *Store) Imports(ctx context.Context, edition string) ([]registry.Import, error) {
	list := []registry.Import{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		return query(ctx, tx, func(rows *sql.Rows) (err error) {
			var im registry.Import
			var at string
			if err = rows.Scan(&im.Kind, &im.Release, &im.File, &im.SHA256, &im.Rows, &im.Rejected, &im.Append, &at); err != nil {
				return err
			}
			im.At, err = time.Parse(stampLayout, at)
			list = append(list, im)
			return err
		}, "SELECT kind, release, file, sha256, rows, rejected, append, coalesce(at, '') FROM imports WHERE edition = ? ORDER BY fid", edition)
	})
	return list, err
}
