package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"kantong/internal/registry"
)

// game is a city whose targets, one a block, get attributes by lot before it is published.
type game struct {
	base   city
	blocks []spot
	roots  map[string]int // of an area's tree
	frozen []registry.BlockTree
}

func newGame(t *testing.T, seed uint64, kelurahan int) *game {
	t.Helper()
	g := &game{base: demoCity(24_000, seed), roots: map[string]int{}}
	w := setup{editions: []city{g.base}}.start(t)
	w.client(t, partner).counts(m{}) // freezes the blocks
	areas := map[string]bool{}
	for n, i := range g.base.areas.Level(registry.LevelKelurahan) {
		areas[string(g.base.areas.Area(i).Code)] = n < kelurahan
	}
	g.frozen = w.source.trees
	g.blocks = spots(w.source.trees, func(area string) bool { return areas[area] })
	for i := range g.blocks {
		if g.blocks[i].parent < 0 {
			g.roots[g.blocks[i].area] = i
		}
	}
	return g
}

// player is a target in one world.
type player struct {
	household registry.Household
	block     int
	p         []float64 // by attribute, the rate among the others of his kelurahan and decile
	has       []bool    // what is published, drawn with p
}

// has tells of every attribute whether a household has it; known is false where nobody recorded it.
func has(c *city, h *registry.Household, enrolled map[registry.HouseholdID]map[string]bool) (has, known []bool) {
	for _, s := range sensitives {
		if s.set == nil {
			has, known = append(has, enrolled[h.ID][s.name]), append(known, true)
			continue
		}
		d, err := registry.ParseDeprivation(s.name)
		if err != nil {
			panic(err)
		}
		has, known = append(has, h.Deprived.Has(d)), append(known, h.Known.Has(d))
	}
	return has, known
}

// deal chooses a target in every block and draws what is published of him; coin draws with probability one half instead of
// with the rate of people like him.
func (g *game) deal(seed uint64, coin bool) (world city, players []player) {
	dice := rand.New(rand.NewPCG(seed, 3))
	world = g.base.clone()
	enrolled := world.enrolled()
	type sum struct{ yes, all float64 }
	rates := map[[2]any][]sum{}
	inBlock := map[int][]int{}
	for i := range world.households {
		h := &world.households[i]
		key := [2]any{h.Area, h.Decile}
		if rates[key] == nil {
			rates[key] = make([]sum, len(sensitives))
		}
		yes, known := has(&world, h, enrolled)
		for x := range yes {
			if known[x] {
				rates[key][x].all++
				if yes[x] {
					rates[key][x].yes++
				}
			}
		}
		if root, ok := g.roots[string(h.Area)]; ok && h.Located && h.Decile >= 1 && h.Members >= 1 && h.HeadSex != registry.SexUnknown {
			block := leafOf(g.blocks, root, h.Point)
			inBlock[block] = append(inBlock[block], i)
		}
	}
	chosen := map[registry.HouseholdID]bool{}
	for block := range g.blocks {
		if len(inBlock[block]) == 0 {
			continue
		}
		h := &world.households[inBlock[block][dice.IntN(len(inBlock[block]))]]
		of := rates[[2]any{h.Area, h.Decile}]
		yes, known := has(&world, h, enrolled)
		p := player{household: *h, block: block}
		for x := range sensitives {
			others, with := of[x].all, of[x].yes
			if known[x] {
				others--
				if yes[x] {
					with--
				}
			}
			rate := 0.0
			if others > 0 {
				rate = with / others
			}
			if coin {
				rate = 0.5
			}
			p.p, p.has = append(p.p, rate), append(p.has, dice.Float64() < rate)
		}
		chosen[h.ID] = true
		players = append(players, p)
		for x, s := range sensitives {
			if s.set != nil {
				s.set(&world, h, p.has[x])
			}
		}
		h.Derive()
	}
	world.enrolments = slices.DeleteFunc(world.enrolments, func(e registry.Enrolment) bool {
		return chosen[e.Household] && slices.ContainsFunc(sensitives, func(s sensitive) bool { return s.set == nil && s.name == e.Program })
	})
	for _, p := range players {
		for x, s := range sensitives {
			if s.set == nil && p.has[x] {
				world.enrolments = append(world.enrolments, registry.Enrolment{Household: p.household.ID, Program: s.name, Status: registry.EnrolmentActive})
			}
		}
	}
	world.sort()
	return world, players
}

// release is all that a partner has asked for.
type release struct {
	blocks []observed
	cells  map[string]observed // by area and bands, see cellsOf
	city   observed
}

// kinds of cells beyond blocks: attributes beside the sensitive one, by level.
var levels = []string{"KELURAHAN", "KECAMATAN", "KABUPATEN_KOTA"}

var sexes = []string{"MALE", "FEMALE"}

// release asks for everything; ranges for deciles that are withheld by themselves too.
func (c client) release(blocks []spot, ranges bool) release {
	c.Helper()
	r := release{cells: map[string]observed{}}
	r.blocks = c.observeBlocks(blocks)
	r.city = c.observe([]m{{}})[0]
	put := func(band string, cells map[string]observed) {
		for at, o := range cells {
			r.cells[at+band] = o
		}
	}
	asked := levels
	if !long { // the rest takes most of the time and adds little
		asked = levels[:1]
	}
	for n, level := range asked {
		put("", c.byDecile(level, m{}, n == 0 && ranges))
		var filters []m
		var bands []string
		for _, band := range memberBands {
			filters, bands = append(filters, sizes(band)), append(bands, fmt.Sprint(" members ", band))
		}
		for _, sex := range sexes {
			filters, bands = append(filters, m{"headSex": sex}), append(bands, " sex "+sex)
		}
		if n > 0 {
			for i := range filters {
				put(bands[i], c.byDecile(level, filters[i], n == 1 && long))
			}
			for _, band := range memberBands {
				for _, sex := range sexes {
					filters, bands = append(filters, both(sizes(band), m{"headSex": sex})), append(bands, fmt.Sprint(" members ", band, " sex ", sex))
				}
			}
		}
		for i, cells := range c.byArea(level, false, filters) {
			put(bands[i], cells)
		}
	}
	return r
}

// cellsOf names the cells that a household is in, each with the same one a level higher.
func cellsOf(h *registry.Household) (cells, above []string) {
	sex := sexes[0]
	if h.HeadSex == registry.SexFemale {
		sex = sexes[1]
	}
	d, size, s := fmt.Sprint(" decile ", h.Decile), fmt.Sprint(" members ", bandOf(h.Members)), " sex "+sex
	areas := []registry.AreaCode{h.Area, h.Area.Parent(), h.Area.Parent().Parent(), ""}
	for n, bands := range [][]string{{d, size, s}, {d, size, s, d + size, d + s, size + s}, {d, size, s, d + size, d + s, size + s}} {
		for _, band := range bands {
			cells, above = append(cells, string(areas[n])+band), append(above, string(areas[n+1])+band)
		}
	}
	return cells, above
}

// share of a cell that has an attribute, as far as it is shown.
func (o *observed) share(x int, otherwise float64) float64 {
	if all := o.yes[x] + o.no[x]; all > 0 {
		return min(max(o.yes[x]/all, 0.005), 0.995)
	}
	return otherwise
}

// A cell's rate of an attribute scatters around that of a larger cell, as if each was estimated from so many households.
const (
	scatterOfBlocks = 25
	scatterOfCells  = 60
	largestCell     = 160 // households; larger ones say next to nothing about one
)

// evidence is the log likelihood ratio of a target having the attribute, from one cell: who else is in it is known by the
// rate r only. outside is what other cells say of the number who have it.
func evidence(o *observed, x int, size estimate, r, scatter float64, outside estimate) float64 {
	yes, no := o.yes[x], o.no[x]
	if math.IsNaN(yes) && math.IsNaN(no) && (math.IsNaN(outside.mean) || math.IsInf(outside.variance, 1)) || math.IsNaN(size.mean) {
		return 0
	}
	a, b := r*scatter, (1-r)*scatter
	var with, without float64
	reach := 2.5 * math.Sqrt(size.variance)
	for n := max(1, int(math.Ceil(size.mean-reach))); n <= max(1, int(size.mean+reach)); n++ {
		weight := math.Exp(-(float64(n) - size.mean) * (float64(n) - size.mean) / 2 / size.variance)
		likely := func(y, others int) float64 {
			l := 1.0
			if !math.IsNaN(yes) {
				l *= result(int(yes), y)
			}
			if !math.IsNaN(no) {
				l *= result(int(no), others)
			}
			if !math.IsNaN(outside.mean) && !math.IsInf(outside.variance, 1) {
				l *= math.Exp(-(float64(y) - outside.mean) * (float64(y) - outside.mean) / 2 / outside.variance)
			}
			return l
		}
		// Beta-binomial weights of the others, each from the one before it.
		others := n - 1
		p, sum, l1, l0 := 1.0, 0.0, 0.0, 0.0
		for y := 0; y <= others; y++ {
			sum += p
			l1 += p * likely(y+1, others-y)
			l0 += p * likely(y, others-y+1)
			p *= float64(others-y) / float64(y+1) * (float64(y) + a) / (float64(others-y-1) + b)
		}
		with, without = with+weight*l1/sum, without+weight*l0/sum
	}
	if with <= 0 || without <= 0 {
		return 0
	}
	return math.Log(with / without)
}

// size estimates the households of a cell from its total and from every attribute and its complement.
func (r *release) size(o *observed) estimate {
	e := estimate{o.total, spread}
	for x := range sensitives {
		if all := (o.yes[x] + o.no[x]) * r.city.total / (r.city.yes[x] + r.city.no[x]); !math.IsNaN(all) {
			e = e.with(estimate{all, 2 * spread})
		}
	}
	return e
}

// A trial is one attribute of one target, with what each attacker guesses of him.
type trial struct {
	attribute, decile int
	has               bool
	p                 float64
	guesses           [strategies]bool
}

// The attackers of game A.
const (
	countOfBlock  = iota // is the block's count above what the kelurahan's rate gives?
	nestedSums           // is the difference of nested sums?
	allCells             // likelihood of all cells that the target is in
	allCellsPrior        // the same with the rate of his kelurahan and decile as a prior: the guess that is right most often
	strategies
)

var strategyNames = [strategies]string{"count of the block", "nested sums", "all cells", "all cells, with prior"}

// guess plays game A.
func (g *game) guess(r *release, players []player) (trials []trial) {
	sizes := make([]estimate, len(g.blocks))
	for i := range g.blocks {
		sizes[i] = r.size(&r.blocks[i])
	}
	own, expected := make([]estimate, len(g.blocks)), make([]estimate, len(g.blocks))
	for x := range sensitives {
		known := (r.city.yes[x] + r.city.no[x]) / r.city.total
		rates := map[string]float64{}
		for area, root := range g.roots {
			rates[area] = r.blocks[root].share(x, r.city.share(x, 0.5))
		}
		for i := range g.blocks {
			o, rate, n := &r.blocks[i], rates[g.blocks[i].area], sizes[i].mean*known
			own[i] = estimate{o.yes[x], spread}.with(estimate{n - o.no[x], spread + sizes[i].variance})
			expected[i] = estimate{n * rate, max(1, n*rate*(1-rate)*(1+n/scatterOfBlocks))}
		}
		outside := around(g.blocks, own, expected)
		for _, p := range players {
			t := trial{attribute: x, decile: p.household.Decile, has: p.has[x], p: p.p[x]}
			rate := rates[string(p.household.Area)]
			n := estimate{sizes[p.block].mean * known, sizes[p.block].variance + 1}
			block := &r.blocks[p.block]
			llr := evidence(block, x, n, rate, scatterOfBlocks, outside[p.block])
			cells, above := cellsOf(&p.household)
			like := rate
			for i, name := range cells {
				o, ok := r.cells[name]
				if i == 0 && ok {
					like = o.share(x, rate)
				}
				if !ok {
					continue
				}
				size := r.size(&o)
				if size.mean > largestCell {
					continue
				}
				higher, ok := r.cells[above[i]]
				if !ok {
					higher = r.city
				}
				llr += evidence(&o, x, estimate{size.mean * known, size.variance + 1}, higher.share(x, rate), scatterOfCells, estimate{math.NaN(), 0})
			}
			t.guesses[countOfBlock] = block.yes[x] > n.mean*rate
			t.guesses[nestedSums] = outside[p.block].mean > n.mean*rate
			t.guesses[allCells] = llr > 0
			t.guesses[allCellsPrior] = llr+math.Log(like/(1-like)) > 0
			trials = append(trials, t)
		}
	}
	return trials
}
