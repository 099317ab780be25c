package postgis

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// PutIndicators stores a draft's published figures of areas.
func (s *Store) PutIndicators(ctx context.Context, edition string, im registry.Import, indicators []registry.AreaIndicator) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		if _, err := lockDraft(ctx, tx, edition); err != nil {
			return err
		}
		if !im.Append {
			if _, err := tx.Exec(ctx, "DELETE FROM kantong.indicator WHERE edition = $1", edition); err != nil {
				return err
			}
		}
		err := insertEach(ctx, tx, `INSERT INTO kantong.indicator (edition, area_code, code, year, value, unit, source, url, note)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, indicators, func(v *registry.AreaIndicator) ([]any, error) {
			if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
				return nil, registry.Invalid("value", "%g is not a figure", v.Value)
			}
			return []any{edition, string(v.Area), v.Code, v.Year, v.Value, v.Unit, v.Source, v.URL, v.Note}, nil
		}, func(v *registry.AreaIndicator) error {
			return registry.Conflict("code", "%s of %s in %d is already in edition %s", v.Code, v.Area, v.Year, edition)
		}, "indicators")
		if err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportIndicators, "", im)
	})
}

// Indicators gives an edition's published figures by area, code and year.
func (s *Store) Indicators(ctx context.Context, edition string) (list []registry.AreaIndicator, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		list, err = queryIndicators(ctx, tx, edition)
		return err
	})
	return list, err
}

func queryIndicators(ctx context.Context, tx pgx.Tx, edition string) ([]registry.AreaIndicator, error) {
	list := []registry.AreaIndicator{}
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var v registry.AreaIndicator
		err := rows.Scan(&v.Area, &v.Code, &v.Year, &v.Value, &v.Unit, &v.Source, &v.URL, &v.Note)
		list = append(list, v)
		return err
	}, `SELECT area_code, code, year, value, unit, source, url, note FROM kantong.indicator WHERE edition = $1
		ORDER BY area_code, code, year`, edition)
	return list, err
}
