package postgis

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// PutEnrolments stores the enrolments of a draft release. The unnamed release of a draft edition comes into being with
// its first enrolments; a named one must have been created.
func (s *Store) PutEnrolments(ctx context.Context, edition, release string, im *registry.Import, enrolments iter.Seq2[registry.Enrolment, error]) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		if err := ensureDraftRelease(ctx, tx, edition, release); err != nil {
			return err
		}
		if !im.Append {
			if err := deleteEnrolments(ctx, tx, edition, release); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "UPDATE kantong.release SET enrolments = 0 WHERE edition = $1 AND id = $2", edition, release); err != nil {
				return err
			}
		}
		count, err := insertEnrolments(ctx, tx, edition, release, enrolments)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE kantong.release SET enrolments = enrolments + $3 WHERE edition = $1 AND id = $2", edition, release, count)
		if err != nil {
			return err
		}
		if err := putUnmatched(ctx, tx, edition, release, im); err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportEnrolments, release, *im)
	})
}

// ensureDraftRelease makes sure that enrolments can be written to a release, by nobody else until the transaction ends.
func ensureDraftRelease(ctx context.Context, tx pgx.Tx, edition, release string) error {
	e, err := lockEdition(ctx, tx, edition)
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

func deleteEnrolments(ctx context.Context, tx pgx.Tx, edition, release string) error {
	_, err := tx.Exec(ctx, "DELETE FROM kantong.draft_enrolment WHERE edition = $1 AND release = $2", edition, release)
	return err
}

func insertEnrolments(ctx context.Context, tx pgx.Tx, edition, release string, enrolments iter.Seq2[registry.Enrolment, error]) (int64, error) {
	columns := []string{"edition", "release", "household", "program", "status", "since", "until", "persons", "rupiah", "decree"}
	return load(ctx, tx, "kantong.draft_enrolment", columns, enrolments, func(dst []byte, e *registry.Enrolment) ([]byte, error) {
		if _, err := registry.ParseEnrolmentStatus(e.Status.String()); err != nil {
			return nil, err
		}
		dst = appendBytes(appendBytes(dst, edition), release)
		dst = appendBytes(dst, e.Household[:])
		dst = appendBytes(appendBytes(dst, e.Program), e.Status.String())
		dst, err := appendDate(dst, "since", e.Since)
		if err != nil {
			return nil, err
		}
		if dst, err = appendDate(dst, "until", e.Until); err != nil {
			return nil, err
		}
		switch {
		case e.Persons == registry.UnknownInt:
			dst = appendNull(dst)
		case int(int32(e.Persons)) != e.Persons:
			return nil, tooLarge("persons", int64(e.Persons))
		default:
			dst = appendInt32(dst, int32(e.Persons))
		}
		if e.Rupiah == registry.UnknownInt {
			dst = appendNull(dst)
		} else {
			dst = appendInt64(dst, e.Rupiah)
		}
		return appendText(dst, e.Decree), nil
	})
}

// Enrolments gives a release's enrolments by household, programme and since, from one snapshot. Where those are equal, the
// order follows the other members, so that equal contents always have equal order.
func (s *Store) Enrolments(ctx context.Context, edition, release string) iter.Seq2[registry.Enrolment, error] {
	return stream(ctx, s, func(tx pgx.Tx, each func(registry.Enrolment) error) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if _, err := e.FindRelease(release); err != nil {
			return err
		}
		return scanEnrolments(ctx, tx, e, release, func(v *registry.Enrolment) error { return each(*v) })
	})
}

// enrolmentOrder is the order of enrolments of a household, unknown first.
const enrolmentOrder = "program, since NULLS FIRST, until NULLS FIRST, status, persons NULLS FIRST, rupiah NULLS FIRST, decree NULLS FIRST"

// scanEnrolments gives each a release's enrolments in order. The enrolment is overwritten by the next.
func scanEnrolments(ctx context.Context, tx pgx.Tx, e *edition, release string, each func(*registry.Enrolment) error) error {
	const columns = "SELECT household, program, status, since, until, persons, rupiah, decree FROM "
	text, args := columns+"kantong.draft_enrolment WHERE edition = $1 AND release = $2 ORDER BY household, "+enrolmentOrder, []any{e.ID, release}
	if table, published := e.stateTables[release]; published {
		text, args = columns+enrolmentTable(table)+" ORDER BY household, seq", nil
	}
	var v registry.Enrolment
	return fetch(ctx, tx, func(row [][]byte) (err error) {
		copy(v.Household[:], row[0])
		v.Program, v.Since, v.Until, v.Decree = string(row[1]), dayOf(row[3]), dayOf(row[4]), string(row[7])
		if v.Status, err = registry.ParseEnrolmentStatus(string(row[2])); err != nil {
			return err
		}
		if v.Persons = registry.UnknownInt; row[5] != nil {
			v.Persons = int(int32Of(row[5]))
		}
		if v.Rupiah = registry.UnknownInt; row[6] != nil {
			v.Rupiah = int64Of(row[6])
		}
		return each(&v)
	}, nil, text, args...)
}
