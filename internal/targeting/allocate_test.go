package targeting

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kantong/internal/registry"
)

func allocate(t testing.TB, q AllocationQuestion) Allocation {
	t.Helper()
	a, err := Allocate(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func needs(households ...int64) []AreaNeed {
	out := make([]AreaNeed, len(households))
	for i, h := range households {
		out[i] = AreaNeed{Area: registry.AreaCode(rune('a' + i)), Households: h, GapRupiah: 1000 * h * h}
	}
	return out
}

func TestAllocateByHand(t *testing.T) {
	for _, c := range []struct {
		name     string
		question AllocationQuestion
		rupiah   []int64
		reached  []int64
		rounding int64
	}{
		// 10 households of 47, 16, 10, … by 73: 6.44, 2.19, 1.37; the unit left goes to a.
		{"need, largest remainder", AllocationQuestion{BudgetRupiah: 1049, UnitCostRupiah: 100, Across: AcrossNeed, Areas: needs(47, 16, 10)}, []int64{700, 200, 100}, []int64{7, 2, 1}, 49},
		{"equal remainders go to the lower codes", AllocationQuestion{BudgetRupiah: 500, UnitCostRupiah: 100, Across: AcrossNeed, Areas: needs(9, 9, 9)}, []int64{200, 200, 100}, []int64{2, 2, 1}, 0},
		// Gaps 1, 4, 25 of 30: 0.3, 1.2, 7.5 of 9; c takes no more than its 5, the 4 left are 0.8 and 3.2, b takes 2.
		{"gap, what is met is given back", AllocationQuestion{BudgetRupiah: 900, UnitCostRupiah: 100, Across: AcrossGap, Areas: needs(1, 2, 5)}, []int64{100, 200, 500}, []int64{1, 2, 5}, 100},
		// 6 by 10 : 2 : 1 are 4.6, 0.9, 0.5; b and c are raised to 1, a keeps 4.
		{"minimum, rounded up to households", AllocationQuestion{BudgetRupiah: 600, UnitCostRupiah: 100, MinimumPerArea: 1, Across: AcrossNeed, Areas: needs(10, 2, 1)}, []int64{400, 100, 100}, []int64{4, 1, 1}, 0},
		{"minimum, at most the need", AllocationQuestion{BudgetRupiah: 600, UnitCostRupiah: 100, MinimumPerArea: 250, Across: AcrossNeed, Areas: needs(10, 2, 0)}, []int64{400, 200, 0}, []int64{4, 2, 0}, 0},
		{"equal, whatever the need", AllocationQuestion{BudgetRupiah: 1001, UnitCostRupiah: 100, Across: AcrossEqual, Areas: needs(1, 0, 9)}, []int64{334, 334, 333}, []int64{1, 0, 3}, 0},
		{"equal with its minimum", AllocationQuestion{BudgetRupiah: 900, UnitCostRupiah: 100, MinimumPerArea: 300, Across: AcrossEqual, Areas: needs(1, 0, 9)}, []int64{300, 300, 300}, []int64{1, 0, 3}, 0},
		{"more than enough", AllocationQuestion{BudgetRupiah: 5000, UnitCostRupiah: 100, Across: AcrossNeed, Areas: needs(3, 0, 2)}, []int64{300, 0, 200}, []int64{3, 0, 2}, 4500},
		{"nobody in need", AllocationQuestion{BudgetRupiah: 5000, UnitCostRupiah: 100, MinimumPerArea: 100, Across: AcrossGap, Areas: needs(0, 0)}, []int64{0, 0}, []int64{0, 0}, 5000},
		{"no gap gets the minimum", AllocationQuestion{BudgetRupiah: 500, UnitCostRupiah: 100, MinimumPerArea: 100, Across: AcrossGap, Areas: []AreaNeed{{"a", 9, 0}, {"b", 9, 1}}}, []int64{100, 400}, []int64{1, 4}, 0},
		{"no money", AllocationQuestion{UnitCostRupiah: 100, Across: AcrossNeed, Areas: needs(3, 1)}, []int64{0, 0}, []int64{0, 0}, 0},
		{"no area", AllocationQuestion{BudgetRupiah: 700, UnitCostRupiah: 100, MinimumPerArea: 9000, Across: AcrossEqual}, nil, nil, 700},
		{"numbers beyond 64 bits in between", AllocationQuestion{BudgetRupiah: math.MaxInt64, UnitCostRupiah: 1, Across: AcrossGap,
			Areas: []AreaNeed{{"a", math.MaxInt64 / 2, 3 << 60}, {"b", math.MaxInt64 / 2, 1 << 60}}}, []int64{math.MaxInt64 / 2, math.MaxInt64 / 2}, []int64{math.MaxInt64 / 2, math.MaxInt64 / 2}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			slices.Reverse(c.question.Areas)
			got := allocate(t, c.question)
			var rupiah, reached []int64
			for i, a := range got.Areas {
				if i > 0 && got.Areas[i-1].Area >= a.Area {
					t.Errorf("%s after %s", a.Area, got.Areas[i-1].Area)
				}
				rupiah, reached = append(rupiah, a.Rupiah), append(reached, a.Reached)
			}
			if !reflect.DeepEqual(rupiah, c.rupiah) || !reflect.DeepEqual(reached, c.reached) || got.RoundingRupiah != c.rounding {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAllocateRefuses(t *testing.T) {
	good := AllocationQuestion{BudgetRupiah: 1000, UnitCostRupiah: 100, Across: AcrossNeed, Areas: needs(3, 4)}
	for _, c := range []struct {
		field  string
		change func(*AllocationQuestion)
	}{
		{"across", func(q *AllocationQuestion) { q.Across = "" }},
		{"budgetRupiah", func(q *AllocationQuestion) { q.BudgetRupiah = -1 }},
		{"unitCostRupiah", func(q *AllocationQuestion) { q.UnitCostRupiah = 0 }},
		{"minimumPerArea", func(q *AllocationQuestion) { q.MinimumPerArea = -1 }},
		{"minimumPerArea", func(q *AllocationQuestion) { q.Areas, q.MinimumPerArea = needs(50, 50), 501 }}, // 6 households each
		{"minimumPerArea", func(q *AllocationQuestion) { q.Across, q.MinimumPerArea = AcrossEqual, 501 }},
		{"minimumPerArea", func(q *AllocationQuestion) { q.Across, q.MinimumPerArea = AcrossEqual, math.MaxInt64 }},
		{"areas", func(q *AllocationQuestion) { q.Areas[0].Area = "b" }},
		{"areas", func(q *AllocationQuestion) { q.Areas[0].Households = -1 }},
		{"areas", func(q *AllocationQuestion) { q.Areas[0].GapRupiah = -1 }},
		{"areas", func(q *AllocationQuestion) { q.Areas[0].Households = math.MaxInt64 }},
	} {
		q := good
		q.Areas = slices.Clone(q.Areas)
		c.change(&q)
		got, err := Allocate(q)
		if e, ok := err.(*registry.Error); !ok || e.Code != registry.CodeBadUserInput || e.Field != c.field {
			t.Errorf("%s: %v, %+v", c.field, err, got)
		}
	}
}

func anyAllocation(t *rapid.T) AllocationQuestion {
	q := AllocationQuestion{BudgetRupiah: rapid.OneOf(rapid.Int64Range(0, 20_000), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "budget"),
		UnitCostRupiah: rapid.SampledFrom([]int64{1, 7, 100, 600_000}).Draw(t, "unit"), MinimumPerArea: rapid.SampledFrom([]int64{0, 0, 1, 99, 800}).Draw(t, "minimum"),
		Across: rapid.SampledFrom([]Across{AcrossNeed, AcrossGap, AcrossEqual}).Draw(t, "across")}
	for i := range rapid.IntRange(0, 8).Draw(t, "areas") {
		q.Areas = append(q.Areas, AreaNeed{registry.AreaCode(fmt.Sprint("k", i)), rapid.SampledFrom([]int64{0, 1, 2, 5, 13, 90, 4000, 1 << 59}).Draw(t, "households"),
			rapid.SampledFrom([]int64{0, 1, 3, 50, 1_000_000, 1 << 59}).Draw(t, "gap")})
	}
	return q
}

func TestAllocationHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyAllocation(t)
		got, err := Allocate(q)
		if err != nil {
			e := err.(*registry.Error)
			if e.Field != "minimumPerArea" || q.MinimumPerArea == 0 {
				t.Fatal(err)
			}
			return
		}
		rupiah, reached, need := int64(0), int64(0), int64(0)
		open := false // does an area with a share lack anything?
		for i, a := range got.Areas {
			want := q.Areas[i]
			rupiah, reached, need = rupiah+a.Rupiah, reached+a.Reached, need+want.Households
			switch {
			case a.Rupiah < 0 || a.Reached < 0 || a.Left < 0 || a.Reached+a.Left != want.Households || a.Area != want.Area:
				t.Fatalf("%+v of %+v", a, want)
			case a.Reached != min(a.Rupiah/q.UnitCostRupiah, want.Households):
				t.Fatalf("%d rupiah reach %d", a.Rupiah, a.Reached)
			case q.Across != AcrossEqual && a.Rupiah != a.Reached*q.UnitCostRupiah:
				t.Fatalf("%+v is above its need", a)
			case a.Rupiah < q.MinimumPerArea && (q.Across == AcrossEqual || a.Left > 0):
				t.Fatalf("%+v is below the minimum of %d", a, q.MinimumPerArea)
			}
			open = open || a.Left > 0 && (q.Across != AcrossGap || want.GapRupiah > 0)
		}
		if rupiah != got.Rupiah || rupiah+got.RoundingRupiah != q.BudgetRupiah || got.RoundingRupiah < 0 || reached != got.Reached || reached+got.Left != need {
			t.Fatalf("%+v", got)
		}
		if limit := q.UnitCostRupiah; open && got.RoundingRupiah >= limit || q.Across == AcrossEqual && len(q.Areas) > 0 && got.RoundingRupiah != 0 {
			t.Fatalf("%d rupiah are left although somebody is", got.RoundingRupiah)
		}
	})
}

// TestLargerBudgets reach as many or more in all, and at most one less in any area.
func TestLargerBudgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyAllocation(t)
		small, err := Allocate(q)
		if err != nil {
			return
		}
		q.BudgetRupiah += rapid.Int64Range(0, min(10_000, math.MaxInt64-q.BudgetRupiah)).Draw(t, "more")
		large, err := Allocate(q)
		if err != nil || large.Reached < small.Reached || large.Rupiah < small.Rupiah {
			t.Fatalf("%v\n%+v\n%+v", err, small, large)
		}
		for i, a := range small.Areas {
			if b := large.Areas[i]; b.Reached < a.Reached-1 {
				t.Fatalf("%+v became %+v", a, b)
			}
		}
	})
}

// TestApportionIsInProportion: of two claims within their bounds neither could give the other a unit and both be nearer
// to their weights by more than the rounding.
func TestApportionIsInProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := make([]claim, rapid.IntRange(1, 7).Draw(t, "claims"))
		lows, highs := uint64(0), uint64(0)
		for i := range claims {
			low := rapid.Uint64Range(0, 20).Draw(t, "low")
			claims[i] = claim{weight: rapid.Uint64Range(1, 50).Draw(t, "weight"), low: low, high: low + rapid.Uint64Range(0, 40).Draw(t, "room")}
			lows, highs = lows+claims[i].low, highs+claims[i].high
		}
		total := rapid.Uint64Range(lows, highs+10).Draw(t, "total")
		parts, sum := apportion(total, claims), uint64(0)
		for i, p := range parts {
			sum += p
			if p < claims[i].low || p > claims[i].high {
				t.Fatalf("%d of %+v", p, claims[i])
			}
			for j, other := range parts {
				if p < claims[i].high && other > claims[j].low && (p+1)*claims[j].weight < (other-1)*claims[i].weight {
					t.Fatalf("%d of %+v beside %d of %+v", p, claims[i], other, claims[j])
				}
			}
		}
		if sum != min(total, highs) {
			t.Fatalf("%d of %d", sum, total)
		}
	})
}
