package attack

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// tally is what the referee knows of a cell: by attribute, who has it and who has not.
type tally struct{ yes, no []int }

// tallies counts the world's nodes and cells.
func (g *game) tallies(world *city) (blocks []tally, cells map[string]*tally) {
	fresh := func() tally { return tally{make([]int, len(sensitives)), make([]int, len(sensitives))} }
	blocks, cells = make([]tally, len(g.blocks)), map[string]*tally{}
	for i := range blocks {
		blocks[i] = fresh()
	}
	enrolled := world.enrolled()
	for i := range world.households {
		h := &world.households[i]
		yes, known := has(world, h, enrolled)
		count := func(t *tally) {
			for x := range yes {
				switch {
				case yes[x]:
					t.yes[x]++
				case known[x]:
					t.no[x]++
				}
			}
		}
		if root, ok := g.roots[string(h.Area)]; ok && h.Located {
			for at := leafOf(g.blocks, root, h.Point); at >= 0; at = g.blocks[at].parent {
				count(&blocks[at])
			}
		}
		names, _ := cellsOf(h)
		for _, name := range names {
			if lacking(name, h) {
				continue
			}
			if cells[name] == nil {
				t := fresh()
				cells[name] = &t
			}
			count(cells[name])
		}
	}
	return blocks, cells
}

// lacking tells whether the name of a cell speaks of a band that is not recorded of the household.
func lacking(name string, h *registry.Household) bool {
	return strings.Contains(name, "decile") && h.Decile < 1 || strings.Contains(name, "members") && h.Members < 1 || strings.Contains(name, "sex") && h.HeadSex == registry.SexUnknown
}

// ratio is the log likelihood ratio of a target having an attribute, from one cell in which everybody else is known.
func ratio(o *observed, x int, others tally) float64 {
	llr := 0.0
	add := func(shown float64, with, without int) {
		if math.IsNaN(shown) {
			return
		}
		const least = 1e-6 // the attacker's table is computed and not copied
		llr += math.Log(max(least, result(int(shown), with)) / max(least, result(int(shown), without)))
	}
	add(o.yes[x], others.yes[x]+1, others.yes[x])
	add(o.no[x], others.no[x], others.no[x]+1)
	return llr
}

// without leaves a target out of a cell.
func (t *tally) without(p *player, x int) tally {
	rest := tally{slices.Clone(t.yes), slices.Clone(t.no)}
	if p.has[x] {
		rest.yes[x]--
	} else {
		rest.no[x]--
	}
	return rest
}

// shift is how far apart the results for two neighbouring counts are: half the sum of differences, the most that one figure
// tells.
func shift(count int) (distance float64) {
	for shown := 0; shown <= count+1+deviates; shown++ {
		distance += math.Abs(result(shown, count+1)-result(shown, count)) / 2
	}
	return distance
}

// insider is an attacker who knows everybody but the target, who has the attribute by the toss of a coin.
type insider struct {
	name                string
	right, all          float64
	deciles             [11][2]float64
	positives, negative []float64
}

func (a *insider) add(llr float64, has bool, decile int) {
	hit := 0.5
	if llr != 0 {
		hit = 0
		if llr > 0 == has {
			hit = 1
		}
	}
	a.right, a.all = a.right+hit, a.all+1
	a.deciles[decile][0], a.deciles[decile][1] = a.deciles[decile][0]+hit, a.deciles[decile][1]+1
	if has {
		a.positives = append(a.positives, llr)
	} else {
		a.negative = append(a.negative, llr)
	}
}

func (a *insider) points() float64 { return 100 * (a.right/a.all - 0.5) }

// line gives the advantage, the share of positives found when one negative in a hundred is mistaken, and the worst decile
// among those with trials enough.
func (a *insider) line() string {
	slices.Sort(a.negative)
	limit := a.negative[len(a.negative)*99/100]
	found := 0.0
	for _, llr := range a.positives {
		if llr > limit {
			found++
		}
	}
	worst, at := 0.0, 0
	for d, of := range a.deciles {
		if points := 100 * (of[0]/of[1] - 0.5); of[1] >= 200 && points > worst {
			worst, at = points, d
		}
	}
	return fmt.Sprintf("%-32s %6.0f %7.2f ± %.2f %7.3f   %.2f in decile %d\n", a.name, a.all, a.points(), 50/math.Sqrt(a.all), found/float64(len(a.positives)), worst, at)
}

// TestGameB tells what the release gives away to somebody who knows everybody else. It is reported; only that one figure gives
// away as much as its noise allows, and no more, is asserted.
func TestGameB(t *testing.T) {
	t.Parallel()
	kelurahan, worlds := 4, 1
	if long {
		kelurahan, worlds = 42, 2
	}
	g := newGame(t, 1, kelurahan)
	one, block, tree, all := insider{name: "one figure"}, insider{name: "the block, with complement"}, insider{name: "all nodes"}, insider{name: "all cells"}
	theory := 0.0
	for n := range worlds {
		world, players := g.deal(uint64(n), true)
		w := setup{editions: []city{world}, secret: fmt.Sprint("coin ", n), trees: g.frozen}.start(t)
		r := w.client(t, partner).release(g.blocks, long)
		blocks, cells := g.tallies(&world)
		for i := range players {
			p := &players[i]
			for x := range sensitives {
				// One figure is that of the smallest node whose results are all above the floors: nothing else was done to it.
				at := p.block
				for at >= 0 && blocks[at].yes[x] <= deviates+5 {
					at = g.blocks[at].parent
				}
				if at >= 0 && !math.IsNaN(r.blocks[at].yes[x]) {
					rest := blocks[at].without(p, x)
					only := observed{yes: r.blocks[at].yes, no: unseen().no}
					one.add(ratio(&only, x, rest), p.has[x], p.household.Decile)
					theory += 50 * shift(rest.yes[x])
				}
				others := blocks[p.block].without(p, x)
				llr := ratio(&r.blocks[p.block], x, others)
				block.add(llr, p.has[x], p.household.Decile)
				for at := g.blocks[p.block].parent; at >= 0; at = g.blocks[at].parent {
					llr += ratio(&r.blocks[at], x, blocks[at].without(p, x))
				}
				tree.add(llr, p.has[x], p.household.Decile)
				names, _ := cellsOf(&p.household)
				for _, name := range names {
					if o, ok := r.cells[name]; ok {
						llr += ratio(&o, x, cells[name].without(p, x))
					}
				}
				all.add(llr, p.has[x], p.household.Decile)
			}
		}
	}
	theory /= one.all
	var report strings.Builder
	fmt.Fprintf(&report, "\nGame B: what a release tells somebody who knows everybody else of a fair coin (points above one half)\n%-32s trials  points          found at 1 %% mistakes, worst decile\n", "attacker")
	for _, a := range []*insider{&one, &block, &tree, &all} {
		report.WriteString(a.line())
	}
	fmt.Fprintf(&report, "%-32s        %7.2f\n", "one figure, by its noise", theory)
	publish(t, "game-b", report.String())
	by := 50 / math.Sqrt(one.all)
	if math.Abs(one.points()-theory) > 3*by {
		t.Errorf("one figure gives away %.2f ± %.2f points, its noise %.2f: it is not as described", one.points(), by, theory)
	}
}

// TestNoiseOfAttackers compares the attacker's noise with its definition.
func TestNoiseOfAttackers(t *testing.T) {
	for count := 1; count <= deviates+2; count++ {
		var sum, mean, square float64
		for shown := 0; shown <= count+deviates; shown++ {
			p, v := result(shown, count), float64(shown-count)
			sum, mean, square = sum+p, mean+p*v, square+p*v*v
		}
		if want := min(spread, 0.75*deviates*float64(count)); math.Abs(sum-1) > 1e-9 || math.Abs(mean) > 1e-6 || math.Abs(square-want) > 1e-5 {
			t.Errorf("noise of %d: sum %g, mean %g, variance %g, not %g", count, sum, mean, square, want)
		}
	}
}
