package filestore

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// toFirstVersion makes a closed store one that the first version of the tables was made for.
const toFirstVersion = `
	ALTER TABLE editions DROP COLUMN keys;
	ALTER TABLE editions DROP COLUMN located_keys;
	DROP TABLE blocks;
	DROP TABLE fingerprints;
	DROP TABLE match_keys;
	DROP TABLE unmatched;
	DROP TABLE successions;
	DELETE FROM gpkg_contents WHERE table_name IN ('blocks', 'fingerprints', 'match_keys', 'unmatched', 'successions');
	UPDATE store SET version = 1`

// TestOlderTablesAreRaised opens what an older program wrote: it has the tables of a new store, and editions have the sums
// of keys that publication would have given them.
func TestOlderTablesAreRaised(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openStore(t, dir)
	fresh := tables(t, s)
	nowhere := cityContents(5, 70)
	for i := range nowhere.households {
		nowhere.households[i].Located = false
	}
	for id, c := range map[string]contents{"a": cityContents(4, 300), "b": nowhere} {
		if _, err := c.publish(t.Context(), s, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := cityContents(6, 20).put(t.Context(), s, "draft"); err != nil {
		t.Fatal(err)
	}
	want, err := s.Editions(t.Context())
	if err != nil || want[0].Keys == (registry.RecordKey{}) {
		t.Fatalf("%+v, %v", want, err)
	}
	if _, err := s.writer.Exec(toFirstVersion); err != nil {
		t.Fatal(err)
	}
	for range 2 { // once raised, it is opened like any other
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openStore(t, dir)
		got, err := s.Editions(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff(fresh, tables(t, s)); diff != "" {
			t.Errorf("tables (-new +raised):\n%s", diff)
		}
	}
	if err := s.AddBlocks(t.Context(), []registry.BlockTree{{Area: "19.71.01.1001"}}); err != nil {
		t.Error(err)
	}
}

// tables are the statements that made the tables, and what GIS programs are told of them.
func tables(t *testing.T, s *Store) (list []string) {
	t.Helper()
	rows, err := s.readers.Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL
		UNION ALL SELECT table_name || ': ' || data_type || ', ' || identifier || ', ' || description FROM gpkg_contents ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil || len(list) < 20 {
		t.Fatalf("%d tables, %v", len(list), err)
	}
	return list
}

func TestUnknownVersionsAreRefused(t *testing.T) {
	for _, test := range []struct{ name, change string }{
		{"of the tables", "UPDATE store SET version = version + 1"},
		{"of none", "UPDATE store SET version = 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s := openStore(t, dir)
			if _, err := s.writer.Exec(test.change); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(t.Context(), dir); registry.CodeOf(err) != registry.CodeConflict {
				t.Errorf("opened: %v", err)
			}
		})
	}
	s := openStore(t, t.TempDir())
	if err := s.AddBlocks(t.Context(), []registry.BlockTree{{Area: "19.71.01.1001"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec("UPDATE blocks SET version = version + 1"); err != nil {
		t.Fatal(err)
	}
	if trees, err := s.Blocks(t.Context()); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("blocks of another version: %v, %v", trees, err)
	}
}

// TestBackupCarriesWhatBelongsToNoEdition restores a backup and finds blocks and fingerprints in it.
func TestBackupCarriesWhatBelongsToNoEdition(t *testing.T) {
	dir := t.TempDir()
	data, backup, back := filepath.Join(dir, "data"), filepath.Join(dir, "backup"), filepath.Join(dir, "back")
	s := openStore(t, data)
	trees := []registry.BlockTree{{Area: "19.71.01.1001", Places: [][]registry.Place{{{RW: "001", RT: "002"}}}}}
	prints := map[string]string{"record": "0123456789abcdef"}
	if err := s.AddBlocks(t.Context(), trees); err != nil {
		t.Fatal(err)
	}
	if err := s.SetFingerprints(t.Context(), prints); err != nil {
		t.Fatal(err)
	}
	if err := Backup(t.Context(), data, backup); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), backup, back); err != nil {
		t.Fatal(err)
	}
	restored := openStore(t, back)
	gotTrees, err := restored.Blocks(t.Context())
	if diff := cmp.Diff(trees, gotTrees, exactly); diff != "" || err != nil {
		t.Errorf("blocks: %v (-want +got):\n%s", err, diff)
	}
	gotPrints, err := restored.Fingerprints(t.Context())
	if diff := cmp.Diff(prints, gotPrints); diff != "" || err != nil {
		t.Errorf("fingerprints: %v (-want +got):\n%s", err, diff)
	}
}
