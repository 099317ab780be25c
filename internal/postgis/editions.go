package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// edition is a row of an edition with what only this package knows.
type edition struct {
	registry.Edition
	householdTable *int           // number of the table of its households; nil for none yet
	stateTables    map[string]int // of its published releases
}

func householdTable(number int) string { return fmt.Sprintf("kantong.household_%d", number) }
func stateTable(number int) string     { return fmt.Sprintf("kantong.household_state_%d", number) }
func enrolmentTable(number int) string { return fmt.Sprintf("kantong.enrolment_%d", number) }

// matchKeyTable is the table of the match keys of the households of a table.
func matchKeyTable(number int) string { return fmt.Sprintf("kantong.match_key_%d", number) }

// households is the table of the edition's households. Reading it and not the parent locks no other edition.
func (e *edition) households() string { return householdTable(*e.householdTable) }

// anyState is a table with the record keys of a published edition: that of its first state.
func (e *edition) anyState() string { return stateTable(e.stateTables[e.Releases[0].ID]) }

// Editions gives every edition with its releases: published ones newest first, then drafts by id. The counts of a draft
// are those of what it holds so far.
func (s *Store) Editions(ctx context.Context) ([]registry.Edition, error) {
	list := []registry.Edition{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		found, err := queryEditions(ctx, tx, "")
		for _, e := range found {
			list = append(list, e.Edition)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	registry.SortEditions(list)
	return list, nil
}

// findEdition gives one edition with its releases, or NOT_FOUND.
func findEdition(ctx context.Context, tx pgx.Tx, id string) (*edition, error) {
	if id == "" {
		return nil, registry.NotFound("edition", "no edition is named")
	}
	list, err := queryEditions(ctx, tx, id)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, registry.NotFound("edition", "there is no edition %q", id)
	}
	return &list[0], nil
}

// lockEdition is findEdition for writers: until the transaction ends, no other writes to the edition.
func lockEdition(ctx context.Context, tx pgx.Tx, id string) (*edition, error) {
	if _, err := tx.Exec(ctx, "SELECT FROM kantong.edition WHERE id = $1 FOR UPDATE", id); err != nil {
		return nil, err
	}
	return findEdition(ctx, tx, id)
}

// lockDraft is CONFLICT for a published edition and NOT_FOUND for none.
func lockDraft(ctx context.Context, tx pgx.Tx, id string) (*edition, error) {
	e, err := lockEdition(ctx, tx, id)
	if err == nil && e.PublishedAt != nil {
		return nil, registry.Conflict("edition", "edition %s is published and does not change any more; write to a draft", id)
	}
	return e, err
}

// queryEditions gives the edition of an id, or all of them when id is "", in no particular order.
func queryEditions(ctx context.Context, tx pgx.Tx, id string) (list []edition, err error) {
	at := map[string]int{}
	err = query(ctx, tx, func(rows pgx.Rows) error {
		e := edition{stateTables: map[string]int{}}
		var asOf, published *time.Time
		var hash *string
		err := rows.Scan(&e.ID, &e.Label, &e.Source, &asOf, &e.Synthetic, &e.Boundaries, &e.Schematic, &e.Households, &e.People,
			&e.Located, &e.Keys[0], &e.Keys[1], &e.LocatedKeys[0], &e.LocatedKeys[1], &hash, &published, &e.householdTable)
		e.AsOf, e.ContentHash, e.PublishedAt = dateOf(asOf), orUnknown(hash, ""), inUTC(published)
		at[e.ID] = len(list)
		list = append(list, e)
		return err
	}, `SELECT id, label, source, as_of, synthetic, boundaries, schematic, households, people, located, keys_1, keys_2, located_keys_1,
		located_keys_2, content_hash, published_at, household_table FROM kantong.edition WHERE $1 IN ('', id)`, id)
	if err != nil {
		return nil, err
	}
	err = query(ctx, tx, func(rows pgx.Rows) error {
		var r registry.Release
		var of string
		var asOf, published *time.Time
		var hash *string
		var table *int
		err := rows.Scan(&of, &r.ID, &asOf, &r.Enrolments, &hash, &published, &table)
		r.EnrolmentsAsOf, r.ContentHash, r.PublishedAt = dateOf(asOf), orUnknown(hash, ""), inUTC(published)
		if i, ok := at[of]; ok { // else it came after the editions were read
			e := &list[i]
			e.Releases = append(e.Releases, r)
			if table != nil {
				e.stateTables[r.ID] = *table
			}
		}
		return err
	}, `SELECT edition, id, enrolments_as_of, enrolments, content_hash, published_at, state_table FROM kantong.release
		WHERE $1 IN ('', edition) ORDER BY published_at NULLS LAST, id`, id)
	return list, err
}

// CreateEdition begins a draft.
func (s *Store) CreateEdition(ctx context.Context, e registry.Edition) error {
	if err := registry.CheckEditionID("edition", e.ID); err != nil {
		return err
	}
	return s.write(ctx, func(tx pgx.Tx) error { return insertEdition(ctx, tx, e) })
}

func insertEdition(ctx context.Context, tx pgx.Tx, e registry.Edition) error {
	asOf, err := dateOrNull("asOf", e.AsOf)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO kantong.edition (id, label, source, as_of, synthetic, boundaries, schematic)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, e.ID, e.Label, e.Source, asOf, e.Synthetic, e.Boundaries, e.Schematic)
	if isTaken(err) {
		return registry.Conflict("edition", "there is an edition %s already", e.ID)
	}
	return err
}

// CreateRelease begins a draft release. Only a draft edition can have one without a name.
func (s *Store) CreateRelease(ctx context.Context, edition string, r registry.Release) error {
	if r.ID != "" {
		if err := registry.CheckEditionID("release", r.ID); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx pgx.Tx) error {
		e, err := lockEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if r.ID == "" && e.PublishedAt != nil {
			return registry.Invalid("release", "a release of the published edition %s needs a name, e.g. 2025-10", edition)
		}
		return insertRelease(ctx, tx, edition, r)
	})
}

func insertRelease(ctx context.Context, tx pgx.Tx, edition string, r registry.Release) error {
	asOf, err := dateOrNull("enrolmentsAsOf", r.EnrolmentsAsOf)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO kantong.release (edition, id, enrolments_as_of) VALUES ($1, $2, $3)", edition, r.ID, asOf)
	if isTaken(err) {
		return registry.Conflict("release", "edition %s has a release %q already", edition, r.ID)
	}
	return err
}
