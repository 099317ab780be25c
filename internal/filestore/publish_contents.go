package filestore

import (
	"context"
	"database/sql"

	"github.com/paulmach/orb"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// publication goes once through all of an edition's contents, in the order of the content hash.
type publication struct {
	tx      *sql.Tx
	edition string
	options registry.PublishOptions

	hash          *registry.ContentHash
	counts        counts
	all, located  registry.Tally // for the sums of record keys
	areas, points boundOf
}

// progressStep is after how many households progress is told.
const progressStep = 10_000

func (p *publication) run(ctx context.Context) error {
	areas, err := queryAreas(ctx, p.tx, p.edition)
	if err != nil {
		return err
	}
	for i := range areas {
		p.hash.Area(&areas[i])
		if areas[i].Boundary != nil {
			p.areas.add(areas[i].Boundary.Bound())
		}
	}
	if err := p.households(ctx); err != nil {
		return err
	}
	indicators, err := queryIndicators(ctx, p.tx, p.edition)
	for i := range indicators {
		p.hash.Indicator(&indicators[i])
	}
	if err != nil {
		return err
	}
	successions, err := querySuccessions(ctx, p.tx, p.edition)
	for i := range successions {
		p.hash.Succession(&successions[i])
	}
	return err
}

func (p *publication) households(ctx context.Context) error {
	add, done, err := insert(ctx, p.tx, "INSERT INTO record_keys (household_fid, record_key) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer done()
	progress := p.options.Progress
	if progress == nil {
		progress = func(int64) {}
	}
	err = scanHouseholds(ctx, p.tx, "h.fid", "FROM households h WHERE h.edition = ? ORDER BY h.id", []any{p.edition}, func(h *registry.Household, fid int64) error {
		p.hash.Household(h)
		p.counts.add(h)
		key := p.options.Secrets.RecordKey(h.ID)
		p.all.Add(0, key)
		if h.Located {
			p.located.Add(0, key)
			p.points.add(h.Point.Point().Bound())
		}
		if p.counts.households%progressStep == 0 {
			progress(p.counts.households)
		}
		return add(fid, integerOf(key))
	})
	if err == nil {
		progress(p.counts.households)
	}
	return err
}

// boundOf is the bound of what was added to it; it may be nothing.
type boundOf struct {
	bound orb.Bound
	any   bool
}

func (b *boundOf) add(more orb.Bound) {
	if b.any {
		more = b.bound.Union(more)
	}
	b.bound, b.any = more, true
}

// growExtent makes the extent that GIS programs show of a layer take in what was published.
func growExtent(ctx context.Context, tx *sql.Tx, table string, b boundOf) error {
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var known orb.Bound
		err := rows.Scan(&known.Min[0], &known.Min[1], &known.Max[0], &known.Max[1])
		b.add(known)
		return err
	}, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ? AND min_x IS NOT NULL", table)
	if err != nil {
		return err
	}
	if !b.any {
		return touch(ctx, tx, table)
	}
	return geopackage.UpdateExtent(ctx, tx, table, b.bound)
}
