package postgis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
	"kantong/migrations"
)

// TestMigrationSumsKeys gives editions of an older program the sums that publication would have given them.
func TestMigrationSumsKeys(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	nowhere := cityContents(5, 70)
	for i := range nowhere.households {
		nowhere.households[i].Located = false
	}
	cityContents(4, 300).publish(t, s, "a")
	nowhere.publish(t, s, "b")
	if err := s.CreateRelease(t.Context(), "a", registry.Release{ID: "later"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), "a", "later", registry.PublishOptions{Now: testTime.AddDate(0, 1, 0)}); err != nil {
		t.Fatal(err)
	}
	if err := cityContents(6, 20).put(t.Context(), s, "draft"); err != nil {
		t.Fatal(err)
	}
	want, err := s.Editions(t.Context())
	if err != nil || want[0].Keys == (registry.RecordKey{}) {
		t.Fatalf("%+v, %v", want, err)
	}
	run(t, s, "DROP TABLE kantong.block_tree")
	run(t, s, "DROP TABLE kantong.fingerprint")
	run(t, s, "ALTER TABLE kantong.edition DROP COLUMN keys_1, DROP COLUMN keys_2, DROP COLUMN located_keys_1, DROP COLUMN located_keys_2")
	migration, err := migrations.Files.ReadFile("00005_blocks.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Conn().PgConn().Exec(t.Context(), string(migration)).ReadAll() // all statements of the file
	conn.Release()
	if err != nil {
		t.Fatal(err)
	}
	s.pool.Reset() // statements were prepared for the table as it was
	got, err := s.Editions(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-published +migrated):\n%s", err, diff)
	}
}

func TestBlocksOfAnotherVersionAreRefused(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	if err := s.AddBlocks(t.Context(), []registry.BlockTree{{Area: "19.71.01.1001"}}); err != nil {
		t.Fatal(err)
	}
	run(t, s, "UPDATE kantong.block_tree SET version = version + 1")
	if trees, err := s.Blocks(t.Context()); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("%v, %v", trees, err)
	}
}

// TestWritersOfBlocksWaitInOrder lets one writer hold the first area while another, who names the areas the other way
// round, waits for it: that one must not hold the second, which the first writer takes next.
func TestWritersOfBlocksWaitInOrder(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	first, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rollback(first)
	freeze := func(area string) {
		t.Helper()
		if _, err := first.Exec(t.Context(), "INSERT INTO kantong.block_tree VALUES ($1, $2, '{}')", area, blockVersion); err != nil {
			t.Fatal(err)
		}
	}
	freeze("19.71.01.1001")
	second := make(chan error, 1)
	go func() {
		second <- s.AddBlocks(t.Context(), []registry.BlockTree{{Area: "19.71.01.1003"}, {Area: "19.71.01.1001"}})
	}()
	for waiting := false; !waiting; {
		err := s.pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
			WHERE NOT granted AND datname = current_database())`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	freeze("19.71.01.1003")
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}
