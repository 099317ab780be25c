package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"kantong/internal/registry"
)

// wgs84 is the number of longitude and latitude in degrees.
const wgs84 = 4326

// PutAreas stores a draft's areas.
func (s *Store) PutAreas(ctx context.Context, edition string, im registry.Import, areas []registry.Area) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		if _, err := lockDraft(ctx, tx, edition); err != nil {
			return err
		}
		if !im.Append {
			if _, err := tx.Exec(ctx, "DELETE FROM kantong.area WHERE edition = $1", edition); err != nil {
				return err
			}
		}
		err := insertEach(ctx, tx, `INSERT INTO kantong.area (edition, code, name, level, bps_code, boundary, area_km2, label_longitude,
			label_latitude, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, areas, func(a *registry.Area) ([]any, error) {
			boundary, err := encodeBoundary(a)
			return []any{edition, string(a.Code), a.Name, a.Level().String(), a.BPSCode, boundary, a.AreaKm2, a.Label[0], a.Label[1], a.Source}, err
		}, func(a *registry.Area) error {
			return registry.Conflict("code", "area %s is already in edition %s", a.Code, edition)
		}, "areas")
		if err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportAreas, "", im)
	})
}

// encodeBoundary checks an area and gives its boundary as EWKB, nil without one.
func encodeBoundary(a *registry.Area) ([]byte, error) {
	if _, err := registry.ParseAreaCode(string(a.Code)); err != nil {
		return nil, err
	}
	points, empty := 0, 0
	for _, polygon := range a.Boundary {
		if len(polygon) == 0 {
			empty++
		}
		for _, ring := range polygon {
			if len(ring) == 0 {
				empty++
			}
			points += len(ring)
			for _, p := range ring {
				if d := (p[0] - p[0]) + (p[1] - p[1]); d != 0 { // NaN exactly when a coordinate is NaN or infinite
					return nil, registry.Invalid("boundary", "area %s: coordinate (%g, %g) is not finite", a.Code, p[0], p[1])
				}
			}
		}
	}
	switch {
	case points == 0:
		return nil, nil
	case empty > 0:
		return nil, registry.Invalid("boundary", "area %s: %d parts of its boundary have no points", a.Code, empty)
	}
	return ewkb.Marshal(a.Boundary, wgs84)
}

// insertEach inserts one row for each of a list. Errors say which: "areas[3].code".
func insertEach[T any](ctx context.Context, tx pgx.Tx, text string, list []T, values func(*T) ([]any, error), taken func(*T) error, name string) error {
	var batch pgx.Batch
	for i := range list {
		args, err := values(&list[i])
		if err != nil {
			return registry.Under(fmt.Sprintf("%s[%d]", name, i), err)
		}
		batch.Queue(text, args...)
	}
	results := tx.SendBatch(ctx, &batch)
	defer results.Close()
	for i := range list {
		_, err := results.Exec()
		if isTaken(err) {
			err = taken(&list[i])
		}
		if err != nil {
			return registry.Under(fmt.Sprintf("%s[%d]", name, i), translate(err))
		}
	}
	return results.Close()
}

// Areas gives an edition's areas by code.
func (s *Store) Areas(ctx context.Context, edition string) (list []registry.Area, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		list, err = queryAreas(ctx, tx, edition)
		return err
	})
	return list, err
}

func queryAreas(ctx context.Context, tx pgx.Tx, edition string) ([]registry.Area, error) {
	list := []registry.Area{}
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var a registry.Area
		var boundary []byte
		if err := rows.Scan(&a.Code, &a.Name, &a.BPSCode, &boundary, &a.AreaKm2, &a.Label[0], &a.Label[1], &a.Source); err != nil {
			return err
		}
		if boundary != nil {
			g, _, err := ewkb.Unmarshal(boundary)
			if err != nil {
				return fmt.Errorf("read boundary of area %s: %w", a.Code, err)
			}
			a.Boundary = g.(orb.MultiPolygon) // as the column's type says
		}
		list = append(list, a)
		return nil
	}, `SELECT code, name, bps_code, boundary, area_km2, label_longitude, label_latitude, source FROM kantong.area
		WHERE edition = $1 ORDER BY code`, edition)
	return list, err
}
