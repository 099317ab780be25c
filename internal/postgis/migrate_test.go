package postgis

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestMigrate(t *testing.T) {
	needServer(t)
	url := newDatabase(t, "")
	refused := func(words string) {
		t.Helper()
		s, err := Open(t.Context(), url)
		if err == nil {
			s.Close()
		}
		if registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "kantong migrate up") {
			t.Errorf("opened: %v, want CONFLICT: … %s …", err, words)
		}
	}
	refused("holds no registry")
	checkStatus(t, url, func(m MigrationStatus) bool { return !m.Applied })

	var all sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		all.Go(func() { errs[i] = Migrate(t.Context(), url) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Errorf("one of four at once: %v", err)
		}
	}
	checkStatus(t, url, func(m MigrationStatus) bool { return m.Applied })
	s := openStore(t, url)
	list, err := known()
	if err != nil {
		t.Fatal(err)
	}
	var runs int
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM "+migrationTable+" WHERE version_id > 0").Scan(&runs); err != nil || runs != len(list) {
		t.Errorf("%d migrations were run, want each of %d once: %v", runs, len(list), err)
	}

	newest := list[len(list)-1].Version
	run(t, s, "DELETE FROM "+migrationTable+" WHERE version_id = $1", newest)
	refused("needs version")
	run(t, s, "INSERT INTO "+migrationTable+" (version_id, is_applied) VALUES ($1, true)", newest+1)
	refused("use a newer program")
	statuses, err := Status(t.Context(), url)
	if err != nil || len(statuses) != len(list)+1 || statuses[len(list)] != (MigrationStatus{Version: newest + 1, Applied: true}) {
		t.Errorf("status %+v, %v", statuses, err)
	}
}

// TestOlderTablesAreRaised migrates a database that an older program filled: what was published and what was begun goes on, without
// match keys, and may have some from then on.
func TestOlderTablesAreRaised(t *testing.T) {
	needServer(t)
	url := newDatabase(t, "")
	if err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, url)
	c := cityContents(71, 40)
	c.publish(t, s, "e")
	if err := c.put(t.Context(), s, "draft"); err != nil {
		t.Fatal(err)
	}
	before := editions(t, s)
	run(t, s, "DROP TABLE kantong.match_key_1, kantong.match_key_3, kantong.match_key, kantong.unmatched, kantong.succession, kantong.job")
	run(t, s, "DELETE FROM "+migrationTable+" WHERE version_id >= 6")
	if err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, editions(t, s)); diff != "" {
		t.Error(diff)
	}
	more := collect(t, many(c.households, 10))
	for i := range more {
		more[i].MatchKeys = []registry.MatchKey{{Kind: registry.MatchCard, Hash: registry.MatchHash{byte(i)}}}
	}
	if err := s.PutHouseholds(t.Context(), "draft", &registry.Import{Append: true}, values(more)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), "draft", "", registry.PublishOptions{Now: testTime}); err != nil {
		t.Fatal(err)
	}
	if old, raised := collect(t, s.MatchKeys(t.Context(), "e")), collect(t, s.MatchKeys(t.Context(), "draft")); len(old) != 0 || len(raised) != 10 {
		t.Errorf("%d and %d match keys", len(old), len(raised))
	}
}

func checkStatus(t *testing.T, url string, ok func(MigrationStatus) bool) {
	t.Helper()
	list, err := Status(t.Context(), url)
	if err != nil || len(list) == 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, m := range list {
		if !ok(m) || m.Name == "" {
			t.Errorf("status %+v", m)
		}
	}
}

func run(t testing.TB, s *Store, text string, args ...any) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}
