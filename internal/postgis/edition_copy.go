package postgis

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// CopyEdition begins a draft with the contents of a published edition.
func (s *Store) CopyEdition(ctx context.Context, e registry.Edition, o registry.CopyOptions) error {
	if err := registry.CheckEditionID("edition", e.ID); err != nil {
		return err
	}
	if o.Enrolments && o.As.ID != "" {
		if err := registry.CheckEditionID("release", o.As.ID); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		from, err := findEdition(ctx, tx, o.From)
		if err != nil {
			return registry.At("from", err)
		}
		release, err := o.PublishedFrom(&from.Edition)
		if err != nil {
			return err
		}
		if err := insertEdition(ctx, tx, e); err != nil {
			return err
		}
		c := copying{ctx, tx, e.ID, from, &o}
		if err := c.edition(); err != nil || release == nil {
			return err
		}
		return c.enrolments(release)
	})
}

// copying is a copy within its transaction.
type copying struct {
	ctx  context.Context
	tx   pgx.Tx
	to   string
	from *edition
	o    *registry.CopyOptions
}

func (c *copying) edition() error {
	for _, part := range []struct {
		kind           registry.ImportKind
		table, columns string
	}{
		{registry.ImportAreas, "kantong.area", "code, name, level, bps_code, boundary, area_km2, label_longitude, label_latitude, source"},
		{registry.ImportIndicators, "kantong.indicator", "area_code, code, year, value, unit, source, url, note"},
		{registry.ImportSuccessions, "kantong.succession", "code, predecessor, decree, date"},
		{registry.ImportPrograms, "kantong.program", "code, bit, name, pillar, funder, funder_kind, budget_rupiah, unit_cost_rupiah, year, eligibility, source"},
	} {
		tag, err := c.tx.Exec(c.ctx, "INSERT INTO "+part.table+" (edition, "+part.columns+") SELECT $1, "+part.columns+" FROM "+part.table+" WHERE edition = $2", c.to, c.from.ID)
		if err != nil {
			return err
		}
		if err := c.log(part.kind, c.from.ContentHash, tag.RowsAffected()); err != nil {
			return err
		}
	}
	if err := c.households(); err != nil {
		return err
	}
	_, err := c.tx.Exec(c.ctx, "UPDATE kantong.edition SET households = $2, people = $3, located = $4, programs_revision = 1 WHERE id = $1", c.to, c.from.Households, c.from.People, c.from.Located)
	return err
}

// lot is how many households are copied at once, so that progress can be told.
const lot = 50_000

func (c *copying) households() error {
	var table int
	if err := c.tx.QueryRow(c.ctx, "SELECT kantong.household_table_for($1, false)", c.to).Scan(&table); err != nil {
		return err
	}
	columns := strings.Join(columnNames(""), ", ")
	done := int64(0)
	var last [16]byte
	for {
		var rows int64
		var end *[16]byte
		err := c.tx.QueryRow(c.ctx, "WITH lot AS (INSERT INTO "+householdTable(table)+" (edition, "+columns+") SELECT $1, "+columns+" FROM "+c.from.households()+
			" WHERE edition = $2 AND ($3 OR id > $4) ORDER BY id LIMIT $5 RETURNING id) SELECT count(*), (SELECT id FROM lot ORDER BY id DESC LIMIT 1) FROM lot", c.to, c.from.ID, done == 0, last, lot).Scan(&rows, &end)
		if err != nil {
			return err
		}
		if done += rows; c.o.Progress != nil {
			c.o.Progress(done)
		}
		if rows < lot {
			break
		}
		last = *end
	}
	if c.from.householdTable != nil {
		if _, err := c.tx.Exec(c.ctx, "INSERT INTO "+matchKeyTable(table)+" SELECT * FROM "+matchKeyTable(*c.from.householdTable)); err != nil {
			return err
		}
	}
	if _, err := c.tx.Exec(c.ctx, "SELECT kantong.use_household_table($1, $2)", c.to, table); err != nil {
		return err
	}
	return c.log(registry.ImportHouseholds, c.from.ContentHash, done)
}

func (c *copying) enrolments(from *registry.Release) error {
	if err := insertRelease(c.ctx, c.tx, c.to, c.o.As); err != nil {
		return err
	}
	const columns = "household, program, status, since, until, persons, rupiah, decree"
	_, err := c.tx.Exec(c.ctx, "INSERT INTO kantong.draft_enrolment (edition, release, "+columns+") SELECT $1, $2, "+columns+" FROM "+enrolmentTable(c.from.stateTables[from.ID]), c.to, c.o.As.ID)
	if err != nil {
		return err
	}
	const counts = "program, area_code, recipients, keys_1, keys_2"
	if _, err := c.tx.Exec(c.ctx, "INSERT INTO kantong.unmatched (edition, release, "+counts+") SELECT $1, $2, "+counts+" FROM kantong.unmatched WHERE edition = $3 AND release = $4", c.to, c.o.As.ID, c.from.ID, from.ID); err != nil {
		return err
	}
	if _, err := c.tx.Exec(c.ctx, "UPDATE kantong.release SET enrolments = $3 WHERE edition = $1 AND id = $2", c.to, c.o.As.ID, from.Enrolments); err != nil {
		return err
	}
	return c.log(registry.ImportEnrolments, from.ContentHash, from.Enrolments)
}

func (c *copying) log(kind registry.ImportKind, hash string, rows int64) error {
	im := c.o.Import(kind, hash, rows)
	return logImport(c.ctx, c.tx, c.to, kind, im.Release, im)
}
