package postgis

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"kantong/internal/registry"
)

// publishState writes a state as publication does, but with record keys of its own and also without households. Programmes
// get bits in an order that is not that of their codes.
func publishState(t testing.TB, pool *pgxpool.Pool, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) {
	t.Helper()
	ctx := t.Context()
	exec := func(sql string, args ...any) {
		if _, err := pool.Exec(ctx, sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	edition, release, state := d.State.Edition.ID, d.State.Release.ID, d.State.ID()
	var table int
	if err := pool.QueryRow(ctx, `SELECT nextval('kantong.table_number')`).Scan(&table); err != nil {
		t.Fatal(err)
	}
	exec(`INSERT INTO kantong.edition (id, label, source, synthetic, boundaries, schematic, published_at, household_table) VALUES ($1, '', '', true, '', true, now(), $2)`, edition, table)
	exec(`INSERT INTO kantong.release (edition, id, published_at, state_table) VALUES ($1, $2, now(), $3)`, edition, release, table)
	bits := map[string]int{}
	for i, p := range d.Programs {
		bits[p.Code] = (5*i + 3) % 64
		exec(`INSERT INTO kantong.program (edition, code, bit, name, pillar, funder, funder_kind, year, eligibility, source) VALUES ($1, $2, $3, '', '', '', '', 2025, '{}', '')`,
			edition, p.Code, bits[p.Code])
	}
	for parent, value := range map[string]string{"household": edition, "household_state": state, "enrolment": state} {
		exec(fmt.Sprintf("CREATE TABLE kantong.%s_%d PARTITION OF kantong.%s FOR VALUES IN ('%s')", parent, table, parent, value))
	}
	active := map[registry.HouseholdID]int64{}
	for _, e := range enrolments {
		if e.Status == registry.EnrolmentActive {
			active[e.Household] |= int64(uint64(1) << bits[e.Program])
		}
	}
	areas := make(map[registry.HouseholdID]registry.AreaCode, len(households))
	for _, h := range households {
		areas[h.ID] = h.Area
	}
	copyRows(ctx, t, pool, "household_state", stateColumns, households, func(h registry.Record) []any { return stateRow(state, &h, active[h.ID]) })
	copyRows(ctx, t, pool, "enrolment", []string{"state", "area_code", "household", "seq", "program", "status", "since", "until", "persons", "rupiah", "decree"},
		inListOrder(enrolments), func(e numbered) []any {
			return []any{state, string(areas[e.Household]), [16]byte(e.Household), e.seq, e.Program, e.Status.String(), orNull(string(e.Since), ""), orNull(string(e.Until), ""),
				orNull(e.Persons, registry.UnknownInt), orNull(e.Rupiah, registry.UnknownInt), e.Decree}
		})
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]registry.Household, len(households))
	for i := range households {
		list[i] = households[i].Household
	}
	if _, err := insertHouseholds(ctx, tx, edition, table, values(list)); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	exec("ANALYZE kantong.household_state; ANALYZE kantong.enrolment; ANALYZE kantong.household", pgx.QueryExecModeSimpleProtocol)
}

var stateColumns = []string{"state", "area_code", "id", "enrolled", "record_key_1", "record_key_2", "lon_e7", "lat_e7", "expenditure", "deprived", "known",
	"members", "head_sex", "head_age", "decile", "rw", "rt", "under_five", "school_age", "out_of_school", "elderly", "disabled", "pregnant", "stunted"}

func stateRow(state string, h *registry.Record, enrolled int64) []any {
	deprived, known := h.Deprived, h.Known
	if h.Decile != registry.UnknownInt {
		known = known.With(registry.Unserved)
		if h.Decile <= 4 && enrolled == 0 {
			deprived = deprived.With(registry.Unserved)
		}
	}
	number := func(n int) any { return orNull(n, registry.UnknownInt) }
	row := []any{state, string(h.Area), [16]byte(h.ID), enrolled, int32(h.Key[0]), int32(h.Key[1]), nil, nil,
		orNull(h.Expenditure, registry.UnknownInt), int32(deprived), int32(known), number(h.Members), orNull(int(h.HeadSex), 0),
		number(h.HeadAge), number(h.Decile), orNull(h.RW, ""), orNull(h.RT, "")}
	if h.Located {
		row[6], row[7] = h.Point.Lon, h.Point.Lat
	}
	for _, n := range h.Persons {
		row = append(row, number(n))
	}
	return row
}

// numbered is an enrolment with its place among those of its household.
type numbered struct {
	registry.Enrolment
	seq int
}

func copyRows[T any](ctx context.Context, t testing.TB, pool *pgxpool.Pool, table string, columns []string, list []T, row func(T) []any) {
	t.Helper()
	_, err := pool.CopyFrom(ctx, pgx.Identifier{"kantong", table}, columns,
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) { return row(list[i]), nil }))
	if err != nil {
		t.Fatalf("copy to %s: %v", table, err)
	}
}

// orNull is v, or NULL where v is what stands for unknown.
func orNull[T comparable](v, unknown T) any {
	if v == unknown {
		return nil
	}
	return v
}
