package audit

import (
	"fmt"
	"sync"
	"testing"

	"kantong/internal/filestore"
	"kantong/internal/registry"
)

func openLedger(tb testing.TB) registry.Ledger {
	tb.Helper()
	s, err := filestore.Open(tb.Context(), tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s.Ledger()
}

// TestWritersOfAFile write at the same time: each entry is there once, those of a writer in their order, in one chain.
func TestWritersOfAFile(t *testing.T) {
	const writers, each = 8, 40
	ledger := openLedger(t)
	l := NewLog(ledger)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range each {
				e := sample(n)
				e.KeyID, e.Rows, e.Purpose = fmt.Sprintf("k-%d", w), int64(n), "a\x00b\xff"
				if err := l.Write(t.Context(), e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	next := map[string]int64{}
	for e, err := range Entries(t.Context(), ledger, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Rows != next[e.KeyID] {
			t.Fatalf("entry %d of %s where %d should be", e.Rows, e.KeyID, next[e.KeyID])
		}
		next[e.KeyID]++
	}
	head, err := ledger.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r := verified(t, ledger, head); r.Entries != writers*each || r.Head != head || r.Fault != nil || len(next) != writers {
		t.Errorf("%+v, fault %v", r, r.Fault)
	}
}

// BenchmarkWrite compares eight writers that share commits with eight that each commit on their own.
func BenchmarkWrite(b *testing.B) {
	for _, writers := range []int{1, 8} {
		b.Run(fmt.Sprintf("log/writers=%d", writers), func(b *testing.B) {
			l := NewLog(openLedger(b))
			benchmarkWriters(b, writers, func() error { return l.Write(b.Context(), sample(1)) })
		})
		b.Run(fmt.Sprintf("ledger/writers=%d", writers), func(b *testing.B) {
			ledger := openLedger(b)
			benchmarkWriters(b, writers, func() error {
				_, err := ledger.AppendAudit(b.Context(), []registry.AuditEntry{sample(1)})
				return err
			})
		})
	}
}

func benchmarkWriters(b *testing.B, writers int, write func() error) {
	tickets := make(chan struct{}, b.N)
	for range b.N {
		tickets <- struct{}{}
	}
	close(tickets)
	var all sync.WaitGroup
	b.ResetTimer()
	for range writers {
		all.Go(func() {
			for range tickets {
				if err := write(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkVerify(b *testing.B) {
	ledger := openLedger(b)
	if _, err := ledger.AppendAudit(b.Context(), samples(10_000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := Verify(b.Context(), ledger, registry.AuditHead{})
		if err != nil || r.Entries != 10_000 {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "entries/s")
}
