package postgis

import (
	"fmt"
	"testing"

	"kantong/internal/registry"
)

// Speed depends on how fast the server's disk is, if it waits for it: scripts/with-postgres.sh switches that off, unless
// POSTGRES_OPTIONS="-c fsync=on -c synchronous_commit=on".

// BenchmarkAppendAudit adds entries one by one and in batches.
func BenchmarkAppendAudit(b *testing.B) {
	for _, batch := range []int{1, 50} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			l, entries := openStore(b, freshDatabase(b)).Ledger(), someEntries(batch)
			for b.Loop() {
				if _, err := l.AppendAudit(b.Context(), entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkSpend records and reads a thousand cells.
func BenchmarkSpend(b *testing.B) {
	l, account := openStore(b, freshDatabase(b)).Ledger(), registry.Account{Organisation: "o", Edition: "e", Period: "2025-11"}
	cells := make([]uint64, 1000)
	var position int64
	for b.Loop() {
		for i := range cells {
			cells[i] += uint64(i+1) * 0x9e3779b97f4a7c15
		}
		if err := l.Spend(b.Context(), account, cells); err != nil {
			b.Fatal(err)
		}
		var err error
		if _, position, err = l.Spent(b.Context(), account, position); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBeginChange records changes of one client.
func BenchmarkBeginChange(b *testing.B) {
	l := openStore(b, freshDatabase(b)).Ledger()
	for i := 0; b.Loop(); i++ {
		if _, _, err := l.BeginChange(b.Context(), registry.Change{KeyID: "k", ClientID: fmt.Sprint(i), At: testTime}); err != nil {
			b.Fatal(err)
		}
	}
}
