package filestore

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"kantong/internal/registry"
)

// PutIndicators stores a draft's published figures of areas.
func (s *Store) PutIndicators(ctx context.Context, edition string, im registry.Import, indicators []registry.AreaIndicator) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := checkDraft(ctx, tx, edition); err != nil {
			return err
		}
		if !im.Append {
			if err := deleteRows(ctx, tx, "indicators", edition); err != nil {
				return err
			}
		}
		add, done, err := insert(ctx, tx, `INSERT INTO indicators (edition, area_code, code, year, value, unit, source, url, note)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer done()
		for i, v := range indicators {
			if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
				return registry.Invalid(fmt.Sprintf("indicators[%d].value", i), "%g is not a figure", v.Value)
			}
			err := add(edition, string(v.Area), v.Code, v.Year, v.Value, v.Unit, v.Source, v.URL, v.Note)
			if isTaken(err) {
				return registry.Conflict(fmt.Sprintf("indicators[%d].code", i), "%s of %s in %d is already in edition %s", v.Code, v.Area, v.Year, edition)
			}
			if err != nil {
				return err
			}
		}
		return logImport(ctx, tx, edition, registry.ImportIndicators, "", im)
	})
}

// Indicators gives an edition's published figures by area, code and year.
func (s *Store) Indicators(ctx context.Context, edition string) (list []registry.AreaIndicator, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		list, err = queryIndicators(ctx, tx, edition)
		return err
	})
	return list, err
}

func queryIndicators(ctx context.Context, tx *sql.Tx, edition string) ([]registry.AreaIndicator, error) {
	list := []registry.AreaIndicator{}
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var v registry.AreaIndicator
		err := rows.Scan(&v.Area, &v.Code, &v.Year, &v.Value, &v.Unit, &v.Source, &v.URL, &v.Note)
		list = append(list, v)
		return err
	}, "SELECT area_code, code, year, value, unit, source, url, note FROM indicators WHERE edition = ? ORDER BY area_code, code, year", edition)
	return list, err
}
