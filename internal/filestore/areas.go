package filestore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/paulmach/orb"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// PutAreas stores a draft's areas.
func (s *Store) PutAreas(ctx context.Context, edition string, im registry.Import, areas []registry.Area) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := checkDraft(ctx, tx, edition); err != nil {
			return err
		}
		if !im.Append {
			if err := deleteRows(ctx, tx, "areas", edition); err != nil {
				return err
			}
		}
		add, done, err := insert(ctx, tx, `INSERT INTO areas (geom, edition, code, name, level, bps_code, area_km2, label_longitude,
			label_latitude, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer done()
		for i := range areas {
			if err := registry.Under(fmt.Sprintf("areas[%d]", i), insertArea(add, edition, &areas[i])); err != nil {
				return err
			}
		}
		return logImport(ctx, tx, edition, registry.ImportAreas, "", im)
	})
}

func insertArea(add func(...any) error, edition string, a *registry.Area) error {
	if _, err := registry.ParseAreaCode(string(a.Code)); err != nil {
		return err
	}
	blob, err := geopackage.EncodeGeometry(a.Boundary)
	if err != nil {
		return &registry.Error{Code: registry.CodeBadUserInput, Field: "boundary", Message: fmt.Sprintf("area %s: %v", a.Code, err), Cause: err}
	}
	var geom any // NULL without a boundary
	if blob != nil {
		geom = blob
	}
	err = add(geom, edition, string(a.Code), a.Name, a.Level().String(), a.BPSCode, a.AreaKm2, a.Label[0], a.Label[1], a.Source)
	if isTaken(err) {
		return registry.Conflict("code", "area %s is already in edition %s", a.Code, edition)
	}
	return err
}

// Areas gives an edition's areas by code.
func (s *Store) Areas(ctx context.Context, edition string) (list []registry.Area, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		list, err = queryAreas(ctx, tx, edition)
		return err
	})
	return list, err
}

func queryAreas(ctx context.Context, tx *sql.Tx, edition string) ([]registry.Area, error) {
	list := []registry.Area{}
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var a registry.Area
		var geom []byte
		if err := rows.Scan(&geom, &a.Code, &a.Name, &a.BPSCode, &a.AreaKm2, &a.Label[0], &a.Label[1], &a.Source); err != nil {
			return err
		}
		g, _, err := geopackage.DecodeGeometry(geom)
		if err != nil {
			return fmt.Errorf("read area %s: %w", a.Code, err)
		}
		if g != nil {
			boundary, ok := g.(orb.MultiPolygon)
			if !ok {
				return fmt.Errorf("read area %s: its boundary is a %s", a.Code, g.GeoJSONType())
			}
			a.Boundary = boundary
		}
		list = append(list, a)
		return nil
	}, `SELECT geom, code, name, bps_code, area_km2, label_longitude, label_latitude, source FROM areas WHERE edition = ? ORDER BY code`, edition)
	return list, err
}
