package storetest

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// someTrees are block trees with everything in them that there can be, by area.
func someTrees() []registry.BlockTree {
	split := func(axis registry.Axis, atE7 int32) registry.BlockSplit {
		return registry.BlockSplit{Axis: axis, AtE7: atE7}
	}
	leaf := func(lon, lat int32) registry.BlockSplit {
		return registry.BlockSplit{Center: geo.PointE7{Lon: lon, Lat: lat}}
	}
	return []registry.BlockTree{
		{Area: "19.71.01.1001", Splits: []registry.BlockSplit{split(registry.LongitudeAxis, math.MinInt32), leaf(-1800000000, 900000000),
			split(registry.LatitudeAxis, math.MaxInt32), leaf(math.MaxInt32, math.MinInt32), leaf(0, 0)},
			Places: [][]registry.Place{{{RW: "001", RT: "002"}, {RW: " 01", RT: "Ä'\"\\%_<&> \u2028"}}, {{RW: "", RT: "x"}}}},
		{Area: "19.71.01.1003", Splits: []registry.BlockSplit{leaf(1061000000, -21000000)}},
		{Area: "19.71.02.1001", Places: [][]registry.Place{{{RW: "1", RT: "1"}}}},
		{Area: "19.71.03.2001"},
	}
}

// otherTree is another tree of an area than those of someTrees, told apart by n.
func otherTree(area registry.AreaCode, n int) registry.BlockTree {
	return registry.BlockTree{Area: area, Places: [][]registry.Place{{{RW: "other", RT: fmt.Sprint(n)}}}}
}

var blockTests = []storeTest{
	{"a new store has no blocks", func(b *bench) {
		b.same("blocks", b.blocks(), []registry.BlockTree{})
		b.ok(b.AddBlocks(b.ctx, nil))
		b.same("blocks after none were added", b.blocks(), []registry.BlockTree{})
	}},
	{"blocks come back whole, by area", func(b *bench) {
		want := someTrees()
		b.ok(b.AddBlocks(b.ctx, shuffled(want)))
		b.same("blocks", b.blocks(), want)
	}},
	{"the first tree of an area stays", func(b *bench) {
		want := someTrees()
		b.ok(b.AddBlocks(b.ctx, want[1:3]))
		again := []registry.BlockTree{want[3], otherTree(want[2].Area, 1), want[0], otherTree(want[1].Area, 1)}
		b.ok(b.AddBlocks(b.ctx, again))
		b.same("blocks", b.blocks(), want)
		b.ok(b.AddBlocks(b.ctx, []registry.BlockTree{otherTree("19.71.09.1001", 1), otherTree("19.71.09.1001", 2)}))
		b.same("the first of two at once", b.blocks()[4], otherTree("19.71.09.1001", 1))
	}},
	{"trees of no area are refused, all of them", func(b *bench) {
		b.refused("a tree of no area", b.AddBlocks(b.ctx, []registry.BlockTree{otherTree("19.71.01.1001", 1), {Area: "somewhere"}}), registry.CodeBadUserInput)
		b.same("blocks", b.blocks(), []registry.BlockTree{})
	}},
	{"who freezes at the same time agrees", func(b *bench) {
		var areas []registry.AreaCode
		for i := range 300 { // enough that writers meet
			areas = append(areas, registry.AreaCode(fmt.Sprintf("19.71.%02d.%d", 1+i/100, 1001+i%100)))
		}
		const writers = 4
		var all sync.WaitGroup
		errs, seen := make([]error, writers), make([][]registry.BlockTree, writers)
		for w := range writers {
			var trees []registry.BlockTree
			for _, area := range areas {
				trees = append(trees, otherTree(area, w))
			}
			if w%2 == 1 { // the other way round, so that two could wait for each other
				slices.Reverse(trees)
			}
			all.Go(func() {
				if errs[w] = b.AddBlocks(b.ctx, trees); errs[w] == nil {
					seen[w], errs[w] = b.Blocks(b.ctx)
				}
			})
		}
		all.Wait()
		final := b.blocks()
		b.same("number of trees", len(final), len(areas))
		for w := range writers {
			b.ok(errs[w])
			b.same("what a writer found when it had written", seen[w], final)
		}
		for _, t := range final { // one call is one transaction: nobody's trees lie among another's
			b.same("writer of "+string(t.Area), t.Places, final[0].Places)
		}
	}},
	{"blocks and fingerprints belong to no edition", func(b *bench) {
		prints := map[string]string{"record": "0123456789abcdef"}
		b.ok(b.AddBlocks(b.ctx, someTrees()[:1]))
		b.draft("gone")
		b.fill("gone", "", cityContents(5))
		b.ok(b.AddBlocks(b.ctx, someTrees()))
		b.ok(b.SetFingerprints(b.ctx, prints))
		b.ok(b.Discard(b.ctx, "gone", ""))
		b.same("blocks when every edition is gone", b.blocks(), someTrees())
		b.same("fingerprints then", b.fingerprints(), prints)
		b.published("e", "", 10)
		b.same("blocks when one is published", b.blocks(), someTrees())
	}},
	{"fingerprints are replaced, all of them", func(b *bench) {
		b.same("of a new store", b.fingerprints(), map[string]string{})
		for _, prints := range []map[string]string{
			{"household-id": "0123456789abcdef", "record": "fedcba9876543210"},
			{"record": "x", "Ä'\"\\": ""},
			{},
		} {
			b.ok(b.SetFingerprints(b.ctx, prints))
			b.same("fingerprints", b.fingerprints(), prints)
		}
	}},
}

func (b *bench) blocks() []registry.BlockTree {
	b.Helper()
	trees, err := b.Blocks(b.ctx)
	b.ok(err)
	return trees
}

func (b *bench) fingerprints() map[string]string {
	b.Helper()
	prints, err := b.Fingerprints(b.ctx)
	b.ok(err)
	return prints
}
