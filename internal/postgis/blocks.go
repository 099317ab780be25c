package postgis

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// blockVersion says how the trees of blocks are written: registry.BlockTree in JSON. A change of it is a new version, which
// an older program must not read.
const blockVersion = 1

// Blocks gives the frozen block trees, by area.
func (s *Store) Blocks(ctx context.Context) ([]registry.BlockTree, error) {
	trees := []registry.BlockTree{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		return query(ctx, tx, func(rows pgx.Rows) error {
			tree, err := scanBlocks(rows)
			trees = append(trees, tree)
			return err
		}, "SELECT area_code, version, tree FROM kantong.block_tree ORDER BY area_code")
	})
	if err != nil {
		return nil, err
	}
	return trees, nil
}

func scanBlocks(rows pgx.Rows) (tree registry.BlockTree, err error) {
	var area, text string
	var version int
	if err = rows.Scan(&area, &version, &text); err != nil {
		return tree, err
	}
	if version != blockVersion {
		return tree, registry.Conflict("database", "the blocks of area %s are of version %d, this program knows version %d only; use a newer program", area, version, blockVersion)
	}
	if err = json.Unmarshal([]byte(text), &tree); err != nil {
		err = fmt.Errorf("read blocks of area %s: %w", area, err)
	}
	return tree, err
}

// AddBlocks freezes the trees of areas that have none yet, all in one transaction. Of an area that has one, the tree that
// is there stays. Rows go in by area, so that two servers that freeze at once wait for each other and not in a circle.
func (s *Store) AddBlocks(ctx context.Context, trees []registry.BlockTree) error {
	areas, texts := make([]string, len(trees)), make([]string, len(trees))
	for i := range trees {
		text, err := json.Marshal(&trees[i])
		if err == nil {
			_, err = registry.ParseAreaCode(string(trees[i].Area))
		}
		if err != nil {
			return registry.Under(fmt.Sprintf("trees[%d]", i), err)
		}
		areas[i], texts[i] = string(trees[i].Area), string(text)
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO kantong.block_tree (area_code, version, tree)
			SELECT area_code, $3, tree FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (area_code, tree, place)
			ORDER BY area_code COLLATE "C", place ON CONFLICT (area_code) DO NOTHING`, areas, texts, blockVersion)
		return err
	})
}
