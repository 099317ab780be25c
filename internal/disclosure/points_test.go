package disclosure

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"kantong/internal/registry"
)

func (w town) points(t testing.TB, f registry.Filter) []registry.WeightedPoint {
	t.Helper()
	points, err := w.guard.Points(t.Context(), registry.PointsQuery{Filter: f, Unlocated: true})
	if err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return points
}

// leafParts are the filters of the leaves that everybody lives in, in the order of Points.
func (w town) leafParts() (list [][]registry.Filter) {
	for _, leaf := range w.guard.leaves(&question{}) {
		list = append(list, w.guard.frame.nodes[leaf].parts)
	}
	return list
}

// countIn counts in the disjoint parts of leaves.
func (w town) countIn(t testing.TB, parts []registry.Filter, f registry.Filter) (sum registry.Tally) {
	t.Helper()
	for _, p := range parts {
		sum = plus(sum, w.count(t, and(p, f)))
	}
	return sum
}

// TestBlocksAreCells compares every block with what the definition gives: the noise of its own households, and its floors.
func TestBlocksAreCells(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		w := newTown(t, role, 1500)
		shown, withheld := 0, 0
		parts := w.leafParts()
		for _, f := range []registry.Filter{{}, decile(2), deprived(registry.UnsafeWater)} {
			points := w.points(t, f)
			if len(points) != len(parts) {
				t.Fatalf("%d blocks, want %d", len(points), len(parts))
			}
			for i, p := range points {
				exact, base := w.countIn(t, parts[i], f), w.countIn(t, parts[i], registry.Filter{})
				households, people := w.guard.noise.perturb(exact, false)
				least := households
				if !f.Everybody() {
					least = min(least, w.guard.noise.households.of(minus(base, exact)))
				}
				want := registry.Tally{Households: households, People: max(people, households), Status: registry.Perturbed}
				if base.Households < minBase || least < w.guard.floor {
					want = registry.Tally{Status: registry.Suppressed}
					withheld++
				} else {
					shown++
				}
				if got := (registry.Tally{Households: p.Households, People: p.People, Status: p.Block.Status}); got != want {
					t.Errorf("%s, %s, block %d: %+v, want %+v", role, f, i, got, want)
				}
			}
		}
		if shown < 20 || withheld < 20 {
			t.Errorf("%s: %d shown and %d withheld: the city tests too little", role, shown, withheld)
		}
	}
}

// TestBlocksHaveNamesOfTheirOwn, whatever is asked of them and by whom, and a place where they have one.
func TestBlocksHaveNamesOfTheirOwn(t *testing.T) {
	w, public := newTown(t, registry.RolePartner, 1500), newTown(t, registry.RolePublic, 1500)
	all := w.points(t, registry.Filter{})
	at := map[registry.HouseholdID]registry.WeightedPoint{}
	for _, p := range all {
		at[p.ID] = p
	}
	if len(at) != len(all) {
		t.Errorf("%d names of %d blocks", len(at), len(all))
	}
	code := all[0].Area
	some := w.points(t, registry.Filter{Areas: []registry.AreaCode{code}, Decile: decile(3).Decile})
	for _, p := range append(some, public.points(t, decile(1))...) {
		if same := at[p.ID]; same.Area != p.Area || same.Point != p.Point || same.Located != p.Located {
			t.Errorf("block %s is %+v and %+v", p.ID, p, same)
		}
	}
	for _, p := range some {
		if p.Area != code {
			t.Errorf("a block of %s among those of %s", p.Area, code)
		}
	}
	located, err := w.guard.Points(t.Context(), registry.PointsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	drawn := 0
	for _, p := range located {
		ground, err := p.Block.Geometry(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !p.Located {
			t.Errorf("%s has no location and was not asked for", p.ID)
		}
		drawn += min(1, len(ground)) // some households of this city live outside of their kelurahan: such blocks have no ground
	}
	if drawn < 10 || len(located) == len(all) || len(some) == 0 {
		t.Errorf("%d of %d blocks are drawn, %d in all, %d of %s", drawn, len(located), len(all), len(some), code)
	}
}

// TestBlocksTogether compares groups of blocks with the sums of their cells: one is what Points says, more add what a region adds.
func TestBlocksTogether(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		w := newTown(t, role, 1500)
		points, parts := w.points(t, registry.Filter{}), w.leafParts()
		r := rand.New(rand.NewPCG(1, 83))
		sets := [][]int{{}, {0}, {3, 3}, {1, 0}, {0, 1}}
		for range 15 {
			sets = append(sets, r.Perm(len(points))[:1+r.IntN(8)])
		}
		groups := make([][]*registry.Block, len(sets))
		for i, set := range sets {
			groups[i] = []*registry.Block{{}} // a block of another answer is in no group
			for _, k := range set {
				groups[i] = append(groups[i], points[k].Block)
			}
		}
		f := deprived(registry.UnsafeWater)
		alone := w.points(t, f)
		filtered, err := points[5].Block.Together(t.Context(), f, 0, groups)
		if err != nil {
			t.Fatal(err)
		}
		measured, err := points[7].Block.Together(t.Context(), registry.Filter{}, registry.MeasureDeprivations, groups)
		if err != nil {
			t.Fatal(err)
		}
		shown := 0
		for i, set := range sets {
			switch {
			case len(set) == 0:
				if filtered[i].Total.Status != registry.Suppressed {
					t.Errorf("no block: %+v", filtered[i].Total)
				}
				continue
			case len(set) == 1 || set[0] == set[1]:
				if got, p := filtered[i].Total, alone[set[0]]; got != (registry.Tally{Households: p.Households, People: p.People, Status: p.Block.Status}) {
					t.Errorf("one block is %+v among groups, and %+v by itself", got, p)
				}
				continue
			}
			var want registry.Tally
			var rest, base int64
			for _, k := range set {
				in := w.countIn(t, parts[k], f)
				all := w.countIn(t, parts[k], registry.Filter{})
				floor := w.guard.floor
				if all.Households < minBase {
					floor = max(floor, minBase)
				}
				households, people := w.summand(in, floor)
				want.Households, want.People = want.Households+households, want.People+people
				rest += w.guard.noise.households.of(minus(all, in))
				base += all.Households
			}
			want.Status, want.People = registry.Perturbed, max(want.People, want.Households)
			if base < minBase || min(want.Households, rest) < w.guard.floor {
				want = registry.Tally{Status: registry.Suppressed}
			} else {
				shown++
			}
			if filtered[i].Total != want {
				t.Errorf("%s, %v: %+v, want %+v", role, set, filtered[i].Total, want)
			}
			if got := measured[i].Deprived[registry.UnsafeWater]; got.Households != want.Households || got.Status != want.Status {
				t.Errorf("%s, %v by measure: %+v, want %+v", role, set, got, want)
			}
		}
		if shown < 5 {
			t.Errorf("%s: only %d groups are shown", role, shown)
		}
		if !reflect.DeepEqual(filtered[3], filtered[4]) {
			t.Errorf("the order of blocks matters: %+v, %+v", filtered[3], filtered[4])
		}
	}
}

// TestBlocksBearOneAttribute through both doors; the public gets no region.
func TestBlocksBearOneAttribute(t *testing.T) {
	where := registry.Spatial{BBox: &registry.BBox{West: 106, South: -3, East: 107, North: -2}}
	two := and(decile(2), deprived(registry.UnsafeWater))
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		w := newTown(t, role, 600)
		one := w.points(t, decile(2))
		for what, err := range map[string]error{
			"two of each block": func() error {
				_, err := w.guard.Points(t.Context(), registry.PointsQuery{Filter: two})
				return err
			}(),
			"two of blocks together": func() error {
				_, err := one[0].Block.Together(t.Context(), two, 0, [][]*registry.Block{{one[0].Block, one[1].Block}})
				return err
			}(),
			"one and a measure": func() error {
				_, err := one[0].Block.Together(t.Context(), decile(2), registry.MeasureDeprivations, [][]*registry.Block{{one[0].Block, one[1].Block}})
				return err
			}(),
		} {
			if registry.CodeOf(err) != registry.CodeDisclosureLimit {
				t.Errorf("%s, %s: %v", role, what, err)
			}
		}
		_, err := w.guard.Points(t.Context(), registry.PointsQuery{Filter: registry.Filter{Where: &where}})
		if (registry.CodeOf(err) == registry.CodeDisclosureLimit) != (role == registry.RolePublic) {
			t.Errorf("%s, a region: %v", role, err)
		}
	}
}

// spending is a ledger that counts what is spent.
type spending struct {
	registry.Ledger
	cells map[uint64]bool
}

func (s *spending) Spend(_ context.Context, _ registry.Account, cells []uint64) error {
	for _, c := range cells {
		if s.cells[c] {
			return errors.New("a cell was paid for twice")
		}
		s.cells[c] = true
	}
	return nil
}

func (s *spending) Spent(context.Context, registry.Account, int64) ([]uint64, int64, error) {
	return nil, 0, nil
}

// TestBlocksSpendTheBudget: each cell once, whichever door it is seen through, and none when they do not fit.
func TestBlocksSpendTheBudget(t *testing.T) {
	w := newTown(t, registry.RolePartner, 1500)
	ledger := &spending{cells: map[uint64]bool{}}
	w.guard.account = NewBudgets(ledger, 20_000, nil).of("Yayasan", "e")
	points := w.points(t, deprived(registry.UnsafeWater))
	blocks := len(points)
	if len(ledger.cells) != blocks {
		t.Errorf("%d cells spent on %d blocks", len(ledger.cells), blocks)
	}
	group := []*registry.Block{points[0].Block, points[1].Block, points[2].Block}
	for _, f := range []registry.Filter{deprived(registry.UnsafeWater), deprived(registry.UnsafeWater), decile(2)} {
		if _, err := points[0].Block.Together(t.Context(), f, 0, [][]*registry.Block{group}); err != nil {
			t.Fatal(err)
		}
	}
	if want := blocks + len(group); len(ledger.cells) != want {
		t.Errorf("%d cells spent, want %d", len(ledger.cells), want)
	}
	w.guard.account.budgets.limit = len(ledger.cells)
	_, err := points[0].Block.Together(t.Context(), decile(3), 0, [][]*registry.Block{group})
	if registry.CodeOf(err) != registry.CodeDisclosureLimit || len(ledger.cells) != blocks+len(group) {
		t.Errorf("beyond the budget: %v, %d cells", err, len(ledger.cells))
	}
}
