package storetest

import (
	"sync/atomic"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

var changeTests = []ledgerTest{
	{"a change is fresh once", func(b *ledgerBench) {
		c := ledgerChange("c-1")
		b.wantBegun(c, true)
		again := c
		again.Request, again.At = "another", at(9)
		got, fresh, err := b.BeginChange(b.ctx, again)
		b.ok(err)
		b.same("fresh", fresh, false)
		if diff := cmp.Diff(got, c); diff != "" {
			b.Errorf("what is recorded (-got +want):\n%s", diff)
		}
	}},
	{"the outcome of a change is kept byte by byte", func(b *ledgerBench) {
		c, open := ledgerChange("c-1"), ledgerChange("c-2")
		b.wantBegun(c, true)
		b.wantBegun(open, true)
		c.Result = []byte("{\"b\": 1.0,\n \"a\": \"é\\u0000\"}")
		b.ok(b.EndChange(b.ctx, c.KeyID, c.ClientID, c.Result))
		b.wantBegun(c, false)
		b.wantBegun(open, false)
	}},
	{"a change begins without an outcome", func(b *ledgerBench) {
		c := ledgerChange("c-1")
		c.Result = []byte("1")
		_, _, err := b.BeginChange(b.ctx, c)
		b.ok(err)
		b.wantBegun(ledgerChange("c-1"), false)
	}},
	{"ids of two keys don't meet", func(b *ledgerBench) {
		c, other := ledgerChange("c-1"), ledgerChange("c-1")
		other.KeyID, other.Request = "k-b", "another"
		b.wantBegun(c, true)
		b.wantBegun(other, true)
		c.Result = []byte("true")
		b.ok(b.EndChange(b.ctx, c.KeyID, c.ClientID, c.Result))
		b.wantBegun(c, false)
		b.wantBegun(other, false)
		b.ok(b.DropChange(b.ctx, other.KeyID, other.ClientID))
		b.wantBegun(c, false)
		b.wantBegun(other, true)
	}},
	{"a change that failed can be asked for again", func(b *ledgerBench) {
		c := ledgerChange("c-1")
		b.wantBegun(c, true)
		b.ok(b.DropChange(b.ctx, c.KeyID, c.ClientID))
		b.refused("EndChange", b.EndChange(b.ctx, c.KeyID, c.ClientID, []byte("1")), registry.CodeNotFound)
		c.Request = "another"
		b.wantBegun(c, true)
		b.wantBegun(c, false)
	}},
	{"a change that has an outcome is not dropped", func(b *ledgerBench) {
		c := ledgerChange("c-1")
		b.wantBegun(c, true)
		c.Result = []byte("null")
		b.ok(b.EndChange(b.ctx, c.KeyID, c.ClientID, c.Result))
		b.ok(b.DropChange(b.ctx, c.KeyID, c.ClientID))
		b.wantBegun(c, false)
	}},
	{"what was not begun", func(b *ledgerBench) {
		b.refused("EndChange", b.EndChange(b.ctx, "k-a", "c-none", []byte("1")), registry.CodeNotFound)
		b.ok(b.DropChange(b.ctx, "k-a", "c-none"))
	}},
	{"an outcome that looks like none", func(b *ledgerBench) {
		c := ledgerChange("c-1")
		b.wantBegun(c, true)
		for _, empty := range [][]byte{nil, {}} {
			b.refused("EndChange", b.EndChange(b.ctx, c.KeyID, c.ClientID, empty), registry.CodeBadUserInput)
		}
		b.wantBegun(c, false)
	}},
	{"of many who begin a change at once, one begins it", func(b *ledgerBench) {
		for _, id := range []string{"c-1", "c-2", "c-3"} {
			var begun atomic.Int32
			b.together(func(int) error {
				_, fresh, err := b.BeginChange(b.ctx, ledgerChange(id))
				if fresh {
					begun.Add(1)
				}
				return err
			})
			b.same("how many began it", begun.Load(), int32(1))
		}
	}},
	{"a change that is dropped again and again begins as often", func(b *ledgerBench) {
		var begun atomic.Int32
		b.together(func(int) error {
			for range 20 {
				_, fresh, err := b.BeginChange(b.ctx, ledgerChange("c-1"))
				if err != nil {
					return err
				}
				if !fresh {
					continue
				}
				if begun.Add(1) > 1 {
					b.Error("two began it")
				}
				begun.Add(-1)
				if err := b.DropChange(b.ctx, "k-a", "c-1"); err != nil {
					return err
				}
			}
			return nil
		})
		b.wantBegun(ledgerChange("c-1"), true)
	}},
}

func ledgerChange(clientID string) registry.Change {
	return registry.Change{KeyID: "k-a", ClientID: clientID, Request: "9f86d081", At: at(3)}
}

// wantBegun begins a change and wants what it gives to be the one recorded under its ids.
func (b *ledgerBench) wantBegun(c registry.Change, wantFresh bool) {
	b.Helper()
	begin := c
	begin.Result = nil
	got, fresh, err := b.BeginChange(b.ctx, begin)
	b.ok(err)
	b.same("fresh", fresh, wantFresh)
	if diff := cmp.Diff(got, c); diff != "" {
		b.Errorf("change (-got +want):\n%s", diff)
	}
}
