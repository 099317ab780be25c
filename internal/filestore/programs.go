package filestore

import (
	"context"
	"database/sql"
	"fmt"

	"kantong/internal/registry"
)

// PutPrograms stores an edition's programmes and gives them a new revision. Unlike all else, the definitions of a
// published edition may change, so long as every programme that published enrolments name stays.
func (s *Store) PutPrograms(ctx context.Context, edition string, im registry.Import, programs []registry.Program) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		revision, err := programsRevision(ctx, tx, edition)
		if err != nil {
			return err
		}
		if err := im.CheckReplaces(revision); err != nil {
			return err
		}
		if !im.Append {
			if err := deleteRows(ctx, tx, "programs", edition); err != nil {
				return err
			}
		}
		if err := insertPrograms(ctx, tx, edition, programs); err != nil {
			return err
		}
		if err := checkPrograms(ctx, tx, edition); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE editions SET programs_revision = programs_revision + 1 WHERE id = ?", edition); err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportPrograms, "", im)
	})
}

func insertPrograms(ctx context.Context, tx *sql.Tx, edition string, programs []registry.Program) error {
	add, done, err := insert(ctx, tx, `INSERT INTO programs (edition, code, name, pillar, funder, funder_kind, budget_rupiah, unit_cost_rupiah,
		year, eligibility, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer done()
	for i := range programs {
		p, at := &programs[i], fmt.Sprintf("programs[%d]", i)
		if err := p.Check(); err != nil {
			return registry.Under(at, err)
		}
		err := add(edition, p.Code, p.Name, p.Pillar.String(), p.Funder, p.FunderKind.String(), valueOrNull(p.BudgetRupiah),
			valueOrNull(p.UnitCostRupiah), p.Year, string(p.Eligibility.JSON()), p.Source)
		if isTaken(err) {
			return registry.Conflict(at+".code", "programme %s is already in edition %s", p.Code, edition)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPrograms makes sure that there are not too many programmes, and one for each published enrolment.
func checkPrograms(ctx context.Context, tx *sql.Tx, edition string) error {
	var count int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM programs WHERE edition = ?", edition).Scan(&count); err != nil {
		return err
	}
	if count > registry.MaxPrograms {
		return registry.Invalid("programs", "an edition has at most %d programmes, these are %d", registry.MaxPrograms, count)
	}
	return query(ctx, tx, func(rows *sql.Rows) error {
		var release, program string
		var enrolments int64
		if err := rows.Scan(&release, &program, &enrolments); err != nil {
			return err
		}
		return registry.Conflict("programs", "programme %s must stay: %d published enrolments of %s are in it",
			program, enrolments, registry.StateID(edition, release))
	}, `SELECT e.release, e.program, count(*) FROM releases r JOIN enrolments e ON e.edition = r.edition AND e.release = r.id
		WHERE r.edition = ?1 AND r.published_at IS NOT NULL AND e.program NOT IN (SELECT code FROM programs WHERE edition = ?1)
		GROUP BY e.release, e.program ORDER BY e.release, e.program`, edition)
}

// Programs gives an edition's programmes by code, and their revision: 0 before the first.
func (s *Store) Programs(ctx context.Context, edition string) (list []registry.Program, revision int64, err error) {
	list = []registry.Program{}
	err = s.read(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		if revision, err = programsRevision(ctx, tx, edition); err != nil {
			return err
		}
		return query(ctx, tx, func(rows *sql.Rows) error {
			p, err := scanProgram(rows)
			list = append(list, p)
			return err
		}, `SELECT code, name, pillar, funder, funder_kind, budget_rupiah, unit_cost_rupiah, year, eligibility, source
			FROM programs WHERE edition = ? ORDER BY code`, edition)
	})
	return list, revision, err
}

func programsRevision(ctx context.Context, tx *sql.Tx, edition string) (revision int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT programs_revision FROM editions WHERE id = ?", edition).Scan(&revision)
	return revision, err
}

func scanProgram(rows *sql.Rows) (p registry.Program, err error) {
	var pillar, kind, rule string
	if err = rows.Scan(&p.Code, &p.Name, &pillar, &p.Funder, &kind, &p.BudgetRupiah, &p.UnitCostRupiah, &p.Year, &rule, &p.Source); err != nil {
		return p, err
	}
	if p.Pillar, err = registry.ParsePillar(pillar); err != nil {
		return p, err
	}
	if p.FunderKind, err = registry.ParseFunderKind(kind); err != nil {
		return p, err
	}
	p.Eligibility, err = registry.ParseFilter([]byte(rule))
	return p, err
}
