package geopackage

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
)

const crashVariable = "GEOPACKAGE_TEST_CRASH_FILE"

// TestMain makes this program the victim of TestKilledWriter when that test starts it again.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashVariable); path != "" {
		if err := writeForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForEver commits pairs of rows and prints each committed number.
func writeForEver(path string) error {
	ctx := context.Background()
	db, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS pair (id INTEGER PRIMARY KEY, n INTEGER, geom BLOB)"); err != nil {
		return err
	}
	var n int
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM pair").Scan(&n); err != nil {
		return err
	}
	for {
		n++
		blob, err := AppendPoint(nil, orb.Point{float64(n % 180), 0})
		if err != nil {
			return err
		}
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for range 2 {
			if _, err := tx.ExecContext(ctx, "INSERT INTO pair (n, geom) VALUES (?, ?)", n, blob); err != nil {
				return err
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// startVictim starts writeForEver on path in another process. kill ends it and returns the last number it printed.
func startVictim(t *testing.T, path string) (printed *bufio.Scanner, kill func() int) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.CommandContext(t.Context(), program)
	victim.Env = append(os.Environ(), crashVariable+"="+path)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	printed = bufio.NewScanner(out)
	return printed, func() int {
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		last := printed.Text()
		for printed.Scan() {
			last = printed.Text()
		}
		if err := victim.Wait(); err == nil || victim.ProcessState.Exited() {
			t.Fatalf("the victim ended by itself: %v", err)
		}
		committed, err := strconv.Atoi(last)
		if err != nil && last != "" {
			t.Fatal(err)
		}
		return committed
	}
}

func TestKilledWhileMakingTheFile(t *testing.T) {
	for range 8 {
		path := filepath.Join(t.TempDir(), "killed.gpkg")
		_, kill := startVictim(t, path)
		for {
			if _, err := os.Stat(path); err == nil {
				break
			}
		}
		kill()
		mustBeIntact(t, mustOpen(t, path, Options{}))
	}
}

func TestKilledWriterLosesNoCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "killed.gpkg")
	for _, lines := range []int{1, 7, 60} {
		printed, kill := startVictim(t, path)
		for range lines {
			printed.Scan()
		}
		committed := kill()
		// A reader comes first, so that it meets the log as the victim left it.
		for _, opts := range []Options{{ReadOnly: true}, {}} {
			db := mustOpen(t, path, opts)
			mustBeIntact(t, db)
			got := text(t, db, fmt.Sprintf("SELECT concat(max(n) >= %d, count(*) = 2 * max(n)) FROM pair", committed))
			if got != "11" {
				t.Errorf("%+v, %d commits: all there, and in pairs: got %s, want 11", opts, committed, got)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
