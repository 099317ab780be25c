package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// distribution spreads what is large over the nodes of a Citus cluster by area_code, the rows of an area on one node, and
// copies to all nodes what they are joined with.
var distribution = []struct{ table, statement string }{
	{"kantong.edition", "SELECT create_reference_table('kantong.edition')"},
	{"kantong.release", "SELECT create_reference_table('kantong.release')"},
	{"kantong.area", "SELECT create_reference_table('kantong.area')"},
	{"kantong.program", "SELECT create_reference_table('kantong.program')"},
	{"kantong.household", "SELECT create_distributed_table('kantong.household', 'area_code')"},
	{"kantong.household_state", "SELECT create_distributed_table('kantong.household_state', 'area_code', colocate_with => 'kantong.household')"},
	{"kantong.enrolment", "SELECT create_distributed_table('kantong.enrolment', 'area_code', colocate_with => 'kantong.household')"},
}

// Distribute spreads the registry over a Citus cluster, with the rights of the schema's owner. What is distributed already
// stays as it is. CONFLICT where the database has no Citus.
func (s *Store) Distribute(ctx context.Context) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		var installed bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')").Scan(&installed); err != nil {
			return err
		}
		if !installed {
			return registry.Conflict("database", "the database has no Citus extension, so there is nothing to distribute over; run CREATE EXTENSION citus and add its nodes first")
		}
		for _, d := range distribution {
			var done bool
			if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = $1::text::regclass)", d.table).Scan(&done); err != nil {
				return err
			}
			if done {
				continue
			}
			if _, err := tx.Exec(ctx, d.statement); err != nil {
				return err
			}
		}
		return nil
	})
}
