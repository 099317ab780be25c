package filestore

import (
	"fmt"
	"testing"

	"kantong/internal/registry"
)

// BenchmarkAppendAudit adds entries one by one and in batches.
func BenchmarkAppendAudit(b *testing.B) {
	for _, batch := range []int{1, 50} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			l, entries := openStore(b, b.TempDir()).Ledger(), someEntries(batch)
			for b.Loop() {
				if _, err := l.AppendAudit(b.Context(), entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkAppendAuditAtOnce adds entries one by one, in as many goroutines as the server has requests.
func BenchmarkAppendAuditAtOnce(b *testing.B) {
	l, entries := openStore(b, b.TempDir()).Ledger(), someEntries(1)
	b.SetParallelism(8)
	b.RunParallel(func(each *testing.PB) {
		for each.Next() {
			if _, err := l.AppendAudit(b.Context(), entries); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkSpend records and reads a thousand cells.
func BenchmarkSpend(b *testing.B) {
	l, account := openStore(b, b.TempDir()).Ledger(), registry.Account{Organisation: "o", Edition: "e", Period: "2025-11"}
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

// BenchmarkBeginChange writes what must be on the disk when it is acknowledged.
func BenchmarkBeginChange(b *testing.B) {
	l := openStore(b, b.TempDir()).Ledger()
	for i := 0; b.Loop(); i++ {
		if _, _, err := l.BeginChange(b.Context(), registry.Change{KeyID: "k", ClientID: fmt.Sprint(i), At: testTime}); err != nil {
			b.Fatal(err)
		}
	}
}
