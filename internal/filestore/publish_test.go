package filestore

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func TestPublishRefuses(t *testing.T) {
	c := cityContents(11, 40)
	stranger := registry.Enrolment{Household: registry.HouseholdID{0xab}, Program: c.programs[0].Code, Status: registry.EnrolmentActive, Persons: -1, Rupiah: -1}
	foreign := registry.Enrolment{Household: c.households[0].ID, Program: "NONE", Status: registry.EnrolmentActive, Persons: -1, Rupiah: -1}
	for _, test := range []struct {
		name    string
		change  func(ctx context.Context, s *Store) error
		release string
		code    registry.Code
		words   string
	}{
		{"no areas", func(ctx context.Context, s *Store) error { return s.PutAreas(ctx, "e", registry.Import{}, nil) }, "", registry.CodeConflict, "no areas"},
		{"no households", func(ctx context.Context, s *Store) error {
			return s.PutHouseholds(ctx, "e", &registry.Import{}, values[registry.Household](nil))
		}, "", registry.CodeConflict, "no households"},
		{"rejected rows", func(ctx context.Context, s *Store) error {
			if err := s.PutHouseholds(ctx, "e", &registry.Import{File: "a.csv", Rejected: 3}, values(c.households)); err != nil {
				return err
			}
			return s.PutEnrolments(ctx, "e", "", &registry.Import{File: "b.csv", Rejected: 4}, values(c.enrolments))
		}, "", registry.CodeConflict, "7 rows were rejected on import, 4 of them from b.csv (enrolments)"},
		{"unknown programme", func(ctx context.Context, s *Store) error {
			return s.PutEnrolments(ctx, "e", "", &registry.Import{}, values([]registry.Enrolment{foreign, foreign}))
		}, "", registry.CodeConflict, "2 enrolments are in programme NONE, which edition e does not define, e.g. that of household " + c.households[0].ID.String()},
		{"unknown household", func(ctx context.Context, s *Store) error {
			return s.PutEnrolments(ctx, "e", "", &registry.Import{}, values([]registry.Enrolment{stranger, stranger}))
		}, "", registry.CodeConflict, "2 enrolments are of 1 households that edition e does not have, e.g. " + stranger.Household.String()},
		{"unknown release", func(context.Context, *Store) error { return nil }, "2025-10", registry.CodeNotFound, "2025-10"},
		{"published release", func(ctx context.Context, s *Store) error {
			_, err := s.Publish(ctx, "e", "", registry.PublishOptions{Now: testTime})
			return err
		}, "", registry.CodeConflict, "e is published already"},
		{"one of several releases", func(ctx context.Context, s *Store) error {
			for _, id := range []string{"a", "b"} {
				if err := s.CreateRelease(ctx, "e", registry.Release{ID: id}); err != nil {
					return err
				}
			}
			_, err := s.writer.Exec("DELETE FROM releases WHERE id = ''")
			return err
		}, "", registry.CodeConflict, "2 draft releases"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := openStore(t, t.TempDir())
			if err := c.put(t.Context(), s, "e"); err != nil {
				t.Fatal(err)
			}
			if err := test.change(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			_, err := s.Publish(t.Context(), "e", test.release, registry.PublishOptions{Now: testTime})
			var refused *registry.Error
			if !errors.As(err, &refused) || refused.Code != test.code || !strings.Contains(refused.Message, test.words) {
				t.Errorf("got %v, want %s: … %s …", err, test.code, test.words)
			}
			var keys int
			if err := s.readers.QueryRow("SELECT count(*) FROM record_keys").Scan(&keys); err != nil || test.name != "published release" && keys > 0 {
				t.Errorf("%d record keys, %v", keys, err)
			}
		})
	}
}

func TestPublishChoosesTheRelease(t *testing.T) {
	c := cityContents(12, 30)
	s := openStore(t, t.TempDir())
	ctx := t.Context()
	publish := func(edition, release string) string {
		t.Helper()
		state, err := s.Publish(ctx, edition, release, registry.PublishOptions{Now: testTime, Secrets: testSecrets})
		if err != nil {
			t.Fatal(err)
		}
		return state.ID()
	}
	discardEnrolments := func(edition string) {
		if _, err := s.writer.Exec("DELETE FROM enrolments WHERE edition = ?; DELETE FROM releases WHERE edition = ?", edition, edition); err != nil {
			t.Fatal(err)
		}
	}
	for _, edition := range []string{"empty", "named"} {
		if err := c.put(ctx, s, edition); err != nil {
			t.Fatal(err)
		}
		discardEnrolments(edition)
	}
	if got := publish("empty", ""); got != "empty" {
		t.Errorf("an edition without enrolments is published as %s", got)
	}
	if err := s.CreateRelease(ctx, "named", registry.Release{ID: "r1"}); err != nil {
		t.Fatal(err)
	}
	if got := publish("named", ""); got != "named+r1" {
		t.Errorf("an edition with one draft release is published as %s", got)
	}
	if err := s.CreateRelease(ctx, "named", registry.Release{ID: "r2", EnrolmentsAsOf: "2025-10-31"}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutEnrolments(ctx, "named", "r2", &registry.Import{}, values(c.enrolments)); err != nil {
		t.Fatal(err)
	}
	if got := publish("named", "r2"); got != "named+r2" {
		t.Errorf("a further release is published as %s", got)
	}
	if _, err := s.Publish(ctx, "named", "", registry.PublishOptions{}); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("publishing a published edition: %v", err)
	}
	if err := s.PutPrograms(ctx, "named", registry.Import{}, nil); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("removing programmes that published enrolments are in: %v", err)
	}
	for _, discard := range [][2]string{{"named", ""}, {"named", "r1"}} {
		if err := s.Discard(ctx, discard[0], discard[1]); registry.CodeOf(err) != registry.CodeConflict {
			t.Errorf("discarding %v: %v", discard, err)
		}
	}
}

func TestPublishTellsItsProgress(t *testing.T) {
	c := cityContents(13, 100)
	s := openStore(t, t.TempDir())
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	n := progressStep*2 + 5
	if err := s.PutHouseholds(t.Context(), "e", &registry.Import{}, c.many(n)); err != nil {
		t.Fatal(err)
	}
	if err := s.PutEnrolments(t.Context(), "e", "", &registry.Import{}, values[registry.Enrolment](nil)); err != nil {
		t.Fatal(err)
	}
	var told []int64
	state, err := s.Publish(t.Context(), "e", "", registry.PublishOptions{Now: testTime, Progress: func(n int64) { told = append(told, n) }})
	if err != nil || state.Edition.Households != int64(n) {
		t.Fatalf("published %d households: %v", state.Edition.Households, err)
	}
	if len(told) != 3 || told[0] != progressStep || told[2] != int64(n) {
		t.Errorf("told %v", told)
	}
}
