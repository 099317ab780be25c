package postgis

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// TestCallerLeavesWhileOthersAppend waits behind another server's turn and leaves: nothing of it is stored, and the next has
// its turn.
func TestCallerLeavesWhileOthersAppend(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	l := s.Ledger().(Ledger)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := l.inTurn(t.Context(), "$1", func(tx pgx.Tx) error {
		left := queued(t, tx, func() error { _, err := l.AppendAudit(ctx, someEntries(1)); return err })
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left hears: %v", err)
		}
		return nil
	}, int64(auditTurn))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.AppendAudit(t.Context(), someEntries(1)); err != nil {
		t.Error(err)
	}
	if log := auditLog(t, s); len(log) != 1 || brokenLine(log) != 0 {
		t.Errorf("the log is %+v", log)
	}
}

// TestSpendingsBecomeVisibleInOrder has one server spend while another is between its row and its commit: who reads then
// and goes on later misses neither.
func TestSpendingsBecomeVisibleInOrder(t *testing.T) {
	l := openStore(t, freshDatabase(t)).Ledger().(Ledger)
	account := registry.Account{Organisation: "o", Edition: "e", Period: "2025-11"}
	var seen []uint64
	var position int64
	read := func() {
		t.Helper()
		cells, to, err := l.Spent(t.Context(), account, position)
		if err != nil {
			t.Fatal(err)
		}
		seen, position = append(seen, cells...), to
	}
	var second <-chan error
	err := l.inTurn(t.Context(), spendingTurn, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO kantong.spending (organisation, edition, period, cells) VALUES ('o', 'e', '2025-11', '\x0000000000000001')`)
		if err != nil {
			return err
		}
		second = queued(t, tx, func() error { return l.Spend(t.Context(), account, []uint64{2}) })
		read()
		return nil
	}, "o\ne\n2025-11")
	if err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	read()
	if !slices.Equal(seen, []uint64{1, 2}) {
		t.Errorf("seen %d, want 1 and 2", seen)
	}
}

// queued starts do and returns when it waits for an advisory lock, or has ended without. Its error comes in the channel.
func queued(t *testing.T, tx pgx.Tx, do func() error) <-chan error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- do() }()
	for waiting := false; !waiting && len(ended) == 0; {
		err := tx.QueryRow(t.Context(), `SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	return ended
}
