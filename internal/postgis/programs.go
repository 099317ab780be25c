package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// PutPrograms stores an edition's programmes and gives them a new revision. Unlike all else, the definitions of a
// published edition may change, so long as every programme that published enrolments name stays. Other servers are told.
func (s *Store) PutPrograms(ctx context.Context, edition string, im registry.Import, programs []registry.Program) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		e, err := lockEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		revision, err := programsRevision(ctx, tx, edition)
		if err != nil {
			return err
		}
		if err := im.CheckReplaces(revision); err != nil {
			return err
		}
		bits, err := programBits(ctx, tx, edition)
		if err != nil {
			return err
		}
		before := len(bits)
		if !im.Append {
			if _, err := tx.Exec(ctx, "DELETE FROM kantong.program WHERE edition = $1", edition); err != nil {
				return err
			}
			before = 0
		}
		if count := before + len(programs); count > registry.MaxPrograms {
			return registry.Invalid("programs", "an edition has at most %d programmes, these are %d", registry.MaxPrograms, count)
		}
		if err := insertPrograms(ctx, tx, edition, bits, im.Append, programs); err != nil {
			return err
		}
		if err := checkPrograms(ctx, tx, e); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE kantong.edition SET programs_revision = programs_revision + 1 WHERE id = $1", edition); err != nil {
			return err
		}
		if err := logImport(ctx, tx, edition, registry.ImportPrograms, "", im); err != nil || e.PublishedAt == nil {
			return err
		}
		return notify(ctx, tx, edition)
	})
}

// programBits gives the bits of an edition's programmes.
func programBits(ctx context.Context, tx pgx.Tx, edition string) (map[string]int, error) {
	bits := map[string]int{}
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var code string
		var bit int
		err := rows.Scan(&code, &bit)
		bits[code] = bit
		return err
	}, "SELECT code, bit FROM kantong.program WHERE edition = $1", edition)
	return bits, err
}

// insertPrograms gives a programme the bit that it has, or the lowest that no programme has that stays.
func insertPrograms(ctx context.Context, tx pgx.Tx, edition string, bits map[string]int, othersStay bool, programs []registry.Program) error {
	taken := map[int]bool{}
	if othersStay {
		for _, bit := range bits {
			taken[bit] = true
		}
	}
	for i := range programs {
		if bit, ok := bits[programs[i].Code]; ok {
			taken[bit] = true
		}
	}
	return insertEach(ctx, tx, `INSERT INTO kantong.program (edition, code, bit, name, pillar, funder, funder_kind, budget_rupiah,
		unit_cost_rupiah, year, eligibility, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, programs,
		func(p *registry.Program) ([]any, error) {
			if err := p.Check(); err != nil {
				return nil, err
			}
			bit, ok := bits[p.Code]
			if !ok {
				for bit = 0; taken[bit]; bit++ {
				}
				bits[p.Code], taken[bit] = bit, true
			}
			return []any{edition, p.Code, bit, p.Name, p.Pillar.String(), p.Funder, p.FunderKind.String(), p.BudgetRupiah, p.UnitCostRupiah,
				p.Year, string(p.Eligibility.JSON()), p.Source}, nil
		}, func(p *registry.Program) error {
			return registry.Conflict("code", "programme %s is already in edition %s", p.Code, edition)
		}, "programs")
}

// checkPrograms makes sure that there is a programme for each published enrolment. So a bit that is free has no meaning in
// any state, and can be given to another programme.
func checkPrograms(ctx context.Context, tx pgx.Tx, e *edition) error {
	for _, r := range e.Releases {
		table, published := e.stateTables[r.ID]
		if !published {
			continue
		}
		err := query(ctx, tx, func(rows pgx.Rows) error {
			var program string
			var enrolments int64
			if err := rows.Scan(&program, &enrolments); err != nil {
				return err
			}
			return registry.Conflict("programs", "programme %s must stay: %d published enrolments of %s are in it",
				program, enrolments, registry.StateID(e.ID, r.ID))
		}, `SELECT program, count(*) FROM `+enrolmentTable(table)+`
			WHERE program NOT IN (SELECT code FROM kantong.program WHERE edition = $1) GROUP BY program ORDER BY program`, e.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// Programs gives an edition's programmes by code, and their revision: 0 before the first.
func (s *Store) Programs(ctx context.Context, edition string) (list []registry.Program, revision int64, err error) {
	list = []registry.Program{}
	err = s.read(ctx, func(tx pgx.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		if revision, err = programsRevision(ctx, tx, edition); err != nil {
			return err
		}
		return query(ctx, tx, func(rows pgx.Rows) error {
			p, err := scanProgram(rows)
			list = append(list, p)
			return err
		}, `SELECT code, name, pillar, funder, funder_kind, budget_rupiah, unit_cost_rupiah, year, eligibility::text, source
			FROM kantong.program WHERE edition = $1 ORDER BY code`, edition)
	})
	return list, revision, err
}

func programsRevision(ctx context.Context, tx pgx.Tx, edition string) (revision int64, err error) {
	err = tx.QueryRow(ctx, "SELECT programs_revision FROM kantong.edition WHERE id = $1", edition).Scan(&revision)
	return revision, err
}

func scanProgram(rows pgx.Rows) (p registry.Program, err error) {
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
