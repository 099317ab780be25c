package cli

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kantong/internal/filestore"
)

// auditOf reads the whole audit log, which is an entry itself.
func auditOf(t *testing.T, data []string) (entries []auditLine) {
	t.Helper()
	out := must(t, append([]string{"audit", "list", "--json", "--first", "1000"}, data...)...)
	for lines := bufio.NewScanner(strings.NewReader(out)); lines.Scan(); {
		var e auditLine
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		entries = append(entries, e)
	}
	return entries
}

// spoilLedger changes a data directory's ledger as somebody could who has the file.
func spoilLedger(t *testing.T, data, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, filestore.LedgerFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, trigger := range []string{"audit_is_not_changed", "audit_is_not_removed"} { // they stop mistakes, not whoever has the file
		if _, err := db.ExecContext(t.Context(), "DROP TRIGGER IF EXISTS "+trigger); err != nil {
			t.Fatal(err)
		}
	}
	result, err := db.ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n == 0 || err != nil {
		t.Fatalf("%s changed nothing: %v", statement, err)
	}
}

// smallCity makes and publishes a demonstration city in dir, without a command, and gives its data directory.
func smallCity(t *testing.T, dir string) string {
	t.Helper()
	p := testProgram(t, Config{Data: filepath.Join(dir, "data")})
	if err := p.withStore(func(s *store) error { return p.ensureDemo(s, &demoCommand{Households: 300}) }); err != nil {
		t.Fatal(err)
	}
	return p.config.Data
}

// TestCommandsAreRecorded, each that succeeded and changed something, with what it worked on.
func TestCommandsAreRecorded(t *testing.T) {
	dir := t.TempDir()
	city := smallCity(t, dir)
	data := []string{"--data", city, "--secrets", filepath.Join(city, "secrets")}
	with := func(args ...string) []string { return append(args, data...) }
	areas := filepath.Join("..", "..", "geodata", "schematic.geojson")
	for _, args := range [][]string{
		{"edition", "create", "2025-q3"}, {"import", "areas", areas, "--edition", "2025-q3"}, {"import", "areas", areas, "--edition", "2025-q3"},
		{"edition", "discard", "2025-q3"}, {"edition", "list"}, {"audit", "list"}, {"audit", "verify"}, {"audit", "head"},
		{"edition", "create", "demo", "--release", "2025-11", "--as-of", "2025-11-30"},
	} {
		must(t, with(args...)...)
	}
	for _, args := range [][]string{{"edition", "create", "demo"}, {"edition", "discard", "2025-q9"}, {"import", "areas", "nowhere", "--edition", "demo"}} {
		if code, _, _ := run(t, with(args...)...); code != exitFailed {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	must(t, with("edition", "publish", "demo", "--release", "2025-11")...)
	must(t, with("backup", filepath.Join(dir, "backup"))...)
	must(t, "restore", filepath.Join(dir, "backup"), "--data", filepath.Join(dir, "restored"), "--secrets", filepath.Join(city, "secrets"))
	must(t, with("copy", "--from", city, "--to", filepath.Join(dir, "copy"))...)
	want := [][3]string{{"edition create", "", "2025-q3"}, {"import areas", "schematic.geojson", "2025-q3"}, {"edition discard", "", "2025-q3"},
		{"audit list", "lines 1 to 3", ""}, {"edition create", "", "demo+2025-11"}, {"edition publish", "", "demo+2025-11"}}
	earlier, first, second := "demo+2025-06", "demo+2025-10", "demo+2025-11"
	wantRecorded(t, data, append(slices.Clone(want), [3]string{"backup"}, [3]string{"copy", "to another store", earlier}, [3]string{"copy", "to another store", first}, [3]string{"copy", "to another store", second})...)
	wantRecorded(t, []string{"--data", filepath.Join(dir, "copy")}, [3]string{"copy", "from another store", earlier}, [3]string{"copy", "from another store", first}, [3]string{"copy", "from another store", second})
	restored := auditOf(t, []string{"--data", filepath.Join(dir, "restored")})
	if len(restored) != len(want)+1 || restored[len(want)].Action != "restore" {
		t.Errorf("restored: %+v", restored)
	}
}

// wantRecorded compares action, operation and states of what commands wrote.
func wantRecorded(t *testing.T, data []string, want ...[3]string) {
	t.Helper()
	var got [][3]string
	for i, e := range auditOf(t, data) {
		got = append(got, [3]string{e.Action, e.Operation, strings.Join(e.States, ",")})
		if e.Sequence != int64(i)+1 || e.Role != "ADMIN" || e.KeyID != "" || e.Organisation != "" || e.Purpose != "" || e.Outcome != "" || e.Rows != 0 || time.Since(e.At) > time.Hour {
			t.Errorf("%+v", e)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("recorded %q\nwant %q", got, want)
	}
}

// TestBackupBesideAServerIsRecorded in the log of the running server, whose chain goes on.
func TestBackupBesideAServerIsRecorded(t *testing.T) {
	data := smallCity(t, t.TempDir())
	s := start(t, "serve", "--data", data)
	if out := must(t, "backup", filepath.Join(t.TempDir(), "backup"), "--data", data); strings.Contains(out, "Note") {
		t.Error(out)
	}
	s.stop()
	must(t, "edition", "create", "next", "--data", data)
	log := auditOf(t, []string{"--data", data})
	if n := len(log); n < 2 || log[n-2].Action != "backup" || log[n-1].Action != "edition create" {
		t.Errorf("%+v", log)
	}
	must(t, "audit", "verify", "--data", data)
}

func TestAuditList(t *testing.T) {
	data := []string{"--data", filepath.Join(t.TempDir(), "data")}
	with := func(args ...string) []string { return append(args, data...) }
	if out := must(t, with("audit", "list")...); strings.Count(out, "\n") != 1 {
		t.Errorf("an empty log:\n%s", out)
	}
	for range 4 {
		must(t, with("keys", "list")...)
	}
	out := must(t, with("audit", "list", "--after", "1", "--first", "2")...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[1], "2 ") || !strings.Contains(lines[1], "command line") || !strings.Contains(lines[1], "keys list") ||
		!strings.HasPrefix(lines[2], "3 ") || !strings.HasSuffix(lines[3], "--after 3") {
		t.Errorf("lines 2 and 3:\n%s", out)
	}
	if log := auditOf(t, data); log[len(log)-1].Operation != "lines 2 to 3" {
		t.Errorf("%+v", log)
	}
	for _, args := range [][]string{{"--first", "0"}, {"--after=-1"}} {
		if code, _, _ := run(t, with(append([]string{"audit", "list"}, args...)...)...); code != exitFailed {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

// TestCellsHoldNoCommands: a terminal must not do what a client put into a purpose.
func TestCellsHoldNoCommands(t *testing.T) {
	for text, want := range map[string]string{"": "-", "survei rumah": "survei rumah", "a\tb\nc": "a·b·c", "\x1b[2J": "·[2J", "\u009b2J": "·2J"} {
		if got := cell(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestAuditVerify tampers with a log as somebody could who has the file.
func TestAuditVerify(t *testing.T) {
	for name, c := range map[string]struct{ statement, want string }{
		"untouched":     {"", ""},
		"changed":       {"UPDATE audit SET operation = 'x' WHERE sequence = 3", "line 3 was changed"},
		"missing":       {"DELETE FROM audit WHERE sequence = 2", "line 2 is missing"},
		"an end gone":   {"DELETE FROM audit WHERE sequence = 6", "line 6 is gone"},
		"unknown role":  {"UPDATE audit SET role = 'KING' WHERE sequence = 4", "line 4"},
		"no time":       {"UPDATE audit SET at = 'yesterday' WHERE sequence = 5", "line 5"},
		"replaced hash": {"UPDATE audit SET hash = zeroblob(32) WHERE sequence = 6", "line 6 was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			with := func(args ...string) []string { return append(args, "--data", dir) }
			for range 6 {
				must(t, with("keys", "list")...)
			}
			head := strings.TrimSpace(must(t, with("audit", "head")...))
			if !strings.HasPrefix(head, "kantong-audit 6 ") {
				t.Fatalf("head %q", head)
			}
			if c.statement != "" {
				spoilLedger(t, dir, c.statement)
			}
			code, out, stderr := run(t, with("audit", "verify", "--head", head)...)
			if c.want == "" {
				if code != exitDone || lastLine(out) != head {
					t.Errorf("exit %d, %s%s", code, out, stderr)
				}
				if code, _, stderr := run(t, with("audit", "verify", "--head", "kantong-audit 6")...); code != exitFailed || !strings.Contains(stderr, "head: ") {
					t.Errorf("half a head: exit %d, %s", code, stderr)
				}
				return
			}
			if code != exitFailed || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, %s%s", code, out, stderr)
			}
		})
	}
}
