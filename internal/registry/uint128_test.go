package registry

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestUint128AgainstBigInt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got Uint128
		want := new(big.Int)
		for range rapid.IntRange(0, 20).Draw(t, "products") {
			// At most 2⁶⁰ each, so that twenty products stay below 2¹²⁸.
			a := rapid.Uint64Range(0, 1<<60).Draw(t, "a")
			b := rapid.Uint64Range(0, 1<<60).Draw(t, "b")
			got.AddProduct(a, b)
			want.Add(want, new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)))
		}
		sum := new(big.Int).Lsh(new(big.Int).SetUint64(got.Hi), 64)
		if sum.Add(sum, new(big.Int).SetUint64(got.Lo)); sum.Cmp(want) != 0 {
			t.Fatalf("%v, want %v", sum, want)
		}
		exact, _ := new(big.Float).SetInt(want).Float64()
		if f := got.Float64(); math.Abs(f-exact) > exact*1e-15 {
			t.Fatalf("as a float %v, want %v", f, exact)
		}
	})
}

func TestUint128Carries(t *testing.T) {
	u := Uint128{Lo: math.MaxUint64}
	u.AddProduct(1, 1)
	if u != (Uint128{Hi: 1}) {
		t.Errorf("2⁶⁴ is %+v", u)
	}
	u.AddProduct(math.MaxUint64, math.MaxUint64)
	if u != (Uint128{Hi: math.MaxUint64, Lo: 1}) {
		t.Errorf("the square of 2⁶⁴−1, and 2⁶⁴, is %+v", u)
	}
}
