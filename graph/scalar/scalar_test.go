package scalar

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// TestFloatsAreWrittenAsTheirRoundedSelves compares with what encoding/json makes of a number that was rounded first.
func TestFloatsAreWrittenAsTheirRoundedSelves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []float64{0, math.Copysign(0, -1), 1, 0.5, 1.0 / 3, 1e21, 1e20, 999999999999.5, 999999999999, 1e12, 1e-6, 9.999999999999e-7, 1e-5, 123456789012345, math.MaxFloat64, math.SmallestNonzeroFloat64}
	for range 200_000 {
		values = append(values, math.Float64frombits(r.Uint64()), r.NormFloat64(), r.Float64()*math.Pow(10, float64(r.IntN(40)-15)), float64(r.IntN(1000))/float64(1+r.IntN(1000)))
	}
	for _, v := range values {
		got := AppendFloat([]byte{'x'}, v)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			if got != nil {
				t.Fatalf("%v is %s", v, got)
			}
			continue
		}
		rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', significantDigits-1, 64), 64)
		if err != nil && !math.IsInf(rounded, 0) {
			t.Fatal(err)
		}
		if math.IsInf(rounded, 0) {
			continue
		}
		back, err := strconv.ParseFloat(string(got[1:]), 64)
		if err != nil || back != rounded || !json.Valid(got[1:]) {
			t.Fatalf("%v is %s", v, got)
		}
		if a := math.Abs(rounded); a == 0 || a >= 1e-6 && a < 1e21 {
			if want := strconv.FormatFloat(rounded, 'f', -1, 64); string(got[1:]) != want {
				t.Fatalf("%v is %s, not %s", v, got[1:], want)
			}
		}
	}
}

// TestTextsAreQuotedAsByTheLibrary compares with gqlgen's own marshalers.
func TestTextsAreQuotedAsByTheLibrary(t *testing.T) {
	same := func(got []byte, want graphql.Marshaler) {
		t.Helper()
		var b bytes.Buffer
		if want.MarshalGQL(&b); b.String() != string(got) {
			t.Errorf("%q, not %q", got, b.String())
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		text := make([]byte, r.IntN(12))
		for i := range text {
			text[i] = byte(r.UintN(256) >> (r.UintN(2) * 3)) // control characters are frequent
		}
		same(AppendString(nil, string(text)), graphql.MarshalString(string(text)))
	}
	same(AppendID(nil, "a\"b"), graphql.MarshalID("a\"b"))
	same(AppendInt(nil, -42), graphql.MarshalInt(-42))
	same(AppendBoolean(nil, true), graphql.MarshalBoolean(true))
}
