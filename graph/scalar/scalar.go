// Package scalar reads and writes the schema's scalars and enumerations as the registry's own types.
package scalar

import (
	"bytes"
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

// AppendFloat appends a number rounded to 12 significant digits.
func AppendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	from := len(b)
	b = strconv.AppendFloat(b, f, 'g', significantDigits, 64)
	if bytes.IndexByte(b[from:], 'e') < 0 { // 12 digits come back from a float as they went: there is no shorter way to write it
		return b
	}
	rounded, _ := strconv.ParseFloat(string(b[from:]), 64)
	b = b[:from]
	if a := math.Abs(rounded); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, rounded, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, rounded, 'f', -1, 64)
}

// MarshalFloat writes a number rounded to 12 significant digits.
func MarshalFloat(f float64) graphql.Marshaler { return written(f, AppendFloat) }

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

// AppendAreaCode appends a code.
func AppendAreaCode(b []byte, c registry.AreaCode) []byte {
	return append(append(append(b, '"'), c...), '"') // digits and dots only
}

// MarshalAreaCode writes a code.
func MarshalAreaCode(c registry.AreaCode) graphql.Marshaler { return written(c, AppendAreaCode) }

// UnmarshalAreaCode reads and checks a code.
func UnmarshalAreaCode(v any) (registry.AreaCode, error) {
	s, ok := v.(string)
	if !ok {
		return "", registry.Invalid("", "an area code is text like \"19.71.03.1004\", not %v", v)
	}
	c, err := registry.ParseAreaCode(s)
	return c, bare(err)
}

// AppendGeometry appends a GeoJSON geometry.
func AppendGeometry(b []byte, g orb.Geometry) []byte {
	if g == nil {
		return nil
	}
	return geo.AppendGeometry(b, g)
}

// MarshalGeometry writes a GeoJSON geometry.
func MarshalGeometry(g orb.Geometry) graphql.Marshaler { return written(g, AppendGeometry) }

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

// AppendRupiah appends whole rupiah.
func AppendRupiah(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// MarshalRupiah writes whole rupiah.
func MarshalRupiah(n int64) graphql.Marshaler { return written(n, AppendRupiah) }

// UnmarshalRupiah reads whole rupiah.
func UnmarshalRupiah(v any) (int64, error) {
	n, err := graphql.UnmarshalInt64(v)
	if err != nil {
		return 0, registry.Invalid("", "%v is not whole rupiah", v)
	}
	return n, nil
}

// AppendDate appends a day; an unknown day is null.
func AppendDate(b []byte, d registry.Date) []byte {
	if d == "" {
		return nil
	}
	return AppendString(b, string(d))
}

// MarshalDate writes a day; an unknown day is null.
func MarshalDate(d registry.Date) graphql.Marshaler { return written(d, AppendDate) }

// UnmarshalDate reads a day.
func UnmarshalDate(v any) (registry.Date, error) {
	s, _ := v.(string)
	d, err := registry.ParseDate(s)
	return d, bare(err)
}

// AppendDateTime appends a moment in UTC.
func AppendDateTime(b []byte, t time.Time) []byte {
	return AppendString(b, t.UTC().Format(time.RFC3339))
}

// MarshalDateTime writes a moment in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler { return written(t, AppendDateTime) }

// UnmarshalDateTime reads a moment.
func UnmarshalDateTime(v any) (time.Time, error) { return graphql.UnmarshalTime(v) }

// bare drops the field of a parser's error: the argument's own path says where it was.
func bare(err error) error {
	if e, ok := err.(*registry.Error); ok {
		return &registry.Error{Code: e.Code, Message: e.Message, Cause: e.Cause}
	}
	return err
}

// raw is a marshaler of JSON text.
type raw []byte

// written makes a marshaler of what an Append function appends.
func written[T any](v T, add func([]byte, T) []byte) graphql.Marshaler {
	b := add(nil, v)
	if b == nil {
		return graphql.Null
	}
	return raw(b)
}

// MarshalGQL is part of graphql.Marshaler.
func (t raw) MarshalGQL(w io.Writer) { _, _ = w.Write(t) }

// MarshalJSON lets the value stand in JSON made elsewhere.
func (t raw) MarshalJSON() ([]byte, error) { return t, nil }
