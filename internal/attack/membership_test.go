package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// mostMembership is what a coin tossed for every block may be guessed better than by chance, in percentage points. It is not
// held to mostAdvantage: who stands in the registry at all is known to more people than what they lack, and the noise of one
// count says 4 points of it by itself (see TestGameB). The limit is there to notice a weaker guard.
const mostMembership = 5

// TestMembership asks whether a household of known place, size, sex and decile is in the registry at all: by the toss of a coin
// one of every block is left out before publication, from blocks that were frozen with it.
func TestMembership(t *testing.T) {
	t.Parallel()
	kelurahan, worlds := 5, 1
	if long {
		kelurahan, worlds = 42, 13
	}
	g := newGame(t, 1, kelurahan)
	names := []string{"size of the block", "all cells"}
	var results [2]advantage
	for n := range worlds {
		_, players := g.deal(uint64(n), true)
		coin := rand.New(rand.NewPCG(uint64(n), 4))
		present, absent := make([]bool, len(players)), map[registry.HouseholdID]bool{}
		for i, p := range players {
			present[i] = coin.IntN(2) == 1
			absent[p.household.ID] = !present[i]
		}
		world := g.base.without(func(h *registry.Household) bool { return absent[h.ID] })
		w := setup{editions: []city{world}, secret: fmt.Sprint("member ", n), trees: g.frozen}.start(t)
		if n == 0 {
			seen := 0
			for i, p := range players {
				at := p.household.Point.Point()
				f := w.client(t, planner).counts(both(box(at[0]-metre, at[1]-metre, at[0]+metre, at[1]+metre), deciles(p.household.Decile, p.household.Decile)))[0]
				if (*f.Value > 0) == present[i] {
					seen++
				}
			}
			if seen < len(players)*9/10 {
				t.Fatalf("a planner sees %d of %d: the attack proves nothing", seen, len(players))
			}
		}
		r := w.client(t, partner).release(g.blocks, long)
		for i := range players {
			block, all := r.missing(g, &players[i])
			results[0].add(block > 0, present[i], 0.5)
			results[1].add(block+all > 0, present[i], 0.5)
		}
	}
	var report strings.Builder
	fmt.Fprintf(&report, "\nMembership: is a household like this in the registry?\n%-24s trials  points  upper\n", "attacker")
	for i := range results {
		fmt.Fprintf(&report, "%-24s %s\n", names[i], &results[i])
	}
	publish(t, "membership", report.String())
	for i := range results {
		a := &results[i]
		limit := float64(mostMembership)
		if !long {
			limit += 1.645 * a.by()
		}
		if a.upper() > limit {
			t.Errorf("%s: the advantage is %.2f points ± %.2f, at most %.2f in 95 %% of cases; the bound is %.2f", names[i], a.points(), a.by(), a.upper(), limit)
		}
	}
}

// Blocks are made of 20 to 39 households.
const (
	meanBlock   = 27.0
	spreadBlock = 30.0
)

// missing is how far the cells of a target are above what is expected of them without him, each weighted by what it is worth:
// that of his block, and all others.
func (r *release) missing(g *game, p *player) (block, others float64) {
	weigh := func(size estimate, expected, variance float64) float64 {
		if math.IsNaN(size.mean) || math.IsNaN(expected) {
			return 0
		}
		return (size.mean - expected) / (size.variance + variance)
	}
	block = weigh(r.size(&r.blocks[p.block]), meanBlock, spreadBlock)
	total := func(area string) (sum float64) {
		for d := 1; d <= 10; d++ {
			if o, ok := r.cells[fmt.Sprint(area, " decile ", d)]; ok && !math.IsNaN(o.total) {
				sum += o.total
			}
		}
		return sum
	}
	cells, above := cellsOf(&p.household)
	for i, name := range cells {
		o, higher := r.cells[name], r.cells[above[i]]
		if o.yes == nil || higher.yes == nil {
			continue
		}
		area, _, _ := strings.Cut(name, " ")
		wider, _, _ := strings.Cut(above[i], " ")
		expected := r.size(&higher).mean * total(area) / total(wider)
		others += weigh(r.size(&o), expected, expected+expected*expected/25)
	}
	return block, others
}
