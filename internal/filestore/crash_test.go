package filestore

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kantong/internal/registry"
)

// publishForEver is a child process that imports and publishes editions of the same city, and says what was acknowledged.
func publishForEver(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, dir)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	c := crashContents()
	fmt.Println("open")
	for i := range 1000 {
		id := fmt.Sprintf("e%d-%d", os.Getpid(), i)
		if _, err := c.publish(ctx, s, id); err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println("published", id)
		more := registry.Import{Append: true, Rows: 3000}
		draft := id + "-draft"
		if err := s.CreateEdition(ctx, registry.Edition{ID: draft}); err != nil {
			fmt.Println(err)
			return 1
		}
		for range 2 { // the second lot collides with the first and must leave no trace
			_ = s.PutHouseholds(ctx, draft, &more, c.many(3000))
		}
		fmt.Println("stored", draft)
		if err := s.Ledger().AddKey(ctx, registry.APIKey{ID: id, SHA256: [32]byte([]byte(fmt.Sprintf("%32s", id)))}); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return 0
}

// crashContents give each household one match key.
func crashContents() contents {
	c := cityContents(5, 2000)
	for i := range c.households {
		c.households[i].MatchKeys = []registry.MatchKey{{Kind: registry.MatchCard, Hash: registry.MatchHash(c.households[i].ID)}}
	}
	return c
}

// TestKilledAtAnyMoment kills a process that writes, again and again, and looks at what it left.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 8
	if os.Getenv("KANTONG_LONG") != "" {
		kills = 60
	}
	dir := t.TempDir()
	hash := crashContents().hash()
	acknowledged := map[string]bool{}
	for i := range kills {
		killWhileWriting(t, dir, time.Duration(rand.IntN(900))*time.Millisecond, acknowledged)
		checkAfterKill(t, dir, hash, acknowledged)
		if t.Failed() {
			t.Fatalf("after kill %d", i+1)
		}
	}
	t.Logf("%d kills, %d acknowledged writes", kills, len(acknowledged))
}

// killWhileWriting starts a writer, kills it after a while and notes what it said was done.
func killWhileWriting(t *testing.T, dir string, after time.Duration, acknowledged map[string]bool) {
	c := child(t, "publish", dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if line == "open" {
			time.AfterFunc(after, func() { _ = c.Process.Kill() })
			continue
		}
		what, id, ok := strings.Cut(line, " ")
		if !ok || what != "published" && what != "stored" {
			t.Errorf("the writer says %q", line)
		}
		acknowledged[id] = true
	}
	if err := c.Wait(); err == nil {
		t.Error("the writer ended by itself")
	}
}

func checkAfterKill(t *testing.T, dir, hash string, acknowledged map[string]bool) {
	s := openStore(t, dir)
	defer s.Close()
	for name, db := range map[string]*sql.DB{RegistryFile: s.writer, LedgerFile: s.ledger.writer} {
		var verdict string
		if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("%s: %s, %v", name, verdict, err)
		}
	}
	editions, err := s.Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]registry.Edition{}
	for _, e := range editions {
		found[e.ID] = e
		if e.PublishedAt == nil {
			checkDraftIsWhole(t, s, e)
			continue
		}
		ofEdition, ofRelease, err := hashes(t.Context(), s, e.ID)
		if err != nil || ofEdition != hash || e.ContentHash != hash || ofRelease != e.Releases[0].ContentHash {
			t.Errorf("edition %s reads as %s, %s: %v", e.ID, ofEdition, ofRelease, err)
		}
	}
	for id := range acknowledged {
		e, ok := found[id]
		if isDraft := strings.HasSuffix(id, "-draft"); !ok || isDraft && e.Households != 3000 || !isDraft && e.PublishedAt == nil {
			t.Errorf("%s was acknowledged and is %+v", id, e)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*-journal")); len(left) > 0 {
		t.Errorf("journals %v", left)
	}
}

// checkDraftIsWhole makes sure that every Put left all of its rows or none: the log was written with them.
func checkDraftIsWhole(t *testing.T, s *Store, e registry.Edition) {
	logged := map[registry.ImportKind]int64{}
	log, err := s.Imports(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, im := range log {
		logged[im.Kind] += im.Rows
	}
	for _, kind := range []registry.ImportKind{registry.ImportAreas, registry.ImportHouseholds, registry.ImportPrograms, registry.ImportIndicators, registry.ImportEnrolments} {
		var rows int64
		if err := s.readers.QueryRow("SELECT count(*) FROM "+string(kind)+" WHERE edition = ?", e.ID).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if rows != logged[kind] {
			t.Errorf("draft %s has %d %s and %d in its log", e.ID, rows, kind, logged[kind])
		}
	}
	if logged[registry.ImportHouseholds] != e.Households {
		t.Errorf("draft %s counts %d households and has %d in its log", e.ID, e.Households, logged[registry.ImportHouseholds])
	}
	var keys int
	err = s.readers.QueryRow("SELECT count(*) FROM record_keys WHERE household_fid IN (SELECT fid FROM households WHERE edition = ?)", e.ID).Scan(&keys)
	if err != nil || keys != 0 {
		t.Errorf("draft %s has %d record keys: %v", e.ID, keys, err)
	}
	if matches := len(collect(t, s.MatchKeys(t.Context(), e.ID))); int64(matches) != e.Households {
		t.Errorf("draft %s has %d match keys for %d households", e.ID, matches, e.Households)
	}
	err = s.readers.QueryRow("SELECT count(*) FROM match_keys WHERE household_fid NOT IN (SELECT fid FROM households)").Scan(&keys)
	if err != nil || keys != 0 {
		t.Errorf("%d match keys of no household: %v", keys, err)
	}
}
