package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// checkPublication tells what keeps an edition, and a release of it, from being published.
func checkPublication(ctx context.Context, tx pgx.Tx, e *edition, release string, acceptRejected bool) error {
	if e.PublishedAt == nil {
		if err := checkContents(ctx, tx, e); err != nil {
			return err
		}
	}
	if !acceptRejected {
		if err := checkRejected(ctx, tx, e, release); err != nil {
			return err
		}
	}
	return checkEnrolments(ctx, tx, e, release)
}

func checkContents(ctx context.Context, tx pgx.Tx, e *edition) error {
	var areas bool
	err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM kantong.area WHERE edition = $1)", e.ID).Scan(&areas)
	switch {
	case err != nil:
		return err
	case !areas:
		return registry.Conflict("edition", "edition %s has no areas; import them first", e.ID)
	case e.Households == 0:
		return registry.Conflict("edition", "edition %s has no households; import them first", e.ID)
	}
	return query(ctx, tx, func(rows pgx.Rows) error {
		var code, predecessor string
		if err := rows.Scan(&code, &predecessor); err != nil {
			return err
		}
		return registry.Conflict("edition", "area %s is said to come from %s, but edition %s has no such area; import its successions anew", code, predecessor, e.ID)
	}, `SELECT code, predecessor FROM kantong.succession
		WHERE edition = $1 AND code NOT IN (SELECT code FROM kantong.area WHERE edition = $1) ORDER BY code, predecessor LIMIT 1`, e.ID)
}

// checkRejected refuses rows that imports left out, of the edition while it is a draft and of the release.
func checkRejected(ctx context.Context, tx pgx.Tx, e *edition, release string) error {
	return query(ctx, tx, func(rows pgx.Rows) error {
		var rejected, inFile int64
		var file, kind string
		if err := rows.Scan(&rejected, &kind, &file, &inFile); err != nil {
			return err
		}
		return registry.Conflict("acceptRejected", "%d rows were rejected on import, %d of them from %s (%s); correct them, or accept to publish without them (--accept-rejected)",
			rejected, inFile, file, kind)
	}, `SELECT (sum(rejected) OVER ())::bigint, kind, file, rejected FROM kantong.import
		WHERE edition = $1 AND rejected > 0 AND CASE kind WHEN 'enrolments' THEN release = $2 ELSE $3 END
		ORDER BY rejected DESC, number LIMIT 1`, e.ID, release, e.PublishedAt == nil)
}

func checkEnrolments(ctx context.Context, tx pgx.Tx, e *edition, release string) error {
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var program string
		var household registry.HouseholdID
		var enrolments int64
		if err := rows.Scan(&program, &enrolments, (*[16]byte)(&household)); err != nil {
			return err
		}
		return registry.Conflict("release", "%d enrolments are in programme %s, which edition %s does not define, e.g. that of household %s; import the programme first",
			enrolments, program, e.ID, household)
	}, `SELECT program, count(*), (array_agg(household ORDER BY household))[1] FROM kantong.draft_enrolment
		WHERE edition = $1 AND release = $2 AND program NOT IN (SELECT code FROM kantong.program WHERE edition = $1)
		GROUP BY program ORDER BY program LIMIT 1`, e.ID, release)
	if err != nil {
		return err
	}
	return query(ctx, tx, func(rows pgx.Rows) error {
		var enrolments, households int64
		var example registry.HouseholdID
		if err := rows.Scan(&enrolments, &households, (*[16]byte)(&example)); err != nil {
			return err
		}
		return registry.Conflict("release", "%d enrolments are of %d households that edition %s does not have, e.g. %s",
			enrolments, households, e.ID, example)
	}, `SELECT count(*), count(DISTINCT household), (array_agg(household ORDER BY household))[1] FROM kantong.draft_enrolment d
		WHERE edition = $1 AND release = $2 AND NOT EXISTS (SELECT FROM `+e.households()+` h WHERE h.id = d.household)
		HAVING count(*) > 0`, e.ID, release)
}
