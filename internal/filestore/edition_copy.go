package filestore

import (
	"context"
	"database/sql"
	"strings"

	"kantong/internal/registry"
)

// CopyEdition begins a draft with the contents of a published edition.
func (s *Store) CopyEdition(ctx context.Context, e registry.Edition, o registry.CopyOptions) error {
	if err := checkEdition(e); err != nil {
		return err
	}
	if o.Enrolments {
		if err := checkRelease(o.As); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		from, err := findEdition(ctx, tx, o.From)
		if err != nil {
			return registry.At("from", err)
		}
		release, err := o.PublishedFrom(&from)
		if err != nil {
			return err
		}
		if err := insertEdition(ctx, tx, e); err != nil {
			return err
		}
		if err := cacheForWriting(ctx, tx); err != nil {
			return err
		}
		c := copying{ctx, tx, e.ID, &from, &o}
		if err := c.edition(); err != nil || release == nil {
			return err
		}
		return c.enrolments(release)
	})
}

// copying is a copy within its transaction.
type copying struct {
	ctx  context.Context
	tx   *sql.Tx
	to   string
	from *registry.Edition
	o    *registry.CopyOptions
}

func (c *copying) edition() error {
	for _, part := range []struct {
		kind           registry.ImportKind
		table, columns string
	}{
		{registry.ImportAreas, "areas", "geom, code, name, level, bps_code, area_km2, label_longitude, label_latitude, source"},
		{registry.ImportIndicators, "indicators", "area_code, code, year, value, unit, source, url, note"},
		{registry.ImportSuccessions, "successions", "code, predecessor, decree, date"},
		{registry.ImportPrograms, "programs", "code, name, pillar, funder, funder_kind, budget_rupiah, unit_cost_rupiah, year, eligibility, source"},
	} {
		result, err := c.tx.ExecContext(c.ctx, "INSERT INTO "+part.table+" (edition, "+part.columns+") SELECT ?, "+part.columns+" FROM "+part.table+" WHERE edition = ? ORDER BY fid", c.to, c.from.ID)
		if err != nil {
			return err
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if err := c.log(part.kind, part.table, c.from.ContentHash, rows); err != nil {
			return err
		}
	}
	if err := c.households(); err != nil {
		return err
	}
	_, err := c.tx.ExecContext(c.ctx, "UPDATE editions SET households = ?, people = ?, located = ?, programs_revision = 1 WHERE id = ?", c.from.Households, c.from.People, c.from.Located, c.to)
	return err
}

// lot is how many households are copied at once, so that progress can be told.
const lot = 20_000

func (c *copying) households() error {
	names := make([]string, len(householdColumns))
	for i, column := range householdColumns {
		names[i] = column.name
	}
	columns := strings.Join(names, ", ")
	done, last := int64(0), ""
	for {
		result, err := c.tx.ExecContext(c.ctx, "INSERT INTO households (edition, "+columns+") SELECT ?, "+columns+" FROM households WHERE edition = ? AND id > ? ORDER BY id LIMIT ?", c.to, c.from.ID, last, lot)
		if err != nil {
			return err
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		_, err = c.tx.ExecContext(c.ctx, `INSERT INTO match_keys (household_fid, kind, hash) SELECT new.fid, k.kind, k.hash
			FROM households old CROSS JOIN match_keys k ON k.household_fid = old.fid CROSS JOIN households new ON new.edition = ? AND new.id = old.id
			WHERE old.edition = ? AND old.id > ? ORDER BY new.fid, k.fid`, c.to, c.from.ID, last)
		if err != nil {
			return err
		}
		if done += rows; c.o.Progress != nil {
			c.o.Progress(done)
		}
		if rows < lot {
			break
		}
		if err := c.tx.QueryRowContext(c.ctx, "SELECT max(id) FROM households WHERE edition = ?", c.to).Scan(&last); err != nil {
			return err
		}
	}
	if err := touch(c.ctx, c.tx, "match_keys"); err != nil {
		return err
	}
	return c.log(registry.ImportHouseholds, "households", c.from.ContentHash, done)
}

func (c *copying) enrolments(from *registry.Release) error {
	if err := insertRelease(c.ctx, c.tx, c.to, c.o.As); err != nil {
		return err
	}
	const columns = "household, program, status, since, until, persons, rupiah, decree"
	_, err := c.tx.ExecContext(c.ctx, "INSERT INTO enrolments (edition, release, "+columns+") SELECT ?, ?, "+columns+" FROM enrolments WHERE edition = ? AND release = ? ORDER BY fid", c.to, c.o.As.ID, c.from.ID, from.ID)
	if err != nil {
		return err
	}
	const counts = "program, area_code, recipients, keys"
	if _, err := c.tx.ExecContext(c.ctx, "INSERT INTO unmatched (edition, release, "+counts+") SELECT ?, ?, "+counts+" FROM unmatched WHERE edition = ? AND release = ? ORDER BY fid", c.to, c.o.As.ID, c.from.ID, from.ID); err != nil {
		return err
	}
	if err := touch(c.ctx, c.tx, "unmatched"); err != nil {
		return err
	}
	if _, err := c.tx.ExecContext(c.ctx, "UPDATE releases SET enrolments = ? WHERE edition = ? AND id = ?", from.Enrolments, c.to, c.o.As.ID); err != nil {
		return err
	}
	return c.log(registry.ImportEnrolments, "enrolments", from.ContentHash, from.Enrolments)
}

func (c *copying) log(kind registry.ImportKind, table, hash string, rows int64) error {
	im := c.o.Import(kind, hash, rows)
	if err := logImport(c.ctx, c.tx, c.to, kind, im.Release, im); err != nil {
		return err
	}
	return touch(c.ctx, c.tx, table)
}
