package filestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"kantong/internal/registry"
)

// blockVersion says how the trees of blocks are written: registry.BlockTree in JSON. A change of it is a new version, which
// an older program must not read.
const blockVersion = 1

// Blocks gives the frozen block trees, by area.
func (s *Store) Blocks(ctx context.Context) ([]registry.BlockTree, error) {
	trees := []registry.BlockTree{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		return query(ctx, tx, func(rows *sql.Rows) error {
			tree, err := scanBlocks(rows)
			trees = append(trees, tree)
			return err
		}, "SELECT area, version, tree FROM blocks ORDER BY area")
	})
	if err != nil {
		return nil, err
	}
	return trees, nil
}

func scanBlocks(rows *sql.Rows) (tree registry.BlockTree, err error) {
	var area string
	var version int
	var text []byte
	if err = rows.Scan(&area, &version, &text); err != nil {
		return tree, err
	}
	if version != blockVersion {
		return tree, registry.Conflict("data", "the blocks of area %s are of version %d, this program knows version %d only; use a newer program", area, version, blockVersion)
	}
	if err = json.Unmarshal(text, &tree); err != nil {
		err = fmt.Errorf("read blocks of area %s: %w", area, err)
	}
	return tree, err
}

// AddBlocks freezes the trees of areas that have none yet, all in one transaction. Of an area that has one, the tree that
// is there stays.
func (s *Store) AddBlocks(ctx context.Context, trees []registry.BlockTree) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		add, done, err := insert(ctx, tx, "INSERT INTO blocks (area, version, tree) VALUES (?, ?, ?) ON CONFLICT (area) DO NOTHING")
		if err != nil {
			return err
		}
		defer done()
		for i := range trees {
			if err := registry.Under(fmt.Sprintf("trees[%d]", i), addTree(add, &trees[i])); err != nil {
				return err
			}
		}
		return touch(ctx, tx, "blocks")
	})
}

func addTree(add func(...any) error, tree *registry.BlockTree) error {
	if _, err := registry.ParseAreaCode(string(tree.Area)); err != nil {
		return err
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return add(string(tree.Area), blockVersion, string(text))
}
