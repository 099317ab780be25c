package filestore

import (
	"context"
	"database/sql"

	"kantong/internal/registry"
)

// Editions gives every edition with its releases: published ones newest first, then drafts by id. The counts of a draft
// are those of what it holds so far.
func (s *Store) Editions(ctx context.Context) (list []registry.Edition, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		list, err = queryEditions(ctx, tx, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	registry.SortEditions(list)
	return list, nil
}

// findEdition gives one edition with its releases, or NOT_FOUND.
func findEdition(ctx context.Context, tx *sql.Tx, id string) (registry.Edition, error) {
	if id == "" {
		return registry.Edition{}, registry.NotFound("edition", "no edition is named")
	}
	list, err := queryEditions(ctx, tx, id)
	switch {
	case err != nil:
		return registry.Edition{}, err
	case len(list) == 0:
		return registry.Edition{}, registry.NotFound("edition", "there is no edition %q", id)
	}
	return list[0], nil
}

// checkDraft is CONFLICT for a published edition and NOT_FOUND for none.
func checkDraft(ctx context.Context, tx *sql.Tx, id string) error {
	e, err := findEdition(ctx, tx, id)
	if err == nil && e.PublishedAt != nil {
		return registry.Conflict("edition", "edition %s is published and does not change any more; write to a draft", id)
	}
	return err
}

// queryEditions gives the edition of an id, or all of them when id is "", in no particular order.
func queryEditions(ctx context.Context, tx *sql.Tx, id string) ([]registry.Edition, error) {
	releases, err := queryReleases(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	list := []registry.Edition{}
	err = query(ctx, tx, func(rows *sql.Rows) (err error) {
		var e registry.Edition
		var keys, locatedKeys int64
		var published string
		if err = rows.Scan(&e.ID, &e.Label, &e.Source, &e.AsOf, &e.Synthetic, &e.Boundaries, &e.Schematic, &e.Households, &e.People,
			&e.Located, &keys, &locatedKeys, &e.ContentHash, &published); err != nil {
			return err
		}
		e.Keys, e.LocatedKeys = wordsOf(keys), wordsOf(locatedKeys)
		e.PublishedAt, err = stampOrNil(published)
		e.Releases = releases[e.ID]
		list = append(list, e)
		return err
	}, `SELECT id, label, source, coalesce(as_of, ''), synthetic, boundaries, schematic, households, people, located, keys, located_keys,
		coalesce(content_hash, ''), coalesce(published_at, '') FROM editions WHERE ?1 IN ('', id)`, id)
	return list, err
}

// queryReleases gives releases by edition, published first to last, then drafts by id.
func queryReleases(ctx context.Context, tx *sql.Tx, edition string) (map[string][]registry.Release, error) {
	found := map[string][]registry.Release{}
	err := query(ctx, tx, func(rows *sql.Rows) (err error) {
		var r registry.Release
		var edition, published string
		if err = rows.Scan(&edition, &r.ID, &r.EnrolmentsAsOf, &r.Enrolments, &r.ContentHash, &published); err != nil {
			return err
		}
		r.PublishedAt, err = stampOrNil(published)
		found[edition] = append(found[edition], r)
		return err
	}, `SELECT edition, id, coalesce(enrolments_as_of, ''), enrolments, coalesce(content_hash, ''), coalesce(published_at, '')
		FROM releases WHERE ?1 IN ('', edition) ORDER BY published_at IS NULL, published_at, id`, edition)
	return found, err
}

// CreateEdition begins a draft.
func (s *Store) CreateEdition(ctx context.Context, e registry.Edition) error {
	if err := checkEdition(e); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error { return insertEdition(ctx, tx, e) })
}

func checkEdition(e registry.Edition) error {
	if err := registry.CheckEditionID("edition", e.ID); err != nil {
		return err
	}
	return checkDate("asOf", e.AsOf)
}

func insertEdition(ctx context.Context, tx *sql.Tx, e registry.Edition) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO editions (id, label, source, as_of, synthetic, boundaries, schematic) VALUES (?, ?, ?, ?, ?, ?, ?)",
		e.ID, e.Label, e.Source, orNull(string(e.AsOf), ""), e.Synthetic, e.Boundaries, e.Schematic)
	if isTaken(err) {
		return registry.Conflict("edition", "there is an edition %s already", e.ID)
	}
	if err != nil {
		return err
	}
	return touch(ctx, tx, "editions")
}

// CreateRelease begins a draft release. Only a draft edition can have one without a name.
func (s *Store) CreateRelease(ctx context.Context, edition string, r registry.Release) error {
	if err := checkRelease(r); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if r.ID == "" && e.PublishedAt != nil {
			return registry.Invalid("release", "a release of the published edition %s needs a name, e.g. 2025-10", edition)
		}
		return insertRelease(ctx, tx, edition, r)
	})
}

func checkRelease(r registry.Release) error {
	if r.ID != "" {
		if err := registry.CheckEditionID("release", r.ID); err != nil {
			return err
		}
	}
	return checkDate("enrolmentsAsOf", r.EnrolmentsAsOf)
}

func insertRelease(ctx context.Context, tx *sql.Tx, edition string, r registry.Release) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO releases (edition, id, enrolments_as_of) VALUES (?, ?, ?)",
		edition, r.ID, orNull(string(r.EnrolmentsAsOf), ""))
	if isTaken(err) {
		return registry.Conflict("release", "edition %s has a release %q already", edition, r.ID)
	}
	if err != nil {
		return err
	}
	return touch(ctx, tx, "releases")
}
