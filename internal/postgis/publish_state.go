package postgis

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// unserved is the bit of the one deprivation that follows from enrolments: of a household of decile 1 to 4 without an
// ACTIVE one. It is known where the decile is.
var unserved = strconv.Itoa(1 << registry.Unserved)

// buildState fills the tables of a release's state from those of its edition, and gives their number. The first state of
// an edition takes the record keys of record_key, a further one those of an earlier state.
func buildState(ctx context.Context, tx pgx.Tx, e *edition, release string, isFirst bool) (table int, err error) {
	if err := tx.QueryRow(ctx, "SELECT kantong.new_state_tables($1, $2)", e.ID, release).Scan(&table); err != nil {
		return 0, err
	}
	state := registry.StateID(e.ID, release)
	_, err = tx.Exec(ctx, `INSERT INTO `+enrolmentTable(table)+` (household, rupiah, seq, persons, since, until, state, area_code, program, status, decree)
		SELECT household, rupiah, row_number() OVER (PARTITION BY household ORDER BY `+enrolmentOrder+`), persons, since, until, $3,
			h.area_code, program, status, decree
		FROM kantong.draft_enrolment d JOIN `+e.households()+` h ON h.id = d.household
		WHERE d.edition = $1 AND d.release = $2 ORDER BY household, 3`, e.ID, release, state)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, insertState(e, table, isFirst), e.ID, state); err != nil {
		return 0, err
	}
	return table, nil
}

// keptColumns are those of household_state that a further state takes over as they are.
var keptColumns = []string{"id", "record_key_1", "record_key_2", "lon_e7", "lat_e7", "members", "head_sex", "head_age", "decile",
	"under_five", "school_age", "out_of_school", "elderly", "disabled", "pregnant", "stunted", "area_code", "rw", "rt", "expenditure"}

// insertState is the statement that fills household_state_<table>: $1 is the edition, $2 the state. Rows go in by area and
// then along a Hilbert curve, so what is near is on the same pages; a further state keeps the order.
func insertState(e *edition, table int, isFirst bool) string {
	columns := strings.Join(keptColumns, ", ")
	var base, order string
	if isFirst {
		from := strings.NewReplacer("record_key_1", "key_1", "record_key_2", "key_2", "expenditure", "expenditure_per_capita_rupiah",
			"head_sex", "CASE head_sex WHEN 'MALE' THEN 1 WHEN 'FEMALE' THEN 2 END")
		base = "SELECT " + from.Replace(columns) + ", deprived_bits, CASE WHEN decile IS NULL THEN known_bits ELSE known_bits | " + unserved +
			" END, place FROM " + e.households() + " JOIN record_key USING (id)"
		order = "area_code, place, id"
	} else {
		base = "SELECT " + columns + ", deprived & ~" + unserved + ", known, ctid FROM " + e.anyState()
		order = "place"
	}
	return `INSERT INTO ` + stateTable(table) + ` (` + columns + `, deprived, known, enrolled, state)
		SELECT ` + columns + `, CASE WHEN decile <= 4 AND enrolled IS NULL THEN deprived | ` + unserved + ` ELSE deprived END, known,
			coalesce(enrolled, 0), $2
		FROM (` + base + `) AS base (` + columns + `, deprived, known, place)
		LEFT JOIN (SELECT household, bit_or(1::bigint << bit) FILTER (WHERE status = 'ACTIVE') AS enrolled
			FROM ` + enrolmentTable(table) + ` JOIN kantong.program ON edition = $1 AND code = program
			GROUP BY household) AS active ON active.household = base.id
		ORDER BY ` + order
}
