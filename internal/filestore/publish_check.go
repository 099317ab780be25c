package filestore

import (
	"context"
	"database/sql"

	"kantong/internal/registry"
)

// checkPublication tells what keeps an edition, and a release of it, from being published.
func checkPublication(ctx context.Context, tx *sql.Tx, e *registry.Edition, release string, acceptRejected bool) error {
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
	return checkEnrolments(ctx, tx, e.ID, release)
}

func checkContents(ctx context.Context, tx *sql.Tx, e *registry.Edition) error {
	var areas, households bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM areas WHERE edition = ?1), EXISTS (SELECT 1 FROM households WHERE edition = ?1)`, e.ID).
		Scan(&areas, &households)
	switch {
	case err != nil:
		return err
	case !areas:
		return registry.Conflict("edition", "edition %s has no areas; import them first", e.ID)
	case !households:
		return registry.Conflict("edition", "edition %s has no households; import them first", e.ID)
	}
	return query(ctx, tx, func(rows *sql.Rows) error {
		var code, predecessor string
		if err := rows.Scan(&code, &predecessor); err != nil {
			return err
		}
		return registry.Conflict("edition", "area %s is said to come from %s, but edition %s has no such area; import its successions anew", code, predecessor, e.ID)
	}, `SELECT code, predecessor FROM successions
		WHERE edition = ?1 AND code NOT IN (SELECT code FROM areas WHERE edition = ?1) ORDER BY code, predecessor LIMIT 1`, e.ID)
}

// checkRejected refuses rows that imports left out, of the edition while it is a draft and of the release.
func checkRejected(ctx context.Context, tx *sql.Tx, e *registry.Edition, release string) error {
	return query(ctx, tx, func(rows *sql.Rows) error {
		var rejected, inFile int64
		var file, kind string
		if err := rows.Scan(&rejected, &kind, &file, &inFile); err != nil {
			return err
		}
		return registry.Conflict("acceptRejected", "%d rows were rejected on import, %d of them from %s (%s); correct them, or accept to publish without them (--accept-rejected)",
			rejected, inFile, file, kind)
	}, `SELECT sum(rejected) OVER (), kind, file, rejected FROM imports
		WHERE edition = ?1 AND rejected > 0 AND CASE kind WHEN 'enrolments' THEN release = ?2 ELSE ?3 END
		ORDER BY rejected DESC, fid LIMIT 1`, e.ID, release, e.PublishedAt == nil)
}

func checkEnrolments(ctx context.Context, tx *sql.Tx, edition, release string) error {
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var program, household string
		var enrolments int64
		if err := rows.Scan(&program, &enrolments, &household); err != nil {
			return err
		}
		return registry.Conflict("release", "%d enrolments are in programme %s, which edition %s does not define, e.g. that of household %s; import the programme first",
			enrolments, program, edition, household)
	}, `SELECT program, count(*), min(household) FROM enrolments
		WHERE edition = ?1 AND release = ?2 AND program NOT IN (SELECT code FROM programs WHERE edition = ?1)
		GROUP BY program ORDER BY program LIMIT 1`, edition, release)
	if err != nil {
		return err
	}
	return query(ctx, tx, func(rows *sql.Rows) error {
		var enrolments, households int64
		var example *string
		if err := rows.Scan(&enrolments, &households, &example); err != nil || enrolments == 0 {
			return err
		}
		return registry.Conflict("release", "%d enrolments are of %d households that edition %s does not have, e.g. %s",
			enrolments, households, edition, *example)
	}, `SELECT count(*), count(DISTINCT household), min(household) FROM enrolments e
		WHERE edition = ?1 AND release = ?2 AND NOT EXISTS (SELECT 1 FROM households h WHERE h.edition = ?1 AND h.id = e.household)`, edition, release)
}
