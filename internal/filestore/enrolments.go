package filestore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"iter"

	"kantong/internal/registry"
)

// PutEnrolments stores the enrolments of a draft release. The unnamed release of a draft edition comes into being with
// its first enrolments; a named one must have been created.
func (s *Store) PutEnrolments(ctx context.Context, edition, release string, im *registry.Import, enrolments iter.Seq2[registry.Enrolment, error]) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := ensureDraftRelease(ctx, tx, edition, release); err != nil {
			return err
		}
		if err := cacheForWriting(ctx, tx); err != nil {
			return err
		}
		if !im.Append {
			if _, err := tx.ExecContext(ctx, "DELETE FROM enrolments WHERE edition = ? AND release = ?", edition, release); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE releases SET enrolments = 0 WHERE edition = ? AND id = ?", edition, release); err != nil {
				return err
			}
		}
		count, err := insertEnrolments(ctx, tx, edition, release, enrolments)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE releases SET enrolments = enrolments + ? WHERE edition = ? AND id = ?", count, edition, release); err != nil {
			return err
		}
		if err := putUnmatched(ctx, tx, edition, release, im); err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportEnrolments, release, *im)
	})
}

// ensureDraftRelease makes sure that enrolments can be written to a release.
func ensureDraftRelease(ctx context.Context, tx *sql.Tx, edition, release string) error {
	e, err := findEdition(ctx, tx, edition)
	if err != nil {
		return err
	}
	r, err := e.FindRelease(release)
	switch {
	case err == nil && r.PublishedAt != nil:
		return registry.Conflict("release", "%s is published and does not change any more; write to a draft release", registry.StateID(edition, release))
	case err == nil || release != "":
		return err
	case e.PublishedAt != nil:
		return registry.Conflict("release", "edition %s is published and does not change any more; name a draft release of it", edition)
	}
	return insertRelease(ctx, tx, edition, registry.Release{})
}

func insertEnrolments(ctx context.Context, tx *sql.Tx, edition, release string, enrolments iter.Seq2[registry.Enrolment, error]) (count int64, err error) {
	add, done, err := insert(ctx, tx, `INSERT INTO enrolments (edition, release, household, program, status, since, until, persons, rupiah, decree)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	defer done()
	inOrder := func(a, b *registry.Enrolment) int {
		return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	}
	err = inRuns(ctx, enrolments, inOrder, func(e *registry.Enrolment) error {
		if _, err := registry.ParseEnrolmentStatus(e.Status.String()); err != nil {
			return err
		}
		count++
		return add(edition, release, e.Household.String(), e.Program, e.Status.String(), orNull(string(e.Since), ""), orNull(string(e.Until), ""),
			orNull(e.Persons, registry.UnknownInt), orNull(e.Rupiah, registry.UnknownInt), orNull(e.Decree, ""))
	})
	return count, err
}

// Enrolments gives a release's enrolments by household, programme and since, from one snapshot. Where those are equal, the
// order follows the other members, so that equal contents always have equal order.
func (s *Store) Enrolments(ctx context.Context, edition, release string) iter.Seq2[registry.Enrolment, error] {
	return stream(ctx, s, func(tx *sql.Tx, each func(registry.Enrolment) error) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if _, err := e.FindRelease(release); err != nil {
			return err
		}
		return scanEnrolments(ctx, tx, edition, release, func(e *registry.Enrolment) error { return each(*e) })
	})
}

// scanEnrolments gives each a release's enrolments in order. The enrolment is overwritten by the next.
func scanEnrolments(ctx context.Context, tx *sql.Tx, edition, release string, each func(*registry.Enrolment) error) error {
	var e registry.Enrolment
	var household, status string
	return query(ctx, tx, func(rows *sql.Rows) (err error) {
		if err = rows.Scan(&household, &e.Program, &status, &e.Since, &e.Until, &e.Persons, &e.Rupiah, &e.Decree); err != nil {
			return err
		}
		if e.Household, err = registry.ParseHouseholdID(household); err != nil {
			return err
		}
		if e.Status, err = registry.ParseEnrolmentStatus(status); err != nil {
			return err
		}
		return each(&e)
	}, `SELECT household, program, status, coalesce(since, ''), coalesce(until, ''), coalesce(persons, -1), coalesce(rupiah, -1), coalesce(decree, '')
		FROM enrolments WHERE edition = ? AND release = ? ORDER BY household, program, since, until, status, persons, rupiah, decree`, edition, release)
}
