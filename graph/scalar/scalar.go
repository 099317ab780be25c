// Package scalar reads and writes the schema's scalars and enumerations as the registry's own types.
package scalar

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// significantDigits of floats in answers: enough for any figure, few enough that back-ends which sum in another order
// print the same.
const significantDigits = 12

// MarshalFloat writes a number rounded to 12 significant digits.
func MarshalFloat(f float64) graphql.Marshaler {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return graphql.Null
	}
	return raw(func(b []byte) []byte {
		short := strconv.FormatFloat(f, 'g', significantDigits, 64)
		rounded, _ := strconv.ParseFloat(short, 64)
		if a := math.Abs(rounded); a != 0 && (a < 1e-6 || a >= 1e21) {
			return strconv.AppendFloat(b, rounded, 'e', -1, 64)
		}
		return strconv.AppendFloat(b, rounded, 'f', -1, 64)
	})
}

// UnmarshalFloat reads a finite number.
func UnmarshalFloat(v any) (float64, error) {
	f, err := graphql.UnmarshalFloat(v)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, registry.Invalid("", "%v is not a finite number", v)
	}
	return f, nil
}

// MarshalID writes an id.
func MarshalID(id string) graphql.Marshaler { return graphql.MarshalID(id) }

// UnmarshalID reads an id that is not empty; null sets no condition.
func UnmarshalID(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	id, err := graphql.UnmarshalID(v)
	if err != nil || id == "" {
		return "", registry.Invalid("", "%q is not an id", fmt.Sprint(v))
	}
	return id, nil
}

// MarshalAreaCode writes a code.
func MarshalAreaCode(c registry.AreaCode) graphql.Marshaler {
	return raw(func(b []byte) []byte { return append(append(append(b, '"'), c...), '"') }) // digits and dots only
}

// UnmarshalAreaCode reads and checks a code.
func UnmarshalAreaCode(v any) (registry.AreaCode, error) {
	s, ok := v.(string)
	if !ok {
		return "", registry.Invalid("", "an area code is text like \"19.71.03.1004\", not %v", v)
	}
	c, err := registry.ParseAreaCode(s)
	return c, bare(err)
}

// MarshalGeometry writes a GeoJSON geometry.
func MarshalGeometry(g orb.Geometry) graphql.Marshaler {
	if g == nil {
		return graphql.Null
	}
	return raw(func(b []byte) []byte { return geo.AppendGeometry(b, g) })
}

// UnmarshalGeometry reads a GeoJSON geometry object. A fault in it is INVALID_GEOMETRY.
func UnmarshalGeometry(v any) (orb.Geometry, error) {
	if v == nil {
		return nil, nil
	}
	g, err := geo.ParseGeometryValue(v)
	if err != nil {
		return nil, &registry.Error{Code: registry.CodeInvalidGeometry, Message: err.Error(), Cause: err}
	}
	return g, nil
}

// MarshalRupiah writes whole rupiah.
func MarshalRupiah(n int64) graphql.Marshaler {
	return raw(func(b []byte) []byte { return strconv.AppendInt(b, n, 10) })
}

// UnmarshalRupiah reads whole rupiah.
func UnmarshalRupiah(v any) (int64, error) {
	n, err := graphql.UnmarshalInt64(v)
	if err != nil {
		return 0, registry.Invalid("", "%v is not whole rupiah", v)
	}
	return n, nil
}

// MarshalDate writes a day; an unknown day is null.
func MarshalDate(d registry.Date) graphql.Marshaler {
	if d == "" {
		return graphql.Null
	}
	return graphql.MarshalString(string(d))
}

// UnmarshalDate reads a day.
func UnmarshalDate(v any) (registry.Date, error) {
	s, _ := v.(string)
	d, err := registry.ParseDate(s)
	return d, bare(err)
}

// MarshalDateTime writes a moment in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.MarshalString(t.UTC().Format(time.RFC3339))
}

// UnmarshalDateTime reads a moment.
func UnmarshalDateTime(v any) (time.Time, error) { return graphql.UnmarshalTime(v) }

// bare drops the field of a parser's error: the argument's own path says where it was.
func bare(err error) error {
	if e, ok := err.(*registry.Error); ok {
		return &registry.Error{Code: e.Code, Message: e.Message, Cause: e.Cause}
	}
	return err
}

// raw is a marshaler that appends JSON text.
type raw func(b []byte) []byte

func (f raw) MarshalGQL(w io.Writer) {
	var buf [64]byte
	_, _ = w.Write(f(buf[:0])) // the executor's own buffer
}

// MarshalJSON lets the value stand in JSON made elsewhere.
func (f raw) MarshalJSON() ([]byte, error) { return json.RawMessage(f(nil)), nil }
