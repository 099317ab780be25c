package filestore

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kantong/internal/registry"
)

// keepForEver is a child process that writes to the ledger and says what was acknowledged.
func keepForEver(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, dir)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	l := s.Ledger()
	fmt.Println("open")
	for i := uint64(0); ; i++ {
		name := fmt.Sprintf("%d-%d", os.Getpid(), i)
		added, err := l.AppendAudit(ctx, []registry.AuditEntry{{At: testTime, RequestID: name}, {At: testTime, RequestID: name}})
		if err == nil {
			fmt.Println("line", added[1].Sequence)
			err = l.Spend(ctx, registry.Account{Organisation: name}, []uint64{i, i + 1})
		}
		if err == nil {
			fmt.Println("spent", name)
			_, _, err = l.BeginChange(ctx, registry.Change{KeyID: "k", ClientID: name, At: testTime})
		}
		if err == nil {
			err = l.EndChange(ctx, "k", name, []byte("1"))
		}
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println("changed", name)
	}
}

// TestLedgerSurvivesKills kills a process that writes to the ledger, again and again: what it said was done is there.
func TestLedgerSurvivesKills(t *testing.T) {
	kills := 8
	if os.Getenv("KANTONG_LONG") != "" {
		kills = 60
	}
	dir := t.TempDir()
	var acknowledged []string
	for i := range kills {
		acknowledged = append(acknowledged, killWhileKeeping(t, dir, time.Duration(rand.IntN(300))*time.Millisecond)...)
		checkLedgerAfterKill(t, dir, acknowledged)
		if t.Failed() {
			t.Fatalf("after kill %d", i+1)
		}
	}
	t.Logf("%d kills, %d acknowledged writes", kills, len(acknowledged))
}

// killWhileKeeping starts a writer, kills it after a while and gives what it said was done.
func killWhileKeeping(t *testing.T, dir string, after time.Duration) (acknowledged []string) {
	c := child(t, "ledger", dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "open" {
			time.AfterFunc(after, func() { _ = c.Process.Kill() })
			continue
		}
		if what, _, _ := strings.Cut(lines.Text(), " "); !slices.Contains([]string{"line", "spent", "changed"}, what) {
			t.Errorf("the writer says %q", lines.Text())
		}
		acknowledged = append(acknowledged, lines.Text())
	}
	if err := c.Wait(); err == nil {
		t.Error("the writer ended by itself")
	}
	return acknowledged
}

func checkLedgerAfterKill(t *testing.T, dir string, acknowledged []string) {
	s := openStore(t, dir)
	defer s.Close()
	log := auditLog(t, s)
	if line := brokenLine(log); line != 0 || len(log)%2 != 0 {
		t.Errorf("of %d lines, line %d is broken", len(log), line)
	}
	kept := map[string]bool{}
	for i := range log {
		kept[fmt.Sprint("line ", i+1)] = true
	}
	for _, text := range []string{"SELECT 'spent ' || organisation FROM spendings WHERE length(cells) = 16", "SELECT 'changed ' || client_id FROM changes WHERE result = x'31'"} {
		err := s.ledger.read(t.Context(), func(rows *sql.Rows) error {
			var name string
			defer func() { kept[name] = true }()
			return rows.Scan(&name)
		}, text)
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range acknowledged {
		if !kept[text] {
			t.Errorf("%q was acknowledged and is not there", text)
		}
	}
}
