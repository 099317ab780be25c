package storetest

import (
	"math"
	"slices"

	"kantong/internal/registry"
)

var spendingTests = []ledgerTest{
	{"a new account has spent nothing", func(b *ledgerBench) {
		b.wantSpent(ledgerAccount, nil)
		b.ok(b.Spend(b.ctx, ledgerAccount, nil))
		b.wantSpent(ledgerAccount, nil)
	}},
	{"cells are recorded, each once", func(b *ledgerBench) {
		all := []uint64{math.MaxUint64, 0, 1 << 63, 1<<63 - 1, 5}
		given := append(slices.Clone(all), all...)
		b.ok(b.Spend(b.ctx, ledgerAccount, given))
		b.same("the caller's list", given, append(slices.Clone(all), all...))
		b.wantSpent(ledgerAccount, all)
	}},
	{"thousands of cells", func(b *ledgerBench) {
		var all []uint64
		for i := range uint64(20_000) {
			all = append(all, i*0x9e3779b97f4a7c15)
		}
		b.ok(b.Spend(b.ctx, ledgerAccount, all[:15_000]))
		b.ok(b.Spend(b.ctx, ledgerAccount, all[15_000:]))
		b.wantSpent(ledgerAccount, all)
	}},
	{"reading goes on from a position", func(b *ledgerBench) {
		other := registry.Account{Organisation: "other", Edition: ledgerAccount.Edition, Period: ledgerAccount.Period}
		var position int64
		for i := range uint64(4) {
			b.ok(b.Spend(b.ctx, other, []uint64{100 + i}))
			b.ok(b.Spend(b.ctx, ledgerAccount, []uint64{i, 10 + i}))
			cells, to, err := b.Spent(b.ctx, ledgerAccount, position)
			b.ok(err)
			b.same("what came after", sorted(cells), []uint64{i, 10 + i})
			if to <= position {
				b.Errorf("position %d after %d", to, position)
			}
			position = to
		}
		cells, to, err := b.Spent(b.ctx, ledgerAccount, position)
		b.ok(err)
		if len(cells) != 0 || to != position {
			b.Errorf("at the end: %d, position %d, want none and %d", cells, to, position)
		}
	}},
	{"accounts don't meet", func(b *ledgerBench) {
		accounts := []registry.Account{ledgerAccount, {Organisation: "p", Edition: "e", Period: "2025-11"}, {Organisation: "o", Edition: "f", Period: "2025-11"},
			{Organisation: "o", Edition: "e", Period: "2025-12"}, {Organisation: "O", Edition: "e", Period: "2025-11"}, {}}
		for i, a := range accounts {
			b.ok(b.Spend(b.ctx, a, []uint64{uint64(i), 99}))
		}
		for i, a := range accounts {
			b.wantSpent(a, []uint64{uint64(i), 99})
		}
	}},
	{"who follows misses nothing of what many spend at once", func(b *ledgerBench) {
		const calls = 30
		var followed []uint64
		var position int64
		follow := func() error {
			cells, to, err := b.Spent(b.ctx, ledgerAccount, position)
			followed, position = append(followed, cells...), to
			return err
		}
		b.together(func(i int) error {
			for n := range calls {
				if i == 0 {
					if err := follow(); err != nil {
						return err
					}
				} else if err := b.Spend(b.ctx, ledgerAccount, []uint64{uint64(i), uint64(i*1000 + n)}); err != nil {
					return err
				}
			}
			return nil
		})
		b.ok(follow())
		var want []uint64
		for i := uint64(1); i < atOnce; i++ {
			want = append(want, i)
			for n := range uint64(calls) {
				want = append(want, i*1000+n)
			}
		}
		b.same("cells of who followed", slices.Compact(sorted(followed)), sorted(want))
		b.wantSpent(ledgerAccount, want)
	}},
}

var ledgerAccount = registry.Account{Organisation: "o", Edition: "e", Period: "2025-11"}

// wantSpent compares what an account has spent in all. A cell may come more than once.
func (b *ledgerBench) wantSpent(a registry.Account, want []uint64) {
	b.Helper()
	cells, _, err := b.Spent(b.ctx, a, 0)
	b.ok(err)
	b.same("cells", slices.Compact(sorted(cells)), sorted(want))
}
