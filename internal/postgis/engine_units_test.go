package postgis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

func cmpDiff(got, want any) string { return cmp.Diff(got, want, cmpopts.EquateEmpty()) }

// TestUnitsOfDegrees wants the units next to a bound to be on the right sides of it once they are degrees.
func TestUnitsOfDegrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	bounds := []float64{0, 180, -180, 90, -90, 106.1234567, -2.1, 1e-9, -1e-9, math.Nextafter(106.1, 0), math.Nextafter(106.1, 200), 179.99999999}
	for range 10_000 {
		b := r.Float64()*360 - 180
		bounds = append(bounds, b, math.Round(b*1e7)/1e7, math.Nextafter(math.Round(b*1e7)/1e7, 200))
	}
	for _, b := range bounds {
		if n := leastE7(b); float64(n)/1e7 < b || float64(int64(n)-1)/1e7 >= b {
			t.Errorf("the least unit from %v is %d", b, n)
		}
		if n := mostE7(b); float64(n)/1e7 > b || float64(int64(n)+1)/1e7 <= b {
			t.Errorf("the greatest unit up to %v is %d", b, n)
		}
	}
}

// TestLeastBeyond compares the bound with distances to places that are at least so far on the flat map.
func TestLeastBeyond(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 200_000 {
		from := orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90}
		o := order{from: from, flat: true}
		d := math.Exp(-r.Float64()*12) * 70 // degrees
		angle, stretch := r.Float64()*2*math.Pi, 1+r.ExpFloat64()*0.3
		p := orb.Point{from[0] + d*stretch*math.Cos(angle), from[1] + d*stretch*math.Sin(angle)}
		if math.Abs(p[1]) > 90 || math.Abs(p[0]-from[0]) > 180 {
			continue
		}
		if least := o.leastBeyond(d * math.Pi / 180); least > geo.DistanceMeters(from, p) {
			t.Fatalf("%v is %v m from %v, the bound beyond %v° is %v m", p, geo.DistanceMeters(from, p), from, d, least)
		}
	}
	near := order{from: orb.Point{106, -2}, flat: true}
	if least, most := near.leastBeyond(0.01*math.Pi/180), geo.DistanceMeters(near.from, orb.Point{106.01, -2}); least < 0.998*most {
		t.Errorf("the bound near the equator is %v m of %v m", least, most)
	}
}

func TestOutermostAreas(t *testing.T) {
	got := outermost([]registry.AreaCode{"19.71.02.1001", "19.71.01", "19.71.02", "19.71.01.1001", "19.71.02.1001", "19.72"})
	if want := []registry.AreaCode{"19.71.01", "19.71.02", "19.72"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestUint128OfDigits(t *testing.T) {
	for digits, want := range map[string]registry.Uint128{"": {}, "7": {Lo: 7}, "18446744073709551615": {Lo: math.MaxUint64},
		"18446744073709551616": {Hi: 1}, "340282366920938463463374607431768211455": {Hi: math.MaxUint64, Lo: math.MaxUint64}} {
		if got := uint128(digits); got != want {
			t.Errorf("%q is %+v, want %+v", digits, got, want)
		}
	}
}

// TestNoTextInStatements asks with text that would break a statement it were part of.
func TestNoTextInStatements(t *testing.T) {
	evil := "'; DROP TABLE kantong.household; --"
	e := &Engine{d: &registry.Dataset{}, households: "kantong.household_state_1"}
	s := &statement{}
	e.from(s, &registry.Filter{RT: &evil, RW: &evil, Or: []registry.Filter{{Areas: []registry.AreaCode{registry.AreaCode(evil)}}, {EnrolledIn: []string{evil}}}})
	if text := string(s.text); slices.Contains([]byte(text), '\'') || slices.Contains([]byte(text), ';') {
		t.Errorf("text of the question is in the statement %s", text)
	}
	zero, broken := "\x00", "\xff"
	s = &statement{}
	e.from(s, &registry.Filter{RT: &zero, RW: &broken})
	if want := " FROM kantong.household_state_1 h WHERE (TRUE AND FALSE AND FALSE)"; string(s.text) != want {
		t.Errorf("text that no database holds: %s", s.text)
	}
}
